import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { type Contributions, ofOneSeller } from "@sharebridge/algorithms/language/contributions.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import * as rational from "@sharebridge/algorithms/language/rational.ts";
import { evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import { bindingOf, type SessionTerms } from "@sharebridge/mpc-nodes/engine/binding.ts";
import { type Computation, type ComputationOutcome, compute } from "@sharebridge/mpc-nodes/engine/compute.ts";
import { sessionIdOf } from "@sharebridge/mpc-nodes/engine/session-id.ts";
import { Heap } from "@sharebridge/mpc-nodes/kernels/heap.ts";
import { PARTIES, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { openFourSession } from "@sharebridge/mpc-nodes/protocol/four/session.ts";
import type { Network } from "@sharebridge/mpc-nodes/protocol/network.ts";
import type { Session } from "@sharebridge/mpc-nodes/protocol/session.ts";
import type { SharedVector } from "@sharebridge/mpc-nodes/sharing/shared-vector.ts";
import type { Transport } from "@sharebridge/mpc-nodes/transport/transport.ts";
import { expect } from "chai";
import { seed } from "../../support/seed.ts";
import { seededRandom, seededWords } from "../support/seeded-random.ts";
import { deal, type Parts } from "../support/shared-columns.ts";

/** Of all parties of this process. */
export const heap = new Heap();

/** One computation of the four parties, and what it must give. */
export interface Case {
  readonly label: string;
  readonly program: Program;
  readonly columns: ReadonlyMap<string, BigUint64Array>;
  readonly parameters: readonly bigint[];
  readonly rows: number;
  /** By default all rows are one seller's. */
  readonly contributions?: Contributions;
  readonly sealed: boolean;
}

export function requestIdOf(label: string): string {
  return `0x${Buffer.from(seededRandom(seed, `request ${label}`)(32)).toString("hex")}`;
}

/** Random values within the ranges that the program declares. */
export function makeCase(
  label: string,
  program: Program,
  rows: number,
  sealed: boolean,
  parameters: bigint[] = [],
): Case {
  const columns = new Map(
    program.columns.map((column) => {
      const words = seededWords(seededRandom(seed, `${label} ${column.name}`), rows);
      return [column.name, words.map((word) => wordWithin(column, word))] as const;
    }),
  );
  return { label, program, columns, parameters, rows, sealed };
}

function wordWithin(column: Program["columns"][number], word: bigint): bigint {
  if (column.kind === "category") return word % BigInt(column.categories.length);
  const scale = 2 ** column.fractionBits;
  const [least, most] = [Math.ceil(Number(column.minimum) * scale), Math.floor(Number(column.maximum) * scale)];
  return BigInt.asUintN(64, BigInt(least) + (word % BigInt(most - least + 1)));
}

/** What a case is bound to. */
export function termsOf(label: string): Omit<SessionTerms, "attempt" | "activeSet"> {
  return {
    chainId: 31_337n,
    market: "0x00000000000000000000000000000000000000aa",
    requestId: requestIdOf(label),
    epoch: 1n,
    algorithm: requestIdOf("algorithm"),
    poolHash: requestIdOf("pool"),
  };
}

/** What the parties of a case are bound to. */
export function bindingOfCase({ label }: Case): Uint8Array {
  return bindingOf({
    chainId: 31_337n,
    market: "0x00000000000000000000000000000000000000aa",
    requestId: requestIdOf(label),
    epoch: 1n,
    algorithm: requestIdOf("algorithm"),
    poolHash: requestIdOf("pool"),
    activeSet: 15,
    attempt: 0,
  });
}

/** What party `party` computes. */
export function computationOf(subject: Case, inputs: ReadonlyMap<string, SharedVector>): Computation {
  const { label, program, parameters, rows, sealed } = subject;
  const contributions = subject.contributions ?? ofOneSeller(rows);
  return { requestId: requestIdOf(label), program, parameters, inputs, rows, contributions, sealed };
}

/** The four parties' computations of a case, on fresh shares unless said otherwise. */
export function dealCase(subject: Case, dealt?: (words: BigUint64Array) => Parts): Computation[] {
  const random = seededRandom(seed, `${subject.label} shares`);
  const how = dealt ?? ((words) => deal(words, random));
  const columns = [...subject.columns].map(([name, words]) => [name, how(words)] as const);
  return PARTIES.map((party) =>
    computationOf(subject, new Map(columns.map(([name, parts]) => [name, parts[party]] as const))),
  );
}

export interface RunOptions {
  readonly computations?: readonly Computation[];
  /** Stands between a party and its session. */
  readonly between?: (network: Network) => Network;
  /** Label of the parties' coin tosses; the case's own unless said otherwise. */
  readonly coins?: string;
  /** What a party is bound to; the case's binding unless said otherwise. */
  readonly bindings?: readonly Uint8Array[];
}

/** Runs a case as four nodes would: open the session, compute, close it. */
export function runCase(
  transports: readonly Transport[],
  subject: Case,
  {
    computations = dealCase(subject),
    between = (network) => network,
    coins = subject.label,
    bindings,
  }: RunOptions = {},
): Promise<PromiseSettledResult<ComputationOutcome>[]> {
  const sessionId = sessionIdOf(requestIdOf(subject.label), 0);
  return Promise.allSettled(
    transports.map(async (transport) => {
      const computation = computations[transport.party];
      const network = between(await transport.openSession(sessionId, computation.requestId));
      let session: Session | null = null;
      try {
        const random = seededRandom(seed, `${coins} coins of ${transport.party}`);
        const binding = bindings?.[transport.party] ?? bindingOfCase(subject);
        session = await openFourSession({ network, signer: transport, heap, binding, random });
        const outcome = await compute(session, computation);
        transport.closeSession(sessionId);
        return outcome;
      } catch (error) {
        transport.closeSession(sessionId, error as Error);
        throw error;
      } finally {
        await session?.close();
      }
    }),
  );
}

/** Runs a case in which every party must succeed. */
export async function runHonest(
  transports: readonly Transport[],
  subject: Case,
  options?: RunOptions,
): Promise<ComputationOutcome[]> {
  return (await runCase(transports, subject, options)).map((outcome) => {
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  });
}

/**
 * Fails unless the outputs are what the program gives in the clear, up to the unit that each truncation may round up.
 * For programs whose outputs grow with what is truncated, as those used here.
 */
export function expectOutputs(subject: Case, outputs: readonly bigint[]): void {
  const { program, columns, parameters, rows } = subject;
  const { contributions } = subject;
  const least = evaluateWords(program, columns, parameters, rows, () => false, contributions);
  const most = evaluateWords(program, columns, parameters, rows, () => true, contributions);
  expect(outputs).to.have.length(least.length);
  expect(outputs.slice(program.outputs.length)).to.deep.equal(least.slice(program.outputs.length));
  for (const [index, { name, noise, fractionBits }] of analyse(program, rows, parameters).outputs.entries()) {
    const reach =
      noise === undefined
        ? 0n
        : rational.ceilDivide(noise.certain.numerator << BigInt(fractionBits), noise.certain.denominator);
    const within = outputs[index] >= least[index] - reach && outputs[index] <= most[index] + reach;
    expect(within, `${name} = ${outputs[index]}, expected ${least[index]} to ${most[index]}`).to.equal(true);
  }
}

/** Flips one bit of the message number `index` that `from` sends to `to`. */
export function tamper(from: PartyId, to: PartyId, index: number): (network: Network) => Network {
  return (network) => {
    if (network.party !== from) return network;
    let count = 0;
    return {
      party: network.party,
      peers: network.peers,
      statistics: network.statistics,
      queued: (peer) => network.queued(peer),
      room: (peer, bytes) => network.room(peer, bytes),
      receive: (peer, into) => network.receive(peer, into),
      idle: () => network.idle(),
      send(peer, payload) {
        const changed = payload.slice();
        if (peer === to && count++ === index) changed[0] ^= 1;
        network.send(peer, changed);
      },
    };
  };
}
