/** One of the processes: takes orders from `bench/mpc.ts` over IPC and answers each. */
import { Heap } from "@sharebridge/mpc-nodes/kernels/heap.ts";
import { PARTIES, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { openFourSession } from "@sharebridge/mpc-nodes/protocol/four/session.ts";
import type { Bits, Vector } from "@sharebridge/mpc-nodes/protocol/mpc.ts";
import type { Session } from "@sharebridge/mpc-nodes/protocol/session.ts";
import { openThreeSession, type ThreeSession } from "@sharebridge/mpc-nodes/protocol/three/session.ts";
import { verify } from "@sharebridge/mpc-nodes/protocol/three/verify.ts";
import { TlsTransport } from "@sharebridge/mpc-nodes/transport/tls.ts";
import type { Answer, Measurement, Order } from "./messages.ts";
import { type Task, WORKLOADS, type Workload } from "./workloads.ts";

const BINDING = new Uint8Array(32);
const idOf = (number: number): string => `0x${number.toString(16).padStart(64, "0")}`;

const heap = new Heap();
let transport: TlsTransport;
let peers: readonly PartyId[] = [];
let sessions = 0;
let workload: Workload;
let task: Task | null = null;
let session: Session | null = null;
let answer: Vector | Bits | null = null;

async function startSession(): Promise<Session> {
  sessions += 1;
  const network = await transport.openSession(idOf(sessions), idOf(0), peers);
  const open = peers.length === 2 ? openThreeSession : openFourSession;
  return open({ network, signer: transport, heap, binding: BINDING });
}

/** What three parties do before they open anything, and so what an answer costs them. */
async function verifyAll(): Promise<void> {
  if (peers.length === 2) await verify((session as ThreeSession).mpc.context);
}

/** One run; what it cost is the difference to what the session had cost before. */
async function run(): Promise<Measurement> {
  const start = performance.now();
  const cpu = process.cpuUsage();
  if (task === null) {
    await session?.close();
    session = await startSession();
    return measurementSince(start, cpu, 0, 0);
  }
  const { mpc, network, rounds } = session!;
  const bytes = network.statistics.bytesSent;
  for (let done = 0; done < workload.n; done += workload.rows) {
    if (answer !== null) mpc.release(answer);
    answer = await mpc.scope((scope) => task!.run(scope));
  }
  await verifyAll();
  return measurementSince(start, cpu, bytes, rounds);
}

function measurementSince(start: number, cpu: NodeJS.CpuUsage, bytes: number, rounds: number): Measurement {
  const { user, system } = process.cpuUsage(cpu);
  return {
    seconds: (performance.now() - start) / 1000,
    cpuSeconds: (user + system) / 1e6,
    bytesSent: session!.network.statistics.bytesSent - bytes,
    rounds: session!.rounds - rounds,
  };
}

async function obey(order: Order): Promise<Answer> {
  switch (order.kind) {
    case "listen":
      transport = new TlsTransport(order.transport);
      await transport.start();
      return { port: transport.port };
    case "prepare":
      peers = PARTIES.slice(0, order.parties).filter((party) => party !== transport.party);
      workload = { ...WORKLOADS.find(({ name }) => name === order.workload)!, n: order.n, rows: order.rows };
      if (workload.prepare === null) return {};
      session = await startSession();
      task = await workload.prepare(session.mpc, workload.rows);
      return {};
    case "run":
      return { measurement: await run() };
    case "finish":
      if (task !== null) await task.check(session!.mpc, answer!);
      await session?.close();
      await transport.close();
      return { peakMemoryMiB: process.resourceUsage().maxRSS / 1024 };
  }
}

process.on("message", async (order: Order) => {
  const result = await obey(order).catch((error: Error): Answer => ({ error: error.stack ?? error.message }));
  process.send!(result);
  if (order.kind === "finish" || result.error !== undefined) process.disconnect();
});
