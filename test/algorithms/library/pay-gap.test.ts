import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { programHash } from "@sharebridge/algorithms/language/encode.ts";
import { type Figure, finish } from "@sharebridge/algorithms/language/finish.ts";
import { evaluateReal, evaluateWords, finishReal } from "@sharebridge/algorithms/language/reference.ts";
import { encodeColumn } from "@sharebridge/algorithms/language/words.ts";
import { library, payGap as protectedPayGap } from "@sharebridge/algorithms/library/index.ts";
import { expect } from "chai";
import fc from "fast-check";
import { expectCloseTo } from "../../support/close-to.ts";
import { seed } from "../../support/seed.ts";
import { texts, workers } from "../support/cps.ts";
import { ofSellers, unprotected } from "../support/unprotected.ts";

interface Row {
  wage: string;
  sex: string;
}

/** Figures of groups of any size. */
const payGap = unprotected(protectedPayGap);

const rows: Row[] = texts("wage").map((wage, row) => ({ wage, sex: texts("gender")[row] }));

function inputsOf(table: readonly Row[]): Map<string, BigUint64Array> {
  const wages = table.map(({ wage }) => wage);
  const [wage, sex, logWage] = payGap.columns;
  return new Map([
    ["wage", encodeColumn(wage, wages)],
    [
      "sex",
      encodeColumn(
        sex,
        table.map((row) => row.sex),
      ),
    ],
    ["log_wage", encodeColumn(logWage, wages)],
  ]);
}

function run(table: readonly Row[], roundsUp?: () => boolean): Map<string, Figure> {
  const words = evaluateWords(payGap, inputsOf(table), [], table.length, roundsUp);
  return new Map(finish(payGap, words, { rows: table.length }).map((figure) => [figure.name, figure]));
}

/** The same figures straight from their definitions, two passes in doubles, sharing nothing with the program. */
function expected(table: readonly Row[]): Record<string, number> {
  const wagesOf = (sex: string) => table.filter((row) => row.sex === sex).map(({ wage }) => Number(wage));
  const mean = (values: number[]) => values.reduce((total, value) => total + value, 0) / values.length;
  const variance = (values: number[]) => {
    if (values.length < 2) return Number.NaN;
    const centre = mean(values);
    return values.reduce((total, value) => total + (value - centre) ** 2, 0) / (values.length - 1);
  };
  const [men, women] = [wagesOf("male"), wagesOf("female")];
  return {
    count_men: men.length,
    count_women: women.length,
    mean_wage_men: mean(men),
    mean_wage_women: mean(women),
    variance_wage_men: variance(men),
    variance_wage_women: variance(women),
    log_wage_difference: mean(men.map(Math.log)) - mean(women.map(Math.log)),
    pay_gap_percent: (100 * (mean(men) - mean(women))) / mean(men),
  };
}

function expectWithinErrors(figures: ReadonlyMap<string, Figure>, truth: Record<string, number>): void {
  expect([...figures.keys()]).to.have.members(Object.keys(truth));
  for (const [name, value] of Object.entries(truth)) {
    const figure = figures.get(name) as Figure;
    if (figure.value === undefined) {
      // Nobody, or one person, of a sex.
      expect(Number.isFinite(value), name).to.equal(false);
    } else {
      // Doubles in `expected` are themselves off by some 1e-12 of the size of what they sum.
      expect(Math.abs(figure.value - value), name).to.be.at.most(figure.error + 1e-9 * (1 + Math.abs(value)));
    }
  }
}

describe("pay gap", () => {
  it("keeps its id", () => {
    expect(programHash(protectedPayGap)).to.equal("0xfef7bb00e7efc878ec0aee5ea17597deee0f73e76af5fbe48fc0f25f7339b2c6");
    expect(library.get("pay_gap")).to.equal(protectedPayGap);
  });

  it("gives the same figures of groups that are large enough, and none if one of them is not", () => {
    const protectedFigures = (table: readonly Row[], sellers: number) => {
      const words = evaluateWords(
        protectedPayGap,
        inputsOf(table),
        [],
        table.length,
        undefined,
        ofSellers(table.length, sellers),
      );
      return new Map(finish(protectedPayGap, words, { rows: table.length }).map((figure) => [figure.name, figure]));
    };
    expect([...protectedFigures(rows, 2)]).to.deep.equal([...run(rows)]);
    const men = rows.filter(({ sex }) => sex === "male");
    const fourWomen = rows.filter(({ sex }) => sex === "female").slice(0, 4);
    for (const figures of [protectedFigures(rows, 1), protectedFigures([...men, ...fourWomen], 2)]) {
      expect([...figures.values()].every(({ isSuppressed }) => isSuppressed)).to.equal(true);
    }
  });

  it("gives the published figures of the CPS of 1985", () => {
    const figures = run(rows);
    expect(workers).to.have.length(534);
    expect(figures.get("count_men")).to.include({ value: 289, error: 0 });
    expect(figures.get("count_women")).to.include({ value: 245, error: 0 });
    expectCloseTo(figures.get("mean_wage_men")?.value, 9.994913, 1e-6);
    expectCloseTo(figures.get("mean_wage_women")?.value, 7.878857, 1e-6);
    expectWithinErrors(figures, expected(rows));
  });

  it("declares small errors on 534 rows", () => {
    const figures = run(rows);
    const errorOf = (name: string) => figures.get(name)?.error as number;
    for (const group of ["men", "women"]) {
      expect(errorOf(`mean_wage_${group}`)).to.be.within(0, 3e-7);
      expect(errorOf(`variance_wage_${group}`)).to.be.within(0, 3e-4);
    }
    expect(errorOf("log_wage_difference")).to.be.within(0, 1e-9);
    expect(errorOf("pay_gap_percent")).to.be.within(0, 1e-5);
  });

  it("is proven for a million rows", () => {
    expect(analyse(payGap).maximumRows).to.equal(1_000_000);
    // The scales are used up: one more bit of wage, or five times the rows, and the proof fails.
    const wider = payGap.columns.map((column) =>
      column.name === "wage" && column.kind === "number" ? { ...column, fractionBits: 23 } : column,
    );
    expect(() => analyse({ ...payGap, columns: wider })).to.throw("instruction 2 (multiply)");
    expect(() => analyse({ ...payGap, maximumRows: 5_000_000 })).to.throw("instruction 7 (dot)");
  });

  it("agrees with real arithmetic in doubles", () => {
    const numbers = rows.map(({ wage }) => Number(wage));
    const inputs = new Map([
      ["wage", numbers],
      ["sex", rows.map(({ sex }) => (sex === "male" ? 1 : 0))],
      ["log_wage", numbers.map(Math.log)],
    ]);
    const figures = finishReal(payGap, evaluateReal(payGap, inputs, [], rows.length), rows.length);
    for (const [name, value] of Object.entries(expected(rows))) {
      expectCloseTo(figures.get(name), value, 1e-9, name);
    }
  });

  it("stays within its errors on any table in range, however truncation rounds", () => {
    const cents = fc.oneof(fc.constantFrom(1, 50_000), fc.integer({ min: 1, max: 50_000 }));
    const row = fc.record({ cents, sex: fc.constantFrom("female", "male") });
    const table = fc
      .array(row, { maxLength: 30 })
      .map((made) => made.map((each) => ({ ...each, wage: (each.cents / 100).toFixed(2) })));
    fc.assert(
      fc.property(table, fc.infiniteStream(fc.boolean()), (made, bits) => {
        const figures = run(made, () => bits.next().value as boolean);
        expectWithinErrors(figures, expected(made));
      }),
      { seed, numRuns: 300 },
    );
  });

  it("says what it cannot divide by", () => {
    const figures = run([{ wage: "10", sex: "male" }]);
    expect(figures.get("mean_wage_men")?.value).to.equal(10);
    expect(figures.get("variance_wage_men")?.undefinedReason).to.equal("divides by men - 1, which is zero");
    expect(figures.get("mean_wage_women")?.undefinedReason).to.equal("divides by women, which is zero");
    expect(run([]).get("pay_gap_percent")?.undefinedReason).to.equal("divides by men, which is zero");
  });
});
