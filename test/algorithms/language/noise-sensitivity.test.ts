/** The sensitivity that is analysed bounds what random programs make of tables that differ in one row, or in all rows of a seller. */
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { type Secret, type SecretBit, type Tracer, trace } from "@sharebridge/algorithms/language/builder.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import type { Column } from "@sharebridge/algorithms/language/schema.ts";
import { expect } from "chai";
import fc from "fast-check";
import { seed } from "../../support/seed.ts";

/** Words of the columns, and the least and the greatest of each. */
const RANGES = { x: [-20, 100], y: [0, 80], sex: [0, 1], job: [0, 2] } as const;
type Row = Record<keyof typeof RANGES, number>;

const columns: Column[] = [
  { name: "x", kind: "number", fractionBits: 0, minimum: "-20", maximum: "100" },
  { name: "y", kind: "number", fractionBits: 0, minimum: "0", maximum: "80" },
  { name: "sex", kind: "category", categories: ["f", "m"] },
  { name: "job", kind: "category", categories: ["clerk", "cook", "smith"] },
];

interface Step {
  readonly operation: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}
const step: fc.Arbitrary<Step> = fc.record({
  ...{ operation: fc.nat(40), a: fc.nat(40), b: fc.nat(40) },
  c: fc.integer({ min: -30, max: 110 }),
});

const pick = <T>(from: readonly T[], at: number): T => from[at % from.length]!;

/** Random columns, random sums of them, random combinations of these; the last of them with noise of both kinds. */
function programOf(rowwise: readonly Step[], sums: readonly Step[], count: number): Program | null {
  const body = (t: Tracer): void => {
    const numbers: Secret<"column">[] = [t.encoded("x"), t.encoded("y"), t.indicator("sex", "f")];
    const jobs = ["clerk", "cook", "smith"].map((job) => t.isCategory("job", job));
    const below = ["0", "20", "50"].map((edge) => t.less(t.encoded("x"), t.constant(edge, 0)));
    const bits: SecretBit<"column">[] = [...jobs, ...below, t.xor(below[1]!, below[0]!), t.not(below[2]!)];
    for (const { operation, a, b, c } of rowwise) {
      const [left, right, constant] = [pick(numbers, a), pick(numbers, b), t.constant(String(c), 0)];
      const [one, other] = [pick(bits, a), pick(bits, b)];
      const makes: (() => Secret<"column"> | SecretBit<"column">)[] = [
        () => t.add(left, right),
        () => t.subtract(left, right),
        () => t.multiply(left, right),
        () => t.multiply(left, constant),
        () => t.smaller(left, right),
        () => t.larger(left, constant),
        () => t.select(one, left, right),
        () => t.number(one),
        () => t.multiply(t.number(one), right),
        () => t.less(left, right),
        () => t.equal(left, constant),
        () => t.and(one, other),
        () => t.or(one, other),
        () => t.xor(one, other),
        () => t.not(one),
      ];
      const made = pick(makes, operation)();
      if (made.kind === "bit") bits.push(made);
      else numbers.push(made);
    }
    const scalars: Secret<"scalar">[] = [];
    for (const { operation, a, b, c } of sums) {
      const [left, right] = [pick(scalars, a), pick(scalars, b)];
      const fresh: (() => Secret<"scalar">)[] = [
        () => t.count(pick(bits, a)),
        () => t.sum(pick(numbers, a)),
        () => t.dot(t.number(pick(bits, a)), pick(numbers, b)),
        () => t.dot(pick(numbers, a), pick(numbers, b)),
      ];
      const combined: (() => Secret<"scalar">)[] = [
        () => t.add(left!, right!),
        () => t.subtract(left!, right!),
        () => t.multiply(left!, t.constant(String(c), 0)),
        () => t.subtract(t.rows(), left!),
        () => t.multiply(t.parameter("p"), left!),
      ];
      scalars.push(pick(scalars.length < 2 ? fresh : [...fresh, ...fresh, ...combined], operation)());
    }
    const chosen = scalars.slice(-count);
    const noised = [...t.laplace(chosen, { epsilon: "20" }), ...t.gaussian(chosen, { epsilon: "20", delta: "0.001" })];
    for (const [index, value] of noised.entries()) t.output(`o${index}`, value);
  };
  const definition = {
    ...{ name: "random", description: "Random.", columns, maximumRows: 8, privacy: { unit: "row" as const } },
    parameters: [{ name: "p", fractionBits: 0, minimum: "-3", maximum: "2" }],
  };
  try {
    return trace(definition, body);
  } catch (error) {
    if (error instanceof ProgramError && /OutOfRange|Overflow/.test(error.code)) return null;
    throw error;
  }
}

/** Ends of the ranges more often than not: there the bound is met. */
const row: fc.Arbitrary<Row> = fc.record(
  Object.fromEntries(
    Object.entries(RANGES).map(([name, [least, most]]) => [
      name,
      fc.oneof(fc.constantFrom(least, most), fc.integer({ min: least, max: most })),
    ]),
  ),
) as fc.Arbitrary<Row>;

interface Neighbours {
  readonly rows: readonly Row[];
  readonly others: readonly Row[];
}
const neighbours: fc.Arbitrary<Neighbours> = fc.record({
  rows: fc.array(row, { minLength: 1, maxLength: 8 }),
  others: fc.array(row, { minLength: 3, maxLength: 3 }),
});

function valuesOf(program: Program, rows: readonly Row[], parameter: bigint): bigint[] {
  const words = (name: keyof Row) => rows.map((each) => BigInt.asUintN(64, BigInt(each[name])));
  const inputs = new Map(columns.map(({ name }) => [name, words(name as keyof Row)]));
  return evaluateWords(program, inputs, [parameter], rows.length);
}

/** L1 and squared L2 distance of two vectors. */
function distances(a: readonly bigint[], b: readonly bigint[]): [bigint, bigint] {
  const apart = a.map((value, index) => (value > b[index]! ? value - b[index]! : b[index]! - value));
  return [apart.reduce((sum, d) => sum + d, 0n), apart.reduce((sum, d) => sum + d * d, 0n)];
}

describe("noise: neighbouring tables", () => {
  const programs = fc
    .sample(
      fc.tuple(
        fc.array(step, { maxLength: 6 }),
        fc.array(step, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 6 }),
      ),
      { seed, numRuns: 250 },
    )
    .flatMap(([rowwise, sums, count]) => programOf(rowwise, sums, count) ?? []);

  it("are no further apart than the analysis says, in one row and in several; and some are as far", () => {
    expect(programs.length).to.be.greaterThan(120);
    let met = 0;
    for (const [index, program] of programs.entries()) {
      const [laplace, gaussian] = [...analyse(program).noise.values()].map(({ sensitivity }) => sensitivity);
      const count = program.outputs.length / 2;
      let isMet = false;
      for (const { rows, others } of fc.sample(neighbours, { seed: seed + index, numRuns: 12 })) {
        for (const parameter of [-3n, 2n]) {
          const before = valuesOf(program, rows, parameter).slice(0, count);
          for (const replaced of [1, 2, 3].slice(0, rows.length)) {
            const after = valuesOf(program, [...others.slice(0, replaced), ...rows.slice(replaced)], parameter);
            const [sum, squares] = distances(before, after.slice(0, count));
            const k = BigInt(replaced);
            expect(sum <= k * laplace!, `program ${index}: ${sum} by ${k} rows`).to.equal(true);
            expect(squares <= k * k * gaussian!, `program ${index}: ${squares} by ${k} rows`).to.equal(true);
            if (k === 1n && sum === laplace && squares === gaussian) isMet = true;
          }
        }
      }
      if (isMet) met++;
    }
    // Control: for so many of them a smaller sensitivity would be wrong.
    expect(met).to.be.greaterThan(programs.length / 10);
  }).timeout(10_000);
});
