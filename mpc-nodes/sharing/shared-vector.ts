import { kernels } from "../kernels/active.ts";
import { PARTIES, type PartyId } from "../math/party.ts";
import { SharingError } from "./errors.ts";

/**
 * One party's part of a secret vector x = x0 + x1 + x2 + x3 over Z_2^64, word by word: the three shares that it holds
 * (replicated four-party sharing, ePrint 2020/1330).
 */
export interface SharedVector {
  readonly length: number;
  /** shares[j] is x_j; null at the holder's own index. */
  readonly shares: readonly (BigUint64Array | null)[];
}

/** The share indices that a party holds: all but its own, ascending. */
export function heldShares(party: PartyId): PartyId[] {
  return PARTIES.filter((share) => share !== party);
}

/** Builds a vector from a function that gives each held share. */
export function sharedVector(party: PartyId, length: number, share: (j: PartyId) => BigUint64Array): SharedVector {
  const shares = PARTIES.map((j) => (j === party ? null : share(j)));
  for (const [j, words] of shares.entries()) {
    if (words !== null && words.length !== length) {
      throw new SharingError(
        "IncompatibleVectors",
        `share ${j} has ${words.length} words where ${length} are expected`,
      );
    }
  }
  return { length, shares };
}

/** The party whose vector this is: the index at which it has no share. */
export function holderOf(vector: SharedVector): PartyId {
  const missing = PARTIES.filter((j) => vector.shares[j] === null);
  if (vector.shares.length !== 4 || missing.length !== 1) {
    throw new SharingError(
      "IncompatibleVectors",
      "a shared vector has four places for shares, exactly one of them empty",
    );
  }
  return missing[0]!;
}

/** Share j of a vector whose holder has it. */
export function shareOf(vector: SharedVector, j: PartyId): BigUint64Array {
  const words = vector.shares[j];
  if (!words) throw new SharingError("IncompatibleVectors", `this party does not hold share ${j}`);
  return words;
}

/**
 * x = x0 + x1 + x2 + x3.
 * @throws SharingError IncompatibleVectors unless there are four shares of one length.
 */
export function recombine(shares: readonly BigUint64Array[]): BigUint64Array {
  const length = shares[0]?.length ?? 0;
  if (shares.length !== 4 || shares.some((share) => share.length !== length)) {
    const lengths = shares.map((share) => share.length).join(", ");
    throw new SharingError("IncompatibleVectors", `four shares of one length recombine, not lengths [${lengths}]`);
  }
  const value = new BigUint64Array(length);
  for (const share of shares) kernels.add(value, value, share);
  return value;
}
