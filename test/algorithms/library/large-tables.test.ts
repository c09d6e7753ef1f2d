/** Declared errors hold on large tables: a million rows in the clear, a hundred million by analysis. */
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { encodeProgram } from "@sharebridge/algorithms/language/encode.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { type Figure, finish } from "@sharebridge/algorithms/language/finish.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import * as rational from "@sharebridge/algorithms/language/rational.ts";
import { evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import { MAX_ROWS } from "@sharebridge/algorithms/language/schema.ts";
import { groupStatisticsOf, welchTTest } from "@sharebridge/algorithms/library/index.ts";
import { expect } from "chai";
import fc from "fast-check";
import { seed } from "../../support/seed.ts";
import { ofSellers } from "../support/unprotected.ts";

const BITS = 22;

/** Wages of 1 to 50,000 cents, every third row of the first category. */
function centsOf(rows: number, salt: number): number[] {
  let state = salt >>> 0;
  return Array.from({ length: rows }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return 1 + (state % 50_000);
  });
}

/** Welch's t-test of whole cents: sums of cents and of their squares are exact in doubles up to some 3·10^6 rows. */
function exactWelch(cents: readonly number[]) {
  const moments = [0, 1].map((category) => {
    const own = cents.filter((_, row) => (row % 3 === 0 ? 0 : 1) === category);
    const sum = own.reduce((total, value) => total + value, 0);
    const squares = own.reduce((total, value) => total + value * value, 0);
    expect(squares).to.be.below(Number.MAX_SAFE_INTEGER);
    // n·squares - sum² in whole numbers: nothing cancels.
    const scaled = BigInt(own.length) * BigInt(squares) - BigInt(sum) ** 2n;
    const variance = Number(scaled) / own.length / (own.length - 1) / 10_000;
    return { count: own.length, mean: sum / own.length / 100, error: variance / own.length };
  });
  const [no, yes] = moments as [(typeof moments)[0], (typeof moments)[0]];
  const both = yes.error + no.error;
  const share = ({ error, count }: typeof yes) => error ** 2 / (count - 1);
  return new Map([
    ["difference", yes.mean - no.mean],
    ["t", (yes.mean - no.mean) / Math.sqrt(both)],
    ["degrees_of_freedom", both ** 2 / (share(yes) + share(no))],
  ]);
}

function figuresOf(cents: readonly number[], roundsUp: () => boolean): Figure[] {
  const rows = cents.length;
  // As the seller's encoding rounds: half away from zero.
  const words = cents.map((value) => ((BigInt(value) << BigInt(BITS + 1)) / 100n + 1n) >> 1n);
  const inputs = new Map([
    ["wage", BigUint64Array.from(words)],
    ["union", BigUint64Array.from(cents, (_, row) => (row % 3 === 0 ? 0n : 1n))],
  ]);
  const answer = evaluateWords(welchTTest, inputs, [], rows, roundsUp, ofSellers(rows, 2));
  return finish(welchTTest, answer, { rows });
}

function expectWithin(figures: readonly Figure[], truth: ReadonlyMap<string, number>): void {
  for (const { name, value, error } of figures) {
    const exact = truth.get(name)!;
    expect(Math.abs(value! - exact), name).to.be.at.most(error! + 1e-12 * Math.abs(exact));
  }
  expect(figures.map(({ name }) => name)).to.deep.equal([...truth.keys()]);
}

describe("large tables", () => {
  it("of a million rows give Welch's t within its declared error, every truncation rounding up", () => {
    const cents = centsOf(1_000_000, seed);
    const figures = figuresOf(cents, () => true);
    expectWithin(figures, exactWelch(cents));
    const [difference] = figures;
    expect(difference!.error).to.be.below(1e-6);
  }).timeout(30_000);

  it("of any number of rows, however truncations round", () => {
    const lots = fc.integer({ min: 30, max: 5_000 });
    fc.assert(
      fc.property(lots, fc.nat(), fc.infiniteStream(fc.boolean()), (rows, salt, bits) => {
        const cents = centsOf(rows, salt);
        expectWithin(
          figuresOf(cents, () => bits.next().value as boolean),
          exactWelch(cents),
        );
      }),
      { seed, numRuns: 20 },
    );
  });

  /** Mean and variance with so many bits of the squares cut. */
  const variance = (squareBitsCut: number, maximumRows: number): Program =>
    groupStatisticsOf({
      name: "variance",
      column: { name: "wage", kind: "number", fractionBits: BITS, minimum: "0.01", maximum: "500" },
      group: { name: "sex", kind: "category", categories: ["female", "male"] },
      ...{ squareBitsCut, maximumRows: Math.min(maximumRows, MAX_ROWS) },
    });
  const HUNDRED_MILLION = 100_000_000;
  const withRows = (program: Program, maximumRows: number): Program => ({ ...program, maximumRows });

  it("of a hundred million rows: the variance is proven, with the error that one derives by hand, and not silently zero", () => {
    // 10^8 squares below 2^18 with 18 fraction bits are below 2^63.
    const program = withRows(variance(2 * BITS - 18, HUNDRED_MILLION), HUNDRED_MILLION);
    const n = BigInt(HUNDRED_MILLION);
    const unit = (bits: number) => ({ numerator: 1n, denominator: 1n << BigInt(bits) });
    const { multiply, add, integer, compare } = rational;
    // Encoding is off by half a unit e; a square by 2·500·e + e² and the unit that truncation may take; sums by n times as much.
    const half = unit(BITS + 1);
    const square = add(add(multiply(integer(1_000n), half), multiply(half, half)), unit(18));
    const outputs = new Map(analyse(program).outputs.map((output) => [output.name, output]));
    expect(compare(outputs.get("sum_0")!.error, multiply(integer(n), half))).to.equal(0);
    expect(compare(outputs.get("square_sum_0")!.error, multiply(integer(n), square))).to.equal(0);
    expect(outputs.get("square_sum_0")!.words.maximum < 2n ** 63n).to.equal(true);

    // Half are women, of whom half earn 10 and half 20: a variance of 25·m/(m - 1).
    const m = n / 2n;
    const sums = [m, (15n * m) << BigInt(BITS), (250n * m) << 18n];
    const figures = finish(program, [...sums, ...sums, 1n, 1n], { rows: HUNDRED_MILLION });
    const found = figures.find(({ name }) => name === "variance_0")!;
    expect(found.error).to.be.below(1e-3);
    expect(Math.abs(found.value! - 25 * (1 + 1 / (Number(m) - 1)))).to.be.at.most(found.error!);
  });

  it("that a sum could overflow on are refused, by instruction; and so is what no table may have", () => {
    const codeOf = (work: () => unknown): ProgramError => {
      try {
        work();
      } catch (error) {
        if (error instanceof ProgramError) return error;
        throw error;
      }
      throw new Error("it was not refused");
    };
    // The scales of the library's own instance, for a million rows.
    const overflow = codeOf(() => analyse(withRows(variance(19, HUNDRED_MILLION), HUNDRED_MILLION)));
    expect(overflow.code).to.equal("Overflow");
    expect(overflow.message).to.match(/^instruction \d+ \(dot\)/);
    expect(analyse(variance(2 * BITS - 18, MAX_ROWS)).maximumRows).to.equal(MAX_ROWS);
    const shape = codeOf(() => encodeProgram(withRows(variance(2 * BITS - 18, MAX_ROWS), HUNDRED_MILLION)));
    expect(shape.code).to.equal("InvalidShape");
    expect(shape.message).to.include("program.maximumRows");
    expect(codeOf(() => analyse(variance(2 * BITS - 18, MAX_ROWS), HUNDRED_MILLION)).code).to.equal("TooManyRows");
  });
});
