/** Columns as the committee stores them, dealt to four parties. */
import { PARTIES } from "@sharebridge/mpc-nodes/math/party.ts";
import type { RandomSource } from "@sharebridge/mpc-nodes/math/random.ts";
import { recombine, type SharedVector, sharedVector } from "@sharebridge/mpc-nodes/sharing/shared-vector.ts";
import { seededWords } from "./seeded-random.ts";

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
