/** The library's programs over two tables, against sets, and against the survey before it was split in two. */
import type { Contributions } from "@sharebridge/algorithms/language/contributions.ts";
import { disclosureStatement } from "@sharebridge/algorithms/language/disclosure.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { finish, groupsOpened, tableRows } from "@sharebridge/algorithms/language/finish.ts";
import { evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import type { NumberColumn } from "@sharebridge/algorithms/language/schema.ts";
import {
  intersectionSize,
  intersectionSizeOf,
  joinedStatistics,
  joinedStatisticsOf,
} from "@sharebridge/algorithms/library/index.ts";
import { expect } from "chai";
import fc from "fast-check";
import { seed } from "../../support/seed.ts";
import { cpsInputs, cpsRows, educationLevel, isKnownToBoth, workers } from "../support/cps.ts";
import { ofSellers } from "../support/unprotected.ts";

describe("intersection size", () => {
  const run = (first: readonly number[], second: readonly number[]) => {
    const words = new Map([
      ["first_key", BigUint64Array.from(first, BigInt)],
      ["second.second_key", BigUint64Array.from(second, BigInt)],
    ]);
    const answer = evaluateWords(intersectionSize, words, [], [first.length, second.length]);
    const [figure] = finish(intersectionSize, answer, { rows: first.length + second.length });
    expect(figure.error).to.equal(0);
    return figure.value;
  };

  it("counts the keys of both lists, whatever stands twice and in whatever order", () => {
    const keys = fc.array(fc.oneof(fc.nat(8), fc.constant(2 ** 40 - 1)), { maxLength: 10 });
    fc.assert(
      fc.property(keys, keys, (first, second) => {
        const both = [...new Set(first)].filter((key) => second.includes(key));
        expect(run(first, second)).to.equal(both.length);
      }),
      { seed, numRuns: 500 },
    );
  });

  it("is as large as the set of the survey's wages in cents that are also a wage of another kind", () => {
    const words = cpsInputs(intersectionSize);
    const second = new Set(words.get("second.second_key"));
    const both = [...new Set(words.get("first_key"))].filter((key) => second.has(key));
    expect(both.length).to.be.within(50, workers.length - 1);
    expect(evaluateWords(intersectionSize, words, [], cpsRows(intersectionSize))).to.deep.equal([
      BigInt(both.length),
      534n,
      534n,
    ]);
  });

  it("opens one count, and the sizes of the lists", () => {
    const statement = disclosureStatement(intersectionSize);
    expect(statement).to.include("It opens these 1 numbers and nothing else but how many rows each table has:");
    expect(statement).to.include(
      "- rows of the main table, by first_key, with rows of table second, by second.second_key; each row is the partner of one at most\n",
    );
  });

  it("is made for other keys, whose names tell the lists apart", () => {
    const key = (name: string): NumberColumn => ({
      ...{ name, kind: "number", fractionBits: 0, minimum: "-5", maximum: "5" },
    });
    const made = { name: "common", maximumRows: 10 };
    const program = intersectionSizeOf({ ...made, first: key("customer"), second: key("patient") });
    expect(program.tables?.map(({ columns }) => columns.map(({ name }) => name))).to.deep.equal([["patient"]]);
    expect(() => intersectionSizeOf({ ...made, first: key("customer"), second: key("customer") }))
      .to.throw(ProgramError)
      .with.property("code", "IndistinctTables");
  });
});

describe("joined statistics", () => {
  const levels = ["below high school", "high school", "some college", "college"];
  /** What an analyst with the whole survey gets for those who are in both tables. */
  const known = workers.filter((_, row) => isKnownToBoth(row));
  const wagesOf = (level: string) =>
    known.filter(({ education }) => educationLevel(education) === level).map(({ wage }) => wage);

  function figuresOf(contributions: Contributions) {
    const rows = cpsRows(joinedStatistics);
    const words = evaluateWords(joinedStatistics, cpsInputs(joinedStatistics), [], rows, undefined, contributions);
    expect(tableRows(joinedStatistics, words, 1_068)).to.deep.equal([534, 534]);
    const figures = new Map(finish(joinedStatistics, words, { rows: 1_068 }).map((figure) => [figure.name, figure]));
    return { words, figures };
  }

  it("are those of the survey before it was split, but for those whom only one side knows", () => {
    const { figures } = figuresOf(ofSellers(cpsRows(joinedStatistics)));
    for (const [index, level] of levels.entries()) {
      const wages = wagesOf(level);
      const mean = wages.reduce((sum, wage) => sum + wage, 0) / wages.length;
      const variance = wages.reduce((sum, wage) => sum + (wage - mean) ** 2, 0) / (wages.length - 1);
      expect(figures.get(`rows_${index}`)).to.include({ value: wages.length, error: 0 });
      for (const [name, expected, error] of [
        ["mean", mean, 1e-6],
        ["variance", variance, 1e-3],
      ] as const) {
        const figure = figures.get(`${name}_${index}`)!;
        expect(figure.error).to.be.within(0, error);
        expect(Math.abs(figure.value! - expected), `${name} of ${level}`).to.be.at.most(figure.error! + 1e-10);
      }
    }
  });

  it("are suppressed if all who know the levels are one seller, or the buyer beside one, however many sell wages", () => {
    const [rows] = cpsRows(joinedStatistics);
    const { runs } = ofSellers(rows);
    const few = [
      [{ rows, seller: "0xschool" }],
      [
        { rows: 200, seller: "0xschool" },
        { rows: 334, seller: "0xBUYER" },
      ],
    ];
    for (const school of few) {
      const contributions = { runs, furtherRuns: [school], buyer: "0xbuyer", minimumRows: 1, minimumSellers: 1 };
      const { words, figures } = figuresOf(contributions);
      expect(groupsOpened(joinedStatistics, words).some(({ opened }) => opened)).to.equal(false);
      expect(words.slice(0, 12).every((word) => word === 0n)).to.equal(true);
      expect(figures.get("mean_0")).to.include({ isSuppressed: true });
    }
  });

  it("say what is held against the minimum in both tables", () => {
    const statement = disclosureStatement(joinedStatistics);
    expect(statement).to.include("- A group's partners in further tables are held against the same minimum:");
    expect(statement).to.include("- education_level: one of");
  });

  it("are made for other columns", () => {
    const program = joinedStatisticsOf({
      name: "stay_by_insurer",
      key: { name: "patient", kind: "number", fractionBits: 0, minimum: "0", maximum: "99999" },
      column: { name: "days", kind: "number", fractionBits: 2, minimum: "0", maximum: "400" },
      group: { name: "insurer", kind: "category", categories: ["a", "b", "c"] },
      table: "policies",
      squareBitsCut: 1,
      protection: { minimumRows: 20, minimumSellers: 3 },
      maximumRows: 1_000,
    });
    expect(program.protection).to.include({ minimumRows: 20, minimumSellers: 3 });
    expect(program.tables).to.have.length(1);
  });
});
