/** Missing values: that no program forgets the mask, what each reading of an optional column means, and what no figure may tell. */
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { type SecretBit, type Tracer, trace } from "@sharebridge/algorithms/language/builder.ts";
import { checkProgram } from "@sharebridge/algorithms/language/check.ts";
import { disclosureStatement } from "@sharebridge/algorithms/language/disclosure.ts";
import { decodeProgram, encodeProgram } from "@sharebridge/algorithms/language/encode.ts";
import { ProgramError, type ProgramErrorCode } from "@sharebridge/algorithms/language/errors.ts";
import { printProgram } from "@sharebridge/algorithms/language/print.ts";
import type { Instruction, Program } from "@sharebridge/algorithms/language/program.ts";
import { evaluateReal, evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import { mismatches, satisfies } from "@sharebridge/algorithms/language/satisfies.ts";
import type { Column } from "@sharebridge/algorithms/language/schema.ts";
import { expect } from "chai";
import fc from "fast-check";
import { seed } from "../../support/seed.ts";
import { codeOf } from "../support/code-of.ts";

const wage: Column = { name: "wage", kind: "number", fractionBits: 2, minimum: "1", maximum: "100", optional: true };
const site: Column = { name: "site", kind: "category", categories: ["north", "south"], optional: true };
const hours: Column = { name: "hours", kind: "number", fractionBits: 0, minimum: "0", maximum: "100" };
const sex: Column = { name: "sex", kind: "category", categories: ["f", "m"] };
const logWage: Column = {
  name: "log_wage",
  kind: "number",
  fractionBits: 10,
  minimum: "0",
  maximum: "5",
  derived: { function: "log", column: "wage" },
  optional: true,
};
const protection = { minimumRows: 3, minimumSellers: 2 };
const columns = [wage, logWage, site, hours, sex];

const programOf = (body: (t: Tracer) => void, isProtected = false): Program =>
  trace(
    { name: "test", description: "For a test.", columns, maximumRows: 1_000, ...(isProtected ? { protection } : {}) },
    body,
  );

const refusal = (body: (t: Tracer) => void, isProtected?: boolean) => codeOf(() => programOf(body, isProtected));

/** A program of these instructions whose last value, a column, is summed and opened. */
const assembled = (...instructions: Instruction[]): Program => ({
  ...programOf((t) => void t.output("o", t.sum(t.input("hours")))),
  instructions: [...instructions, { op: "sum", a: instructions.length - 1 }],
  outputs: [{ name: "o", value: instructions.length }],
});

describe("an optional column in a program", () => {
  it("attack: is not read as if every row had a value, by authors or in what nodes are given", () => {
    for (const read of ["input", "encoded"] as const) {
      for (const column of ["wage", "log_wage", "site"]) {
        expect(refusal((t) => void t.sum(t[read](column)))).to.equal("OptionalColumn");
        const program = assembled({ op: read, column });
        expect(codeOf(() => checkProgram(decodeProgram(encodeProgram(program))))).to.equal("OptionalColumn");
      }
    }
    expect(() => programOf((t) => void t.input("wage"))).to.throw(
      ProgramError,
      "instruction 0 (input): column wage is optional: say what stands in for a missing value (inputOr, encodedOr), and count the rows that have one (present, presence)",
    );
  });

  it("is what a required column is not", () => {
    const reads: ((t: Tracer, column: string) => unknown)[] = [
      (t, column) => t.present(column),
      (t, column) => t.presence(column),
      (t, column) => t.inputOr(column, "0"),
      (t, column) => t.encodedOr(column, "0"),
    ];
    expect(reads.map((read) => refusal((t) => void read(t, "hours")))).to.deep.equal(Array(4).fill("RequiredColumn"));
    expect(reads.map((read) => refusal((t) => void read(t, "none")))).to.deep.equal(Array(4).fill("UndeclaredColumn"));
    expect(refusal((t) => void t.inputOr("sex", "f"))).to.equal("RequiredColumn");
  });

  it("has a presence that is a bit or a number, by its type", () => {
    // @ts-expect-error a bit is not summed
    expect(refusal((t) => void t.sum(t.present("wage")))).to.equal("WrongKind");
    // @ts-expect-error a number is no bit
    expect(refusal((t) => void t.and(t.presence("wage"), t.present("site")))).to.equal("WrongKind");
  });

  it("takes for a missing value what its scale or its categories hold, and no other word", () => {
    expect(refusal((t) => void t.inputOr("wage", "0.3"))).to.equal("InexactConstant");
    expect(refusal((t) => void t.encodedOr("site", "west"))).to.equal("UndeclaredColumn");
    const words: [string, string, ProgramErrorCode | "none"][] = [
      ["wage", "-9223372036854775808", "none"],
      ["wage", "9223372036854775808", "ConstantOutOfRange"],
      ["site", "1", "none"],
      ["site", "-1", "none"],
      ["site", "2", "ConstantOutOfRange"],
      ["site", "-2", "ConstantOutOfRange"],
    ];
    for (const [column, word, code] of words) {
      expect(
        codeOf(() => checkProgram(assembled({ op: "inputOr", column, word }))),
        `${column} ${word}`,
      ).to.equal(code);
    }
    for (const word of ["00", "1.5", "", "-0"]) {
      const program = assembled({ op: "inputOr", column: "wage", word });
      expect(
        codeOf(() => encodeProgram(program)),
        word,
      ).to.equal("InvalidShape");
    }
  });

  it("has a range with what stands in, exact where it is encoded, so that a logarithm is proven to have an argument", () => {
    const program = programOf((t) => {
      t.inputOr("wage", "-1000");
      t.inputOr("wage", "50");
      t.encodedOr("wage", "0");
      t.presence("wage");
      t.inputOr("site", "south");
      t.isCategory("site", "north");
      t.output("o", t.sum(t.input("hours")));
    });
    const { values, types } = analyse(program);
    expect(values.slice(0, 6).map(({ words }) => [words.minimum, words.maximum])).to.deep.equal([
      [-4_000n, 400n],
      [4n, 400n],
      [0n, 400n],
      [0n, 1n],
      [0n, 1n],
      [-1n, 1n],
    ]);
    expect(values.slice(0, 6).map(({ error }) => error === 0n)).to.deep.equal([false, false, true, true, true, true]);
    expect(types[3]).to.deep.equal({ kind: "number", secret: true, shape: "column", fractionBits: 0 });
    const logarithmOf = (substitute: string) =>
      refusal((t) => void t.output("o", t.sum(t.logarithm(t.inputOr("wage", substitute), 10))));
    expect(logarithmOf("0.5")).to.equal("none");
    expect(logarithmOf("0")).to.equal("FunctionOutOfDomain");
    const comparison = (read: "inputOr" | "encodedOr") =>
      refusal((t) => void t.output("o", t.count(t.less(t[read]("wage", "0"), t.constant("5", 2)))));
    expect(comparison("inputOr")).to.equal("InexactDecision");
    expect(comparison("encodedOr")).to.equal("none");
    const overflowing = assembled({ op: "inputOr", column: "wage", word: (1n << 62n).toString() });
    expect(codeOf(() => analyse(overflowing))).to.equal("Overflow");
  });

  it("means the same in words and in doubles, whatever is stored where a value is missing: all, none, any of them", () => {
    const program = programOf((t) => {
      const bits: Record<string, SecretBit<"column">> = {
        present: t.present("wage"),
        north: t.isCategory("site", "north"),
        not_north: t.not(t.isCategory("site", "north")),
        cheap: t.less(t.encodedOr("wage", "99"), t.constant("20", 2)),
        both: t.and(t.present("wage"), t.present("site")),
      };
      for (const [name, bit] of Object.entries(bits)) t.output(name, t.count(bit));
      t.output("wages", t.sum(t.inputOr("wage", "0")));
      t.output("with_seven", t.sum(t.inputOr("wage", "-7")));
      t.output("presences", t.sum(t.presence("wage")));
      t.output("logs", t.sum(t.inputOr("log_wage", "0")));
      t.output("south", t.sum(t.indicator("site", "south")));
      t.output("south_or_none", t.sum(t.inputOr("site", "south")));
      t.output("least", t.minimum(t.inputOr("wage", "100")));
    });
    const row = fc.record({
      // In quarters, which the words hold exactly.
      wage: fc.integer({ min: 4, max: 400 }),
      site: fc.integer({ min: 0, max: 1 }),
      hasWage: fc.boolean(),
      hasSite: fc.boolean(),
    });
    const tables = fc.oneof(
      fc.array(row, { maxLength: 12 }),
      fc.array(row, { maxLength: 12 }).map((rows) => rows.map((each) => ({ ...each, hasWage: false, hasSite: false }))),
      fc.array(row, { maxLength: 12 }).map((rows) => rows.map((each) => ({ ...each, hasWage: true, hasSite: true }))),
    );
    fc.assert(
      fc.property(tables, (rows) => {
        const some = <T>(has: (each: (typeof rows)[number]) => boolean, value: (each: (typeof rows)[number]) => T) =>
          rows.filter(has).map(value);
        const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
        const wages = some(
          ({ hasWage }) => hasWage,
          ({ wage }) => wage / 4,
        );
        const sites = some(
          ({ hasSite }) => hasSite,
          ({ site }) => site,
        );
        const missing = rows.length - wages.length;
        const expected = [
          wages.length,
          sites.filter((each) => each === 0).length,
          rows.length - sites.filter((each) => each === 0).length,
          wages.filter((each) => each < 20).length,
          rows.filter(({ hasWage, hasSite }) => hasWage && hasSite).length,
          sum(wages),
          sum(wages) - 7 * missing,
          wages.length,
          sum(wages.map(Math.log)),
          sum(sites),
          sum(sites) + rows.length - sites.length,
          rows.length === 0 ? 0 : Math.min(100, ...wages),
        ];
        const real = new Map<string, number[]>([
          ["wage", rows.map(({ wage }) => wage / 4)],
          ["wage.present", rows.map(({ hasWage }) => Number(hasWage))],
          ["log_wage", rows.map(({ wage }) => Math.log(wage / 4))],
          ["site", rows.map(({ site }) => site)],
          ["site.present", rows.map(({ hasSite }) => Number(hasSite))],
        ]);
        const words = new Map(
          [...real].map(([name, numbers]) => {
            const bits = name === "wage" ? 2 : name === "log_wage" ? 10 : 0;
            return [name, BigUint64Array.from(numbers, (each) => BigInt(Math.round(each * 2 ** bits)))] as const;
          }),
        );
        const close = (found: number, index: number, allowed: number) =>
          expect(Math.abs(found - expected[index]), program.outputs[index].name).to.be.at.most(allowed);
        for (const [index, found] of evaluateReal(program, real, [], rows.length).entries()) close(found, index, 1e-9);
        const { outputs } = analyse(program, rows.length);
        evaluateWords(program, words, [], rows.length).forEach((word, index) => {
          const { fractionBits, absoluteError } = outputs[index];
          // Doubles add their own rounding to the reference.
          close(Number(word) / 2 ** fractionBits, index, Number(absoluteError) + 1e-9);
        });
      }),
      { seed, numRuns: 60 },
    );
  });

  it("is one instruction however often it is read, and no instruction for a number that says whether it is there", () => {
    const program = programOf((t) => {
      t.output("first", t.count(t.present("wage")));
      t.output("second", t.count(t.and(t.present("wage"), t.present("log_wage"))));
      t.output("third", t.sum(t.presence("wage")));
    });
    const of = (op: string) => program.instructions.filter((instruction) => instruction.op === op);
    expect(of("present")).to.have.length(1);
    expect(of("equal")).to.have.length(1);
  });

  it("is told in listing and disclosure statement: what may be missing, and what stands in", () => {
    const program = programOf((t) => {
      t.output("wages", t.sum(t.encodedOr("wage", "0.5")));
      t.output("counted", t.count(t.and(t.present("wage"), t.isCategory("site", "north"))));
    });
    const text = printProgram(program);
    expect(text).to.contain("column wage: number from 1 to 100, 2 fraction bits, or missing\n");
    expect(text).to.contain(
      "%0 = encodedOr wage, 0.5 where it is missing : secret column, 2 fraction bits, 0.5 to 100\n",
    );
    expect(text).to.contain("= present wage : secret column");
    expect(text).to.contain("inputOr site, no category where it is missing :");
    const statement = disclosureStatement(program);
    expect(statement).to.contain('- site: one of "north", "south", or missing\n');
    expect(statement).to.contain(
      [
        "A row may have no value of wage, log_wage, site. Which rows have none is secret as well.",
        "In the place of missing values it computes with these:",
        "- wage: 0.5",
        "- site: no category",
        "Where few rows have a value, sums over all rows are sums of these few: no minimum of values is enforced.",
        "",
      ].join("\n"),
    );
    expect(statement).to.contain("It takes as exact, after rounding: wage to a multiple of 2^-2.\n");
    expect(statement).to.contain("- counted, computed over all rows from site, wage\n");
    expect(statement).not.to.contain("steps along wage");
  });
});

describe("a dataset for a program with optional columns", () => {
  const program = { columns };
  const required = (column: Column): Column => ({ ...column, optional: undefined });

  it("may have values in every row; one for required columns must", () => {
    expect(satisfies({ columns }, program)).to.equal(true);
    expect(satisfies({ columns: columns.map(required) }, program)).to.equal(true);
    const strict = { columns: [required(wage), required(logWage), site, hours, sex] };
    expect(mismatches({ columns }, strict)).to.deep.equal(
      ["wage", "log_wage"].map((column) => ({
        code: "MayBeMissing",
        column,
        message: `column ${column}: may lack a value; the program wants one in every row`,
      })),
    );
    expect(mismatches({ columns: [...columns.slice(0, 4), { ...sex, optional: true }] }, program)[0]?.code).to.equal(
      "MayBeMissing",
    );
  });
});

describe("protected groups with optional columns", () => {
  const figure = (
    member: (t: Tracer) => SecretBit<"column">,
    value: (t: Tracer) => ReturnType<Tracer["input"]>,
  ): ProgramErrorCode | "none" =>
    refusal((t) => {
      const bit = member(t);
      t.output("o", t.dot(t.number(bit), value(t)), t.group("g", bit));
    }, true);
  const men = (t: Tracer) => t.isCategory("sex", "m");

  it("attack: of a group of forty rows only one has a wage, and the sum over the group would be that wage", () => {
    expect(figure(men, (t) => t.inputOr("wage", "0"))).to.equal("PresenceNotImplied");
    // What the rule keeps out: the same sum, opened of a group that is large enough.
    const open = programOf((t) => {
      const member = men(t);
      t.output("count", t.count(member));
      t.output("wages", t.dot(t.number(member), t.inputOr("wage", "0")));
    });
    const rows = 40;
    const inputs = new Map([
      ["sex", new BigUint64Array(rows).fill(1n)],
      ["wage", BigUint64Array.from({ length: rows }, (_, row) => BigInt(100 + row))],
      ["wage.present", BigUint64Array.from({ length: rows }, (_, row) => (row === 7 ? 1n : 0n))],
    ]);
    expect(evaluateWords(open, inputs, [], rows)).to.deep.equal([40n, 107n]);
  });

  it("refuse figures of columns that rows of the group may lack, in whatever way they are summed", () => {
    const values: ((t: Tracer) => ReturnType<Tracer["input"]>)[] = [
      (t) => t.inputOr("wage", "7"),
      (t) => t.encodedOr("wage", "0"),
      (t) => t.add(t.input("hours"), t.truncate(t.inputOr("wage", "0"), 2)),
      (t) => t.multiply(t.input("hours"), t.inputOr("wage", "0")),
      (t) => t.subtract(t.inputOr("wage", "1"), t.inputOr("wage", "0")),
    ];
    const members: ((t: Tracer) => SecretBit<"column">)[] = [
      men,
      (t) => t.not(t.present("wage")),
      (t) => t.or(t.present("wage"), men(t)),
      (t) => t.xor(t.present("wage"), men(t)),
      (t) => t.and(men(t), t.present("site")),
      (t) => t.less(t.encodedOr("wage", "0"), t.constant("20", 2)),
      (t) => t.not(t.less(t.encodedOr("wage", "100"), t.constant("20", 2))),
      (t) => t.isCategory("site", "north"),
    ];
    for (const value of values) expect(figure(men, value)).to.equal("PresenceNotImplied");
    for (const member of members) expect(figure(member, values[0])).to.equal("PresenceNotImplied");
    const combined = (t: Tracer) => {
      const bit = men(t);
      const sum = t.dot(t.number(bit), t.inputOr("wage", "0"));
      t.output(
        "o",
        t.subtract(
          t.multiply(sum, t.constant("1", 2)),
          t.dot(t.number(bit), t.multiply(t.input("hours"), t.constant("1", 4))),
        ),
        t.group("g", bit),
      );
    };
    expect(refusal(combined, true)).to.equal("PresenceNotImplied");
  });

  it("take them where the member implies that there is a value: it says so, or excludes what stands in", () => {
    const members: ((t: Tracer) => SecretBit<"column">)[] = [
      (t) => t.present("wage"),
      (t) => t.and(men(t), t.present("wage")),
      (t) => t.and(t.and(t.present("wage"), t.present("site")), men(t)),
      (t) => t.not(t.or(t.not(t.present("wage")), men(t))),
      (t) => t.and(men(t), t.present("log_wage")),
      (t) => t.less(t.encodedOr("wage", "100"), t.constant("20", 2)),
      (t) => t.not(t.less(t.encodedOr("wage", "0"), t.constant("20", 2))),
      (t) =>
        t.xor(
          t.less(t.encodedOr("wage", "0"), t.constant("20", 2)),
          t.less(t.encodedOr("wage", "0"), t.constant("5", 2)),
        ),
    ];
    for (const member of members) {
      expect(figure(member, (t) => t.inputOr("wage", "0"))).to.equal("none");
      expect(figure(member, (t) => t.inputOr("log_wage", "3"))).to.equal("none");
      expect(figure(member, (t) => t.multiply(t.inputOr("wage", "0"), t.inputOr("site", "north")))).to.equal(
        "OutputOutsideGroup",
      );
    }
    const number = (t: Tracer) => {
      const member = t.presence("wage");
      t.output("o", t.dot(member, t.inputOr("wage", "0")), t.group("g", member));
      t.output("count", t.sum(member), { group: "g" });
    };
    expect(refusal(number, true)).to.equal("none");
  });

  it("sum no presence: how many rows of a group have a value is a figure of those that have", () => {
    expect(figure(men, (t) => t.presence("wage"))).to.equal("OutputOutsideGroup");
    expect(figure(men, (t) => t.number(t.present("wage")))).to.equal("OutputOutsideGroup");
  });

  it("are disjoint by presence, but not by two readings of a missing value", () => {
    const groups = (first: (t: Tracer) => SecretBit<"column"> | ReturnType<Tracer["input"]>, second: typeof first) =>
      refusal((t) => {
        for (const [index, member] of [first(t), second(t)].entries()) {
          const count = member.kind === "bit" ? t.count(member) : t.sum(member);
          t.output(`o${index}`, count, t.group(`g${index}`, member));
        }
      }, true);
    const below = (substitute: string) => (t: Tracer) => t.less(t.encodedOr("wage", substitute), t.constant("3", 2));
    expect(
      groups(
        (t) => t.present("wage"),
        (t) => t.not(t.present("wage")),
      ),
    ).to.equal("none");
    expect(
      groups(
        (t) => t.presence("wage"),
        (t) => t.subtract(t.constant("1", 0), t.presence("wage")),
      ),
    ).to.equal("none");
    expect(
      groups(
        (t) => t.present("wage"),
        (t) => t.subtract(t.constant("1", 0), t.presence("log_wage")),
      ),
    ).to.equal("none");
    expect(
      groups(
        (t) => t.isCategory("site", "north"),
        (t) => t.isCategory("site", "south"),
      ),
    ).to.equal("none");
    expect(groups(below("0"), (t) => t.not(below("0")(t)))).to.equal("none");
    // A row without a wage is in both: below 3 as 0, and not below 3 as 5.
    expect(groups(below("0"), (t) => t.not(below("5")(t)))).to.equal("GroupsOverlap");
    expect(
      groups(
        (t) => t.present("wage"),
        (t) => t.present("site"),
      ),
    ).to.equal("GroupsOverlap");
  });
});
