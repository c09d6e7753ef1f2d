/**
 * The library's programs that score rows with a buyer's private model, on the CPS of 1985. Expected figures are computed here in doubles from the
 * definitions of the models, with nothing of the library's.
 */
import { disclosureStatement } from "@sharebridge/algorithms/language/disclosure.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { type Figure, finish } from "@sharebridge/algorithms/language/finish.ts";
import { encodePrivateInputTexts, PRIVATE_INPUTS } from "@sharebridge/algorithms/language/private-inputs.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import type { NumberColumn } from "@sharebridge/algorithms/language/schema.ts";
import { toUnsigned } from "@sharebridge/algorithms/language/words.ts";
import {
  linearScore,
  linearScoreOf,
  logisticScore,
  logisticScoreOf,
  treeScore,
  treeScoreOf,
} from "@sharebridge/algorithms/library/index.ts";
import { expect } from "chai";
import { cpsInputs, workers } from "../support/cps.ts";
import { privateModels } from "../support/private-models.ts";
import { ofSellers, unprotected } from "../support/unprotected.ts";

const rows = workers.length;
type Worker = (typeof workers)[number];

function figuresOf(program: Program, model = privateModels[program.name]!): Map<string, Figure> {
  const own = BigUint64Array.from(encodePrivateInputTexts(program, model), toUnsigned);
  const inputs = cpsInputs({ columns: program.columns, maximumRows: rows }).set(PRIVATE_INPUTS, own);
  const words = evaluateWords(program, inputs, [], rows, undefined, ofSellers(rows));
  return new Map(finish(program, words, { rows }).map((figure) => [figure.name, figure]));
}

function expectMean(figure: Figure | undefined, values: readonly number[], error: number): void {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(figure!.error, figure!.name).to.be.within(0, error);
  expect(Math.abs(figure!.value! - mean), figure!.name).to.be.at.most(figure!.error! + 1e-12 * Math.abs(mean));
}

const wages = (some: readonly Worker[]) => some.map(({ wage }) => wage);

describe("linear score with private weights", () => {
  const scoreOf = ({ education, experience }: Worker) => -3.25 + 0.75 * education - 0.0625 * experience;

  it("gives the mean score by sex and of all", () => {
    const figures = figuresOf(linearScore);
    for (const [index, sex] of ["female", "male"].entries()) {
      const own = workers.filter(({ gender }) => gender === sex);
      expect(figures.get(`rows_${index}`)).to.include({ value: own.length, error: 0 });
      expectMean(figures.get(`mean_${index}`), own.map(scoreOf), 1e-2);
    }
    expectMean(figures.get("mean_score"), workers.map(scoreOf), 1e-2);
  });

  it("tells sellers that nobody sees the weights, and that they decide nothing", () => {
    const statement = disclosureStatement(linearScore);
    expect(statement).to.include("The buyer's own numbers, which nobody else sees");
    expect(statement).to.include("- weight_education: number from -100 to 100, 16 fraction bits");
    expect(statement).not.to.include("They take part in decisions");
  });

  it("is made for other columns", () => {
    const wage: NumberColumn = { name: "wage", kind: "number", fractionBits: 22, minimum: "0", maximum: "500" };
    const group = { name: "occupation", kind: "category", categories: ["sales", "service", "other"] } as const;
    const program = linearScoreOf({
      ...{ name: "score", features: [wage], group: { ...group, categories: [...group.categories] } },
      ...{ largestWeight: "10", maximumRows: 1_000 },
    });
    const inputs = new Map([
      ["wage", BigUint64Array.of(2n << 22n, 6n << 22n, 4n << 22n)],
      ["occupation", BigUint64Array.of(1n, 1n, 2n)],
      [PRIVATE_INPUTS, BigUint64Array.from([1n << 16n, 3n << 15n])],
    ]);
    const words = evaluateWords(unprotected(program), inputs, [], 3);
    const figures = finish(unprotected(program), words, { rows: 3 });
    expect(figures.filter(({ name }) => name.startsWith("mean_")).map(({ value }) => value)).to.deep.equal([
      undefined, // no row
      7,
      7,
      7,
    ]);
  });
});

describe("logistic score with a private model", () => {
  const probabilityOf = ({ education, experience }: Worker) =>
    1 / (1 + Math.exp(-(-2 + 0.25 * education - 0.0625 * experience)));
  const binOf = (bin: number) =>
    workers.filter((worker) => probabilityOf(worker) * 10 >= bin && probabilityOf(worker) * 10 < bin + 1);

  it("counts predicted probabilities in bins, with the mean wage in each", () => {
    const figures = figuresOf(unprotected(logisticScore), privateModels.logistic_score);
    for (let bin = 0; bin < 10; bin++) {
      expect(figures.get(`rows_${bin}`), `bin ${bin}`).to.include({ value: binOf(bin).length, error: 0 });
      if (binOf(bin).length > 0) expectMean(figures.get(`mean_${bin}`), wages(binOf(bin)), 1e-4);
    }
    expectMean(figures.get("mean_probability"), workers.map(probabilityOf), 0.05 + 1e-9);
  });

  it("suppresses bins with too few rows", () => {
    const sizes = Array.from({ length: 10 }, (_, bin) => binOf(bin).length);
    expect(sizes.some((size) => size > 0 && size < 5) || sizes.some((size) => size === 0)).to.equal(true);
    const figures = figuresOf(logisticScore);
    sizes.forEach((size, bin) => {
      if (size < 5) expect(figures.get(`rows_${bin}`)!.isSuppressed, `bin ${bin}`).to.equal(true);
    });
    expect(sizes.some((size, bin) => figures.get(`rows_${bin}`)!.value === size)).to.equal(true);
  });

  it("puts a row at an edge above it, and takes other edges", () => {
    const x: NumberColumn = { name: "x", kind: "number", fractionBits: 4, minimum: "-8", maximum: "8" };
    const wage: NumberColumn = { name: "wage", kind: "number", fractionBits: 4, minimum: "0", maximum: "8" };
    const program = unprotected(
      logisticScoreOf({
        ...{ name: "score", features: [x], largestWeight: "4", value: wage, edges: [50], maximumRows: 1_000 },
      }),
    );
    const words = (values: number[]) => BigUint64Array.from(values, (value) => toUnsigned(BigInt(value * 16)));
    const inputs = new Map([
      ["x", words([0, -0.0625, 0.0625])],
      ["wage", words([1, 2, 3])],
      [PRIVATE_INPUTS, BigUint64Array.of(0n, 1n << 16n)],
    ]);
    expect(evaluateWords(program, inputs, [], 3)).to.deep.equal([1n, 32n, 2n, 64n]);
  });

  it("tells sellers that unseen thresholds choose rows", () => {
    expect(disclosureStatement(logisticScore)).to.include("They take part in decisions");
  });
});

describe("inference of a private tree", () => {
  /** The model of `private-models.ts`, as an ordinary tree. */
  const classOf = ({ education, experience }: Worker): number => {
    if (education < 13) {
      if (experience < 10) return education < 8 ? 0 : 1;
      return education < 11 ? 0 : 1;
    }
    if (experience < 8.5) return education < 16 ? 1 : 2;
    return education < 17 ? 0 : 2;
  };

  it("counts rows by predicted class, with the mean wage of each", () => {
    const figures = figuresOf(treeScore);
    for (const label of [0, 1, 2]) {
      const own = workers.filter((worker) => classOf(worker) === label);
      expect(own.length).to.be.greaterThan(20);
      expect(figures.get(`rows_${label}`)).to.include({ value: own.length, error: 0 });
      expectMean(figures.get(`mean_${label}`), wages(own), 1e-6);
    }
  });

  it("suppresses a class that a buyer narrows down to single rows", () => {
    // Only who has the most experience of all goes right at the root, to class 2.
    const most = String(Math.max(...workers.map(({ experience }) => experience)));
    const narrow = {
      ...privateModels.tree_score,
      ...{ node_1_uses_education: "0", node_1_uses_experience: "1", node_1_threshold: most },
      ...Object.fromEntries([0, 0, 0, 0, 2, 2, 2, 2].map((label, leaf) => [`leaf_${leaf}_class`, String(label)])),
    };
    expect(workers.filter(({ experience }) => String(experience) === most).length).to.be.lessThan(5);
    const figures = figuresOf(treeScore, narrow);
    expect(figures.get("rows_2")!.isSuppressed).to.equal(true);
    // So is the other class: its size and that of the pool would give the single row away.
    expect(figures.get("rows_0")!.isSuppressed).to.equal(true);
  });

  it("is made for other columns, depths and numbers of classes", () => {
    const x: NumberColumn = { name: "x", kind: "number", fractionBits: 0, minimum: "-8", maximum: "8" };
    const y: NumberColumn = { ...x, name: "y" };
    const program = unprotected(
      treeScoreOf({ name: "stump", features: [x], depth: 1, classes: 2, value: y, maximumRows: 1_000 }),
    );
    const own = encodePrivateInputTexts(program, {
      ...{ node_1_uses_x: "1", node_1_threshold: "-3", leaf_0_class: "1", leaf_1_class: "0" },
    });
    const inputs = new Map([
      ["x", BigUint64Array.from([-4n, -3n, 8n], toUnsigned)],
      ["y", BigUint64Array.from([5n, 6n, 7n])],
      [PRIVATE_INPUTS, BigUint64Array.from(own, toUnsigned)],
    ]);
    expect(evaluateWords(program, inputs, [], 3)).to.deep.equal([2n, 13n, 1n, 5n]);
  });

  it("refuses a tree with more numbers than a request may bring", () => {
    const x: NumberColumn = { name: "x", kind: "number", fractionBits: 0, minimum: "-8", maximum: "8" };
    expect(() =>
      treeScoreOf({ name: "deep", features: [x], depth: 7, classes: 2, value: { ...x, name: "y" }, maximumRows: 10 }),
    )
      .to.throw(ProgramError)
      .with.property("code", "InvalidShape");
  });
});
