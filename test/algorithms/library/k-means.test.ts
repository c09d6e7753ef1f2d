import { checkProgram } from "@sharebridge/algorithms/language/check.ts";
import { disclosureStatement } from "@sharebridge/algorithms/language/disclosure.ts";
import { type Figure, finish, groupsOpened } from "@sharebridge/algorithms/language/finish.ts";
import { encodeParameterTexts } from "@sharebridge/algorithms/language/parameters.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { evaluateReal, evaluateWords, finishReal } from "@sharebridge/algorithms/language/reference.ts";
import { encodeColumn, wordToNumber } from "@sharebridge/algorithms/language/words.ts";
import { kMeans, kMeansOf, library } from "@sharebridge/algorithms/library/index.ts";
import { expect } from "chai";
import fc from "fast-check";
import { fourRunner } from "../../mpc-nodes/support/four-runner.ts";
import { outputsOf } from "../../suites/program.suite.ts";
import { expectCloseTo } from "../../support/close-to.ts";
import { seed } from "../../support/seed.ts";
import { cpsInputs, workers } from "../support/cps.ts";
import { ofSellers } from "../support/unprotected.ts";

type Point = readonly number[];

interface Clusters {
  readonly sizes: number[];
  readonly centres: Point[];
  readonly within: number[];
  /** How much nearer the nearest centre was than the next one, at least, in all assignments but the first, which is exact. */
  readonly margin: number;
}

/** Lloyd's iterations in doubles, distance by distance; after the last one the means of one assignment more. */
function lloyd(points: readonly Point[], starts: readonly Point[], iterations: number): Clusters {
  let centres = [...starts];
  let margin = Infinity;
  const distance = (a: Point, b: Point) => a.reduce((sum, value, d) => sum + (value - b[d]) ** 2, 0);
  for (let iteration = 0; ; iteration++) {
    const members: Point[][] = centres.map(() => []);
    for (const point of points) {
      const distances = centres.map((centre) => distance(point, centre));
      const nearest = distances.indexOf(Math.min(...distances));
      for (const [other, each] of distances.entries()) {
        if (other !== nearest && iteration > 0) margin = Math.min(margin, each - distances[nearest]);
      }
      members[nearest].push(point);
    }
    const before = centres;
    centres = members.map((inside, cluster) =>
      inside.length === 0
        ? before[cluster]
        : before[cluster].map((_, d) => inside.reduce((sum, point) => sum + point[d], 0) / inside.length),
    );
    if (iteration < iterations) continue;
    const within = members.map((inside, cluster) =>
      inside.reduce((sum, point) => sum + distance(point, centres[cluster]), 0),
    );
    return { sizes: members.map(({ length }) => length), centres, within, margin };
  }
}

const STARTS = [
  [8, 10],
  [12, 30],
  [16, 10],
];
/** What the program divides the dimensions by. */
const SCALES = [4, 8];
const divided = (points: readonly Point[]) => points.map((point) => point.map((value, d) => value / SCALES[d]));
const startTexts = (starts: readonly Point[]) =>
  Object.fromEntries(
    starts.flatMap(([education, experience], cluster) => [
      [`start_${cluster}_years_of_education`, String(education)],
      [`start_${cluster}_years_of_experience`, String(experience)],
    ]),
  );
const cps = workers.map(({ education, experience }) => [education, experience]);

function figuresOf(program: Program, starts: readonly Point[]): Map<string, Figure> {
  const parameters = encodeParameterTexts(program, startTexts(starts));
  const words = evaluateWords(program, cpsInputs(program), parameters, cps.length, undefined, ofSellers(cps.length));
  return new Map(finish(program, words, { rows: cps.length, parameters }).map((figure) => [figure.name, figure]));
}

const centresOf = (figures: ReadonlyMap<string, Figure>): number[][] =>
  [0, 1, 2].map((cluster) =>
    ["education", "experience"].map((name) => figures.get(`centre_${cluster}_years_of_${name}`)!.value as number),
  );

describe("k-means", () => {
  it("is in the library", () => {
    expect(library.get("worker_clusters")).to.equal(kMeans);
  });

  it("finds the clusters of the CPS of 1985 that Lloyd's iterations in doubles find", () => {
    const { sizes, centres, within, margin } = lloyd(divided(cps), divided(STARTS), 10);
    // No row stood between two centres, where rounding decides.
    expect(margin).to.be.greaterThan(0.002);
    const figures = figuresOf(kMeans, STARTS);
    expect(sizes.map((_, cluster) => figures.get(`rows_${cluster}`)!.value)).to.deep.equal(sizes);
    for (const [cluster, centre] of centresOf(figures).entries()) {
      for (const [d, value] of centre.entries()) expectCloseTo(value / SCALES[d], centres[cluster][d], 1e-12);
      const { value, error } = figures.get(`within_${cluster}`)!;
      expectCloseTo(value, within[cluster], 1e-9);
      expect(error).to.be.below(1e-12);
    }
    expectCloseTo(
      figures.get("within")!.value,
      within.reduce((a, b) => a + b),
      1e-9,
    );
  });

  it("stays where it is when it is asked again from the centres that it found", () => {
    const first = figuresOf(kMeans, STARTS);
    const again = figuresOf(
      kMeans,
      centresOf(first).map((centre) => centre.map((value) => Number(value.toFixed(4)))),
    );
    for (const [name, { value }] of first) expect(again.get(name)!.value, name).to.equal(value);
  });

  it("finds the same with real arithmetic", () => {
    const inputs = new Map([
      ["years_of_education", cps.map(([education]) => education)],
      ["years_of_experience", cps.map(([, experience]) => experience)],
    ]);
    const figures = finishReal(kMeans, evaluateReal(kMeans, inputs, STARTS.flat(), cps.length), cps.length);
    for (const [name, { value }] of figuresOf(kMeans, STARTS)) expectCloseTo(figures.get(name), value!, 1e-9, name);
  });

  it("suppresses clusters that are too small, whose rows another centre would else give away", () => {
    // Nobody is near to 40 years of education.
    const figures = figuresOf(kMeans, [...STARTS.slice(0, 2), [40, 0]]);
    expect(figures.get("centre_2_years_of_education")).to.include({ isSuppressed: true });
    expect(figures.get("centre_0_years_of_education")).to.include({ isSuppressed: true });
    expect(figures.get("rows_1")!.value).to.be.greaterThan(100);
    expect(figures.get("within")).to.include({ isSuppressed: true });
    const program = kMeansOf({
      ...{ name: "pairs", clusters: 2, iterations: 3, maximumRows: 100 },
      dimensions: [
        { column: { name: "x", kind: "number", fractionBits: 4, minimum: "-50", maximum: "50" }, halvings: 0 },
      ],
    });
    const x = ["-3", "-2.5", "-2", "-1", "0", "0.5", "1", "2", "40", "41", "42", "43"];
    const words = new Map([["x", encodeColumn(program.columns[0], x)]]);
    const parameters = encodeParameterTexts(program, { start_0_x: "0", start_1_x: "10" });
    const answer = evaluateWords(program, words, parameters, x.length, undefined, ofSellers(x.length, 3));
    expect(groupsOpened(program, answer).map(({ opened }) => opened)).to.deep.equal([false, false]);
    expect(answer.every((word) => word === 0n)).to.equal(true);
    const more = ["38", ...x, "-4"];
    const opened = evaluateWords(
      ...([
        program,
        new Map([["x", encodeColumn(program.columns[0], more)]]),
        parameters,
        more.length,
        undefined,
      ] as const),
      ofSellers(more.length, 3),
    );
    const found = new Map(finish(program, opened, { rows: more.length, parameters }).map((each) => [each.name, each]));
    expect(found.get("rows_1")!.value).to.equal(5);
    expectCloseTo(found.get("centre_1_x")!.value, (38 + 40 + 41 + 42 + 43) / 5, 1e-12);
  });

  it("says what it opens: of clusters only, given what was computed", () => {
    const statement = disclosureStatement(kMeans);
    expect(statement).to.include("It opens these 12 numbers and nothing else but what is said below of groups:");
    expect(statement).to.include("It is held against each of these groups: cluster_0, cluster_1, cluster_2.");
    expect(statement).to.include("about intermediate results as they came out");
    expect(kMeans.outputs.every(({ group }) => group !== undefined)).to.equal(true);
    expect(checkProgram(kMeans)).to.have.length(kMeans.instructions.length);
  });

  it("agrees with Lloyd's iterations on any points, clusters without rows among them", () => {
    let compared = 0;
    let empty = 0;
    const clusters = 4;
    const column = (name: string) => ({ name, kind: "number", fractionBits: 3, minimum: "-8", maximum: "8" }) as const;
    const program = kMeansOf({
      ...{ name: "four", clusters, iterations: 4, maximumRows: 100 },
      dimensions: [
        { column: column("x"), halvings: 0 },
        { column: column("y"), halvings: 1 },
      ],
      protection: { minimumRows: 1, minimumSellers: 1 },
    });
    const point = fc.tuple(fc.integer({ min: -64, max: 64 }), fc.integer({ min: -64, max: 64 }));
    fc.assert(
      fc.property(
        fc.array(point, { minLength: 1, maxLength: 24 }),
        fc.array(point, { minLength: clusters, maxLength: clusters }),
        (points, starts) => {
          const real = (each: Point) => [each[0] / 8, each[1] / 16];
          const expected = lloyd(points.map(real), starts.map(real), 4);
          // Where two centres are as near as rounding can tell, either may have the row.
          if (expected.margin < 0.01) return;
          compared++;
          if (expected.sizes.includes(0)) empty++;
          const words = new Map(
            ["x", "y"].map((name, d) => [
              name,
              BigUint64Array.from(points, (each) => BigInt.asUintN(64, BigInt(each[d]))),
            ]),
          );
          const texts = starts.flatMap(([x, y], cluster) => [
            [`start_${cluster}_x`, String(x / 8)],
            [`start_${cluster}_y`, String(y / 8)],
          ]);
          const parameters = encodeParameterTexts(program, Object.fromEntries(texts));
          const answer = evaluateWords(program, words, parameters, points.length);
          const value = (name: string) => answer[program.outputs.findIndex((output) => output.name === name)];
          // A cluster without rows fails the minimum, and another goes with it.
          const opened = groupsOpened(program, answer);
          for (const [cluster, size] of expected.sizes.entries()) {
            if (!opened[cluster].opened) continue;
            expect(value(`size_${cluster}`)).to.equal(BigInt(size));
            expectCloseTo(wordToNumber(value(`sum_${cluster}_x`), 3), size * expected.centres[cluster][0], 1e-9);
            expectCloseTo(wordToNumber(value(`sum_${cluster}_y`), 3), 2 * size * expected.centres[cluster][1], 1e-9);
          }
          const complete = expected.sizes.every((size) => size > 0);
          expect(opened.every((each) => each.opened)).to.equal(complete);
        },
      ),
      { seed, numRuns: 300 },
    );
    expect(compared).to.be.greaterThan(50);
    expect(empty).to.be.greaterThan(20);
  }).timeout(20_000);

  it("gives the same among four parties", async () => {
    const rows = 120;
    const words = new Map([...cpsInputs(kMeans)].map(([name, column]) => [name, column.subarray(0, rows)]));
    expect(lloyd(divided(cps.slice(0, rows)), divided(STARTS), 10).margin).to.be.greaterThan(0.002);
    const parameters = encodeParameterTexts(kMeans, startTexts(STARTS));
    const run = { program: kMeans, words, parameters, rows };
    const answer = await outputsOf(fourRunner(seed), run, ofSellers(rows));
    expect(answer).to.deep.equal(evaluateWords(kMeans, words, parameters, rows, undefined, ofSellers(rows)));
    expect(answer.at(-1)).to.equal(1n);
  }).timeout(30_000);
});
