import { openScores, scoreMasks } from "@sharebridge/mpc-nodes/protocol/functions/masked-scores.ts";
import { thermometer } from "@sharebridge/mpc-nodes/protocol/functions/thermometer.ts";
import type { Mpc } from "@sharebridge/mpc-nodes/protocol/mpc.ts";
import { expect } from "chai";
import { type MpcRunner, signed } from "../mpc-runner.ts";
import { uniform } from "./numeric-support.ts";

const BREAKPOINTS = [-31, -9.5, -0.25, 0, 4.25, 31];

/** Near every breakpoint, at the ends of the domain, and anywhere: with so many fraction bits. */
function values(fractionBits: number): bigint[] {
  const random = uniform(fractionBits);
  const unit = 1n << BigInt(fractionBits);
  const near = BREAKPOINTS.flatMap((at) => [-1n, 0n, 1n].map((by) => (BigInt(at * 4) * unit) / 4n + by));
  const anywhere = Array.from(
    { length: 200 },
    () => (BigInt(Math.round((random() * 62 - 31) * 2 ** 40)) * unit) >> 40n,
  );
  return [...near, ...anywhere].filter((value) => value > -31n * unit && value < 31n * unit);
}

/** The same Mpc, in every scope, with what it opens written down. */
function overheard(mpc: Mpc, opened: BigUint64Array[]): Mpc {
  return new Proxy(mpc, {
    get(target, name) {
      if (name === "scope") {
        return <T>(body: (scope: Mpc) => Promise<T>) => target.scope((inner) => body(overheard(inner, opened)));
      }
      if (name === "open") {
        return async (...given: Parameters<Mpc["open"]>) => {
          const words = await target.open(...given);
          opened.push(...words.map((each) => each.slice()));
          return words;
        };
      }
      const member = target[name as keyof Mpc];
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

/** χ² of the bits of words against fair ones: one degree of freedom for each of the 128 positions. */
function biasOf(words: BigUint64Array): number {
  const rows = words.length / 2;
  let total = 0;
  for (let position = 0; position < 128; position++) {
    let ones = 0;
    for (let i = 0; i < rows; i++) ones += Number((words[2 * i + (position >> 6)]! >> BigInt(position & 63)) & 1n);
    total += (2 * ones - rows) ** 2 / rows;
  }
  return total;
}

export function maskedScoresSuite(runner: MpcRunner): void {
  describe(`masked scores: ${runner.name}`, () => {
    it("a thermometer of 1 to 8 bits", async () => {
      for (const [planes, rows] of [
        [1, 65],
        [2, 4],
        [3, 70],
        [8, 256],
      ] as const) {
        const numbers = Array.from({ length: rows }, (_, row) => BigInt((row * 37) % 2 ** planes));
        const [steps] = await runner.run([], async (mpc) => [
          await thermometer(mpc, mpc.publicBits(BigUint64Array.from(numbers), planes)),
        ]);
        expect(steps).to.deep.equal(numbers.map((number) => (1n << (number + 1n)) - 1n));
      }
    });

    for (const [valueBits, scoreBits] of [
      [120, 13],
      [87, 13],
      [96, 12],
    ] as const) {
      it(`scores and their pieces, ${valueBits} to ${scoreBits} bits, on masks from any row on`, async () => {
        const format = { valueBits, scoreBits };
        const words = values(valueBits);
        const rows = words.length;
        const first = rows >> 1;
        const [scores, early, late] = await runner.run([{ words, word: 128 }], async (mpc, [value]) => {
          const masks = await scoreMasks(mpc, rows, format);
          const [head, tail] = [mpc.slice(value!, 0, first), mpc.slice(value!, first, rows)];
          const one = await openScores(mpc, head, masks, 0, BREAKPOINTS, format);
          const other = await openScores(mpc, tail, masks, first, BREAKPOINTS, format);
          return [mpc.concatenate([one.scores, other.scores]), one.pieces, other.pieces];
        });
        const real = (word: bigint, bits: number) =>
          Number(word >> BigInt(Math.max(0, bits - 44))) / 2 ** Math.min(bits, 44);
        for (const [row, score] of signed(scores!, 128).entries())
          expect(Math.abs(Number(score) - real(words[row]!, valueBits) * 2 ** scoreBits)).to.be.below(2);
        for (const [row, word] of words.entries()) {
          const [bits, index, count] = row < first ? [early!, row, first] : [late!, row - first, rows - first];
          const found = BREAKPOINTS.flatMap((_, k) => (bits[k * count + index] === 1n ? [k] : []));
          const value = real(word, valueBits);
          const allowed = [-1, ...BREAKPOINTS.keys()].filter(
            (k) =>
              value > (BREAKPOINTS[k] ?? Number.NEGATIVE_INFINITY) - 0.25 &&
              value < (BREAKPOINTS[k + 1] ?? Number.POSITIVE_INFINITY) + 2 ** -10,
          );
          expect(found.length).to.be.at.most(1);
          expect(allowed).to.include(found[0] ?? -1);
        }
      });
    }

    it("what is opened is uniform whatever the values are", async () => {
      const rows = 512;
      const format = { valueBits: 119, scoreBits: 13 };
      const masked: BigUint64Array[] = [];
      const bare: BigUint64Array[] = [];
      await runner.run([{ words: Array<bigint>(rows).fill(3n << 119n), word: 128 }], async (mpc, [value]) => {
        const masks = await scoreMasks(mpc, rows, format);
        await openScores(overheard(mpc, masked), value!, masks, 0, [0], format);
        // The positive control: without a mask the same measure sees the values.
        const none = { ...masks, mask: mpc.constant(0n, rows, 128) };
        await openScores(overheard(mpc, bare), value!, none, 0, [0], format);
        return [];
      });
      // Every party opens the same words, once.
      for (const words of masked) expect(words).to.deep.equal(masked[0]);
      // 128 degrees of freedom: mean 128, standard deviation 16; eight of them.
      expect(biasOf(masked[0]!)).to.be.below(256);
      expect(biasOf(bare[0]!)).to.be.above(256);
    });
  });
}
