/** Four parties, or three, in one process: shares dealt to them, sessions run to the end, values collected from their shares. */

import { Heap } from "@sharebridge/mpc-nodes/kernels/heap.ts";
import { PARTIES, type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import type { RandomSource } from "@sharebridge/mpc-nodes/math/random.ts";
import { COIN_TOSS_ROUNDS } from "@sharebridge/mpc-nodes/protocol/coin-toss.ts";
import { type FourSession, openFourSession } from "@sharebridge/mpc-nodes/protocol/four/session.ts";
import { asVector } from "@sharebridge/mpc-nodes/protocol/four/values.ts";
import type { Vector, WordBits } from "@sharebridge/mpc-nodes/protocol/mpc.ts";
import { importShares, shareWords } from "@sharebridge/mpc-nodes/protocol/replicated/linear.ts";
import type { SessionOptions } from "@sharebridge/mpc-nodes/protocol/replicated/session.ts";
import type { Session } from "@sharebridge/mpc-nodes/protocol/session.ts";
import type { Signer } from "@sharebridge/mpc-nodes/protocol/signer.ts";
import { openThreeSession, type ThreeSession } from "@sharebridge/mpc-nodes/protocol/three/session.ts";
import { createMemoryTransports } from "@sharebridge/mpc-nodes/transport/memory.ts";
import { type Frame, type MemoryNetworks, memoryNetworks } from "./memory-network.ts";
import { seededRandom, seededWords } from "./seeded-random.ts";

export const binding = new Uint8Array(32).fill(7);
/** Rounds, and frames to each peer, before the first operation. */
export const TOSS_FRAMES = COIN_TOSS_ROUNDS;
/** By party; each knows the keys of all. */
export const signers: readonly Signer[] = createMemoryTransports();

let shared: Heap | undefined;

/** The one heap of all tests of this process; every session gives back what it took. */
export function testHeap(): Heap {
  shared ??= new Heap(2 ** 31);
  return shared;
}

/** A column as four shares, two words an element for Z_2^128. */
export interface Dealt {
  readonly word: WordBits;
  readonly length: number;
  readonly shares: readonly BigUint64Array[];
}

const LOW = (1n << 64n) - 1n;

export function packWords(values: readonly bigint[], word: WordBits): BigUint64Array {
  if (word === 64) return BigUint64Array.from(values, (value) => BigInt.asUintN(64, value));
  return BigUint64Array.from(values.flatMap((value) => [value & LOW, (value >> 64n) & LOW]));
}

export function unpackWords(words: BigUint64Array, word: WordBits): bigint[] {
  if (word === 64) return [...words];
  return Array.from({ length: words.length / 2 }, (_, i) => words[2 * i]! | (words[2 * i + 1]! << 64n));
}

/** Splits numbers into four random shares. */
export function deal(values: readonly bigint[], random: RandomSource, word: WordBits = 64): Dealt {
  const drawn = [0, 1, 2].map(() => unpackWords(seededWords(random, (values.length * word) / 64), word));
  const last = values.map((value, row) =>
    BigInt.asUintN(word, value - drawn[0]![row]! - drawn[1]![row]! - drawn[2]![row]!),
  );
  return dealShares(
    [...drawn, last].map((share) => packWords(share, word)),
    word,
  );
}

export function dealShares(shares: readonly BigUint64Array[], word: WordBits = 64): Dealt {
  return { word, length: (shares[0]!.length * 64) / word, shares };
}

/** This party's part of a dealt column. */
export function take({ mpc }: FourSession, { word, length, shares }: Dealt): Vector {
  return importShares(mpc.context, word, length, (j) => shares[j]!);
}

/** Copies of the shares that this party holds; null at its own index. */
export function sharesOf(session: FourSession, value: Vector): (BigUint64Array | null)[] {
  return PARTIES.map((j) =>
    j === session.network.party ? null : shareWords(session.mpc.context, asVector(value), j).slice(),
  );
}

/** The value of four parties' shares, after checking that the three holders of each share agree. */
export function collect(parts: readonly (readonly (BigUint64Array | null)[])[], word: WordBits = 64): bigint[] {
  const shares = PARTIES.map((j) => {
    const copies = PARTIES.filter((party) => party !== j).map((party) => parts[party]![j]!);
    for (const copy of copies) {
      if (copy.length !== copies[0]!.length || copy.some((each, row) => each !== copies[0]![row])) {
        throw new Error(`the holders of share ${j} disagree`);
      }
    }
    return unpackWords(copies[0]!, word);
  });
  return shares[0]!.map((_, row) =>
    BigInt.asUintN(
      word,
      shares.reduce((sum, share) => sum + share[row]!, 0n),
    ),
  );
}

/** What a party holds of the keys of request number `request`. */
export function requestKeysOf(party: PartyId, request: number): (Uint8Array | null)[] {
  return PARTIES.map((j) => (j === party ? null : seededRandom(request, `request key ${j}`)(32)));
}

export interface RunOptions {
  readonly seed: number;
  /** Whose keys the parties hold; by default a request of this seed. Null: they hold none. */
  readonly requestKeys?: ((party: PartyId) => (Uint8Array | null)[]) | null;
  readonly heap?: Heap;
  readonly tamper?: (frame: Frame) => Uint8Array;
  /** Replaces a party's session, to misuse it. */
  readonly alter?: (session: FourSession) => FourSession;
}

export interface Run<T> {
  readonly outcomes: readonly PromiseSettledResult<T>[];
  readonly memory: MemoryNetworks;
}

/** Runs the four parties to the end. */
export function runAll<T>(run: (session: FourSession) => Promise<T>, options: RunOptions): Promise<Run<T>> {
  return runParties(PARTIES, openFourSession, (session) => run(options.alter?.(session) ?? session), options);
}

/** Runs three parties to the end, without `excluded`. */
export function runThree<T>(
  excluded: PartyId,
  run: (session: ThreeSession) => Promise<T>,
  options: Omit<RunOptions, "alter">,
): Promise<Run<T>> {
  return runParties(partiesExcept(excluded), openThreeSession, run, options);
}

/** The first that fails ends the others, as a transport would. Outcomes in the order of `active`. */
async function runParties<S extends Session, T>(
  active: readonly PartyId[],
  open: (options: SessionOptions) => Promise<S>,
  run: (session: S) => Promise<T>,
  { seed, heap = testHeap(), tamper, requestKeys = (party) => requestKeysOf(party, seed) }: Omit<RunOptions, "alter">,
): Promise<Run<T>> {
  const memory = memoryNetworks(tamper, active);
  const outcomes = await Promise.allSettled(
    memory.networks.map(async (network) => {
      let session: S | null = null;
      try {
        const random = seededRandom(seed, `contribution ${network.party}`);
        const given = { network, signer: signers[network.party]!, heap, binding, random };
        session = await open({ ...given, requestKeys: requestKeys?.(network.party) ?? null });
        return await run(session);
      } catch (error) {
        // One turn of the event loop: whatever the others already hold is still handled by them first.
        await new Promise((resolve) => setImmediate(resolve));
        memory.close(new Error(`closed by party ${network.party}`, { cause: error }));
        throw error;
      } finally {
        await session?.close();
      }
    }),
  );
  return { outcomes, memory };
}

/** What every party of a run came to; every one must succeed. */
export function allOf<T>({ outcomes }: Run<T>): T[] {
  return outcomes.map((outcome) => {
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  });
}

/** Runs four honest parties; every one must succeed. */
export async function runHonest<T>(
  run: (session: FourSession) => Promise<T>,
  options: RunOptions,
): Promise<{ results: T[]; memory: MemoryNetworks }> {
  const all = await runAll(run, options);
  return { results: allOf(all), memory: all.memory };
}

/** The code that a party failed with; null when it did not. */
export function failureCode(outcome: PromiseSettledResult<unknown>): string | null {
  return outcome.status === "rejected" ? ((outcome.reason as { code?: string }).code ?? String(outcome.reason)) : null;
}

export function partyOf(session: FourSession): PartyId {
  return session.network.party;
}
