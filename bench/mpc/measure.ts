/** Runs one workload in four fresh processes over TLS on loopback. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { PARTIES, type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import { createTlsIdentity, tlsKeyHash } from "@sharebridge/mpc-nodes/transport/certificate.ts";
import type { TlsTransportOptions } from "@sharebridge/mpc-nodes/transport/tls.ts";
import type { Answer, Order } from "./messages.ts";
import { createRelay, type Relay } from "./relay.ts";
import type { Workload } from "./workloads.ts";

export interface Result {
  readonly workload: string;
  readonly n: number;
  readonly parties: number;
  /** Median over the runs; of each run the slowest party's. */
  readonly seconds: number;
  /** Median over the runs; of all processes together. Printed, not part of the JSON: it tells a busy machine from a slow engine. */
  readonly cpuSeconds: number;
  readonly opsPerSecond: number;
  /** Payload bytes that each party sends in a run, by party. */
  readonly bytesPerParty: readonly number[];
  readonly bytesTotal: number;
  readonly rounds: number;
  /** Largest resident set of the four processes, inputs included. */
  readonly peakMemoryMiB: number;
}

const PARTY = fileURLToPath(new URL("party.ts", import.meta.url));

export interface MeasureOptions {
  /** Four, or three: then the last seat is connected, and left out. */
  readonly parties?: 3 | 4;
  /** Measured runs after one that warms up. */
  readonly runs: number;
  /** Time there and back between any two parties, in ms; 0 for loopback as it is. */
  readonly roundTripMs?: number;
  /** Options of the parties' processes. */
  readonly nodeOptions?: readonly string[];
}

/** @throws Error with a party's own sentence when one fails or its answer is wrong */
export async function measure(
  workload: Workload,
  { parties = 4, runs, roundTripMs = 0, nodeOptions = [] }: MeasureOptions,
): Promise<Result> {
  const processes = PARTIES.map(() => fork(PARTY, { execArgv: [...nodeOptions] }));
  for (const each of processes) each.setMaxListeners(0);
  const relays: Relay[] = [];
  try {
    await connect(processes, relays, roundTripMs);
    const active = processes.slice(0, parties);
    await askAll(active, { kind: "prepare", workload: workload.name, n: workload.n, rows: workload.rows, parties });
    await askAll(active, { kind: "run" });
    const seconds: number[] = [];
    const cpuSeconds: number[] = [];
    let last: Answer[] = [];
    for (let run = 0; run < runs; run++) {
      last = await askAll(active, { kind: "run" });
      seconds.push(Math.max(...last.map(({ measurement }) => measurement!.seconds)));
      cpuSeconds.push(last.reduce((total, { measurement }) => total + measurement!.cpuSeconds, 0));
    }
    const ended = processes.map((each) => once(each, "exit"));
    const ends = await askAll(processes, { kind: "finish" });
    await Promise.all(ended);
    const bytesPerParty = last.map(({ measurement }) => measurement!.bytesSent);
    const medianSeconds = median(seconds);
    return {
      workload: workload.name,
      n: workload.n,
      parties,
      seconds: medianSeconds,
      cpuSeconds: median(cpuSeconds),
      opsPerSecond: workload.n / medianSeconds,
      bytesPerParty,
      bytesTotal: bytesPerParty.reduce((total, bytes) => total + bytes, 0),
      rounds: last[0]!.measurement!.rounds,
      peakMemoryMiB: Math.max(...ends.map(({ peakMemoryMiB }) => peakMemoryMiB!)),
    };
  } finally {
    for (const each of processes) each.kill();
    for (const relay of relays) relay.close();
  }
}

function median(figures: number[]): number {
  return figures.sort((a, b) => a - b)[Math.floor(figures.length / 2)]!;
}

/** A party must know the ports of those below it, so they start one after another. */
async function connect(processes: readonly ChildProcess[], relays: Relay[], roundTripMs: number): Promise<void> {
  const identities = await Promise.all(PARTIES.map(() => createTlsIdentity()));
  const ports: number[] = [];
  for (const party of PARTIES) {
    const transport: TlsTransportOptions = {
      party,
      key: identities[party]!.keyPem,
      certificate: identities[party]!.certificatePem,
      listen: { host: "127.0.0.1", port: 0 },
      peers: partiesExcept(party).map((peer: PartyId) => ({
        party: peer,
        host: "127.0.0.1",
        port: ports[peer] ?? 0,
        tlsKeyHash: tlsKeyHash(identities[peer]!.certificatePem),
      })),
    };
    const { port } = await ask(processes[party]!, { kind: "listen", party, transport });
    if (roundTripMs === 0 || port === 0) {
      ports.push(port!);
      continue;
    }
    const relay = await createRelay(port!, roundTripMs / 2);
    relays.push(relay);
    ports.push(relay.port);
  }
}

function askAll(processes: readonly ChildProcess[], order: Order): Promise<Answer[]> {
  return Promise.all(processes.map((each) => ask(each, order)));
}

async function ask(each: ChildProcess, order: Order): Promise<Answer> {
  const answered = Promise.race([
    once(each, "message").then(([answer]) => answer as Answer),
    once(each, "exit").then(([code]): Answer => ({ error: `a party's process ended with ${code}` })),
  ]);
  each.send(order);
  const answer = await answered;
  if (answer.error !== undefined) throw new Error(answer.error);
  return answer;
}
