import { PARTIES, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import type { RandomSource } from "@sharebridge/mpc-nodes/math/random.ts";
import { openSession, type Session } from "@sharebridge/mpc-nodes/protocol/session.ts";
import { recombine, type SharedVector, sharedVector } from "@sharebridge/mpc-nodes/sharing/shared-vector.ts";
import { type Frame, type MemoryNetworks, memoryNetworks } from "./memory-network.ts";
import { seededRandom, seededWords } from "./seeded-random.ts";

export const binding = new Uint8Array(32).fill(7);

/** parts[i] is party i's part. */
export type Parts = readonly SharedVector[];

/** Splits words into four shares and hands out the parts. */
export function deal(words: BigUint64Array, random: RandomSource): Parts {
  const [x0, x1, x2] = [1, 2, 3].map(() => seededWords(random, words.length)) as [
    BigUint64Array,
    BigUint64Array,
    BigUint64Array,
  ];
  return dealShares([x0, x1, x2, words.map((word, row) => word - x0[row]! - x1[row]! - x2[row]!)]);
}

/** Hands out the parts of given shares. */
export function dealShares(shares: readonly BigUint64Array[]): Parts {
  return PARTIES.map((party) => sharedVector(party, shares[0]!.length, (j) => shares[j]!));
}

/** The value of four parts, after checking that the three holders of each share agree. */
export function collect(parts: Parts): BigUint64Array {
  const shares = PARTIES.map((j) => {
    const copies = PARTIES.filter((party) => party !== j).map((party) => parts[party]!.shares[j]!);
    for (const copy of copies) {
      if (copy.length !== copies[0]!.length || copy.some((word, row) => word !== copies[0]![row])) {
        throw new Error(`the holders of share ${j} disagree`);
      }
    }
    return copies[0]!;
  });
  return recombine(shares);
}

export interface RunOptions {
  readonly seed: number;
  readonly tamper?: (frame: Frame) => Uint8Array;
  /** Replaces a party's session, to misuse it. */
  readonly alter?: (session: Session) => Session;
}

export interface Run<T> {
  readonly outcomes: readonly PromiseSettledResult<T>[];
  readonly memory: MemoryNetworks;
}

/** Runs the four parties to the end. The first that fails ends the others, as a transport would. */
export async function runAll<T>(run: (session: Session) => Promise<T>, options: RunOptions): Promise<Run<T>> {
  const memory = memoryNetworks(options.tamper);
  const outcomes = await Promise.allSettled(
    memory.networks.map(async (network) => {
      try {
        const random = seededRandom(options.seed, `contribution ${network.party}`);
        const session = await openSession(network, binding, random);
        return await run(options.alter?.(session) ?? session);
      } catch (error) {
        // One turn of the event loop: whatever the others already hold is still handled by them first.
        await new Promise((resolve) => setImmediate(resolve));
        memory.close(new Error(`closed by party ${network.party}`, { cause: error }));
        throw error;
      }
    }),
  );
  return { outcomes, memory };
}

/** Runs four honest parties; every one must succeed. */
export async function runHonest<T>(
  run: (session: Session) => Promise<T>,
  options: RunOptions,
): Promise<{ results: T[]; memory: MemoryNetworks }> {
  const { outcomes, memory } = await runAll(run, options);
  const results = outcomes.map((outcome) => {
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  });
  return { results, memory };
}

/** The code that a party failed with; null when it did not. */
export function failureCode(outcome: PromiseSettledResult<unknown>): string | null {
  return outcome.status === "rejected" ? ((outcome.reason as { code?: string }).code ?? String(outcome.reason)) : null;
}

export function partyOf(session: Session, parts: Parts): SharedVector {
  return parts[session.party as PartyId]!;
}
