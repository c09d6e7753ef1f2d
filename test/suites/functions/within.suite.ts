/** Ranges hold for every word that there is, not only for numbers whose difference has the sign that it should. */
import { rowsWithin, type WordRange } from "@sharebridge/mpc-nodes/protocol/functions/within.ts";
import { expect } from "chai";
import fc from "fast-check";
import { seed } from "../../support/seed.ts";
import type { MpcRunner } from "../mpc-runner.ts";

const [LEAST, MOST] = [-(2n ** 63n), 2n ** 63n - 1n];

/** Where a comparison that takes a difference for its sign goes wrong: at the ends of the ring, and half of it apart. */
function edgesOf({ minimum, maximum }: WordRange): bigint[] {
  const places = [
    minimum,
    maximum,
    0n,
    LEAST,
    MOST,
    minimum + 2n ** 63n,
    maximum + 2n ** 63n,
    (minimum + maximum) / 2n,
  ];
  return places.flatMap((place) => [-2n, -1n, 0n, 1n, 2n].map((step) => BigInt.asIntN(64, place + step)));
}

const RANGES: readonly WordRange[] = [
  { minimum: 0n, maximum: 0n },
  { minimum: 0n, maximum: 1n },
  { minimum: -5n, maximum: 17n },
  { minimum: 3n, maximum: 9n },
  { minimum: -9n, maximum: -3n },
  { minimum: LEAST, maximum: LEAST },
  { minimum: MOST, maximum: MOST },
  { minimum: LEAST, maximum: MOST },
  { minimum: LEAST, maximum: -1n },
  { minimum: 0n, maximum: MOST },
  { minimum: LEAST + 1n, maximum: MOST - 1n },
  { minimum: -(2n ** 62n), maximum: 2n ** 62n },
  { minimum: -(2n ** 62n), maximum: 2n ** 62n - 1n },
  { minimum: -(2n ** 62n) - 1n, maximum: 2n ** 62n - 1n },
];

const isWithin = ({ minimum, maximum }: WordRange, word: bigint): boolean => minimum <= word && word <= maximum;

export function withinSuite(runner: MpcRunner): void {
  describe(`rows within ranges: ${runner.name}`, () => {
    const within = async (columns: readonly (readonly bigint[])[], ranges: readonly WordRange[]) => {
      const inputs = columns.map((words) => ({ words, word: 64 as const }));
      const [bits] = await runner.run(inputs, async (mpc, vectors) => [await rowsWithin(mpc, vectors, ranges)]);
      return bits!.map((bit) => bit === 1n);
    };

    it("at every edge of narrow and wide ranges", async () => {
      // All ranges side by side would say only where all hold: each in a run of its own, with the edges of all.
      const words = [...new Set(RANGES.flatMap(edgesOf))];
      for (const range of RANGES) {
        const found = await within([words], [range]);
        expect(found, `${range.minimum} to ${range.maximum}`).to.deep.equal(words.map((word) => isWithin(range, word)));
      }
    });

    it("of several columns, narrow and wide ones, in the rows in which all hold", async () => {
      const ranges = [RANGES[2]!, RANGES[10]!, RANGES[8]!];
      const columns = [
        [-5n, -6n, 17n, 18n, 0n, 0n, 0n, 0n],
        [0n, 0n, MOST - 1n, 0n, MOST, LEAST, LEAST + 1n, 5n],
        [-1n, -1n, LEAST, -1n, -1n, -1n, 0n, MOST],
      ];
      expect(await within(columns, ranges)).to.deep.equal([true, false, true, false, false, false, false, false]);
    });

    it("whatever the words and the ranges are", async () => {
      const word = fc.oneof(
        fc.bigInt({ min: LEAST, max: MOST }),
        fc.constantFrom(LEAST, LEAST + 1n, -1n, 0n, 1n, MOST - 1n, MOST),
      );
      const range = fc
        .tuple(word, word)
        .map(([a, b]): WordRange => (a < b ? { minimum: a, maximum: b } : { minimum: b, maximum: a }));
      const cases = fc.tuple(
        fc.array(range, { minLength: 1, maxLength: 3 }),
        fc.array(word, { minLength: 1, maxLength: 70 }),
      );
      await fc.assert(
        fc.asyncProperty(cases, async ([ranges, words]) => {
          // Each column another arrangement of the words, so that ranges meet different ones in a row.
          const columns = ranges.map((_, column) => words.map((__, row) => words[(row + 7 * column) % words.length]!));
          const expected = words.map((_, row) => ranges.every((one, column) => isWithin(one, columns[column]![row]!)));
          expect(await within(columns, ranges)).to.deep.equal(expected);
        }),
        { seed, numRuns: 12 },
      );
    });
  });
}
