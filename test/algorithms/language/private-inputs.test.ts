import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { type Definition, type Secret, type Tracer, trace } from "@sharebridge/algorithms/language/builder.ts";
import { checkProgram } from "@sharebridge/algorithms/language/check.ts";
import { disclosureStatement } from "@sharebridge/algorithms/language/disclosure.ts";
import { decodeProgram, encodeProgram } from "@sharebridge/algorithms/language/encode.ts";
import { ProgramError, ValueError } from "@sharebridge/algorithms/language/errors.ts";
import { printProgram } from "@sharebridge/algorithms/language/print.ts";
import {
  clampPrivateInput,
  encodePrivateInputTexts,
  PRIVATE_INPUTS,
} from "@sharebridge/algorithms/language/private-inputs.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import { toUnsigned } from "@sharebridge/algorithms/language/words.ts";
import { expect } from "chai";
import fc from "fast-check";
import { seed } from "../../support/seed.ts";

const weight = { name: "w", fractionBits: 4, minimum: "-2", maximum: "3" };
const threshold = { name: "least", fractionBits: 4, minimum: "0", maximum: "100" };
const definition: Definition = {
  name: "scored",
  description: "A weighted sum.",
  columns: [
    { name: "x", kind: "number", fractionBits: 4, minimum: "0", maximum: "100" },
    { name: "sex", kind: "category", categories: ["f", "m"] },
  ],
  privateInputs: [weight, threshold],
  maximumRows: 1_000,
};
const weighted = trace(definition, (t) => {
  t.output("sum", t.multiply(t.sum(t.input("x")), t.privateInput("w")));
});

const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof ProgramError || error instanceof ValueError) return error.code;
    throw error;
  }
  return "accepted";
};

function changed(change: Partial<Program>): Program {
  return { ...weighted, ...change };
}

function run(program: Program, x: readonly bigint[], own: readonly bigint[]): bigint[] {
  const inputs = new Map([
    ["x", BigUint64Array.from(x, toUnsigned)],
    ["sex", BigUint64Array.from(x, () => 0n)],
    [PRIVATE_INPUTS, BigUint64Array.from(own, toUnsigned)],
  ]);
  return evaluateWords(program, inputs, [], x.length);
}

describe("private inputs in programs", () => {
  it("are secret scalars with a declared range, exact", () => {
    const [, , own] = weighted.instructions;
    expect(own).to.deep.equal({ op: "privateInput", privateInput: "w" });
    expect(checkProgram(weighted)[2]).to.deep.equal({
      ...{ kind: "number", secret: true, shape: "scalar", fractionBits: 4 },
    });
    expect(analyse(weighted).values[2]).to.deep.include({ words: { minimum: -32n, maximum: 48n }, error: 0n });
    expect(run(weighted, [16n, 32n], [-16n, 0n])).to.deep.equal([-768n]);
  });

  it("leave programs without them the encoding that they had", () => {
    const { privateInputs: _, ...without } = definition;
    const plain = trace(without, (t) => t.output("sum", t.sum(t.input("x"))));
    expect(new TextDecoder().decode(encodeProgram(plain))).not.to.include("privateInputs");
    expect(decodeProgram(encodeProgram(weighted))).to.deep.equal(weighted);
  });

  it("stand in listing and statement", () => {
    expect(printProgram(weighted)).to.include("private input w: number from -2 to 3, 4 fraction bits\n");
    expect(printProgram(weighted)).to.include("%2 = privateInput w : secret scalar, 4 fraction bits, -2 to 3\n");
    const statement = disclosureStatement(weighted);
    expect(statement).to.include("The buyer's own numbers, which nobody else sees");
    expect(statement).to.include("- w: number from -2 to 3, 4 fraction bits\n");
    expect(statement).to.include("nobody but the buyer knows what a request asks");
    expect(statement).not.to.include("They take part in decisions");
  });

  it("that decide are said to decide", () => {
    const chooses = trace(definition, (t) =>
      t.output("count", t.count(t.less(t.encoded("x"), t.privateInput("least")))),
    );
    expect(disclosureStatement(chooses)).to.include("may be chosen by thresholds that nobody else sees");
    const cuts = trace(definition, (t) =>
      t.output("sum", t.sum(t.truncate(t.multiply(t.input("x"), t.privateInput("w")), 8))),
    );
    expect(disclosureStatement(cuts)).to.include("may be chosen by thresholds that nobody else sees");
  });

  it("are no public values: nothing opens or multiplies them as such", () => {
    trace(definition, (t) => {
      const own: Secret<"scalar"> = t.privateInput("w");
      // @ts-expect-error a private input is not public
      const known: { secrecy: "public" } = own;
      expect(known).to.include({ secrecy: "secret" });
      t.output("own", own);
    });
  });

  it("are refused undeclared, twice, too many, in a range that is none", () => {
    expect(codeOf(() => trace(definition, (t) => t.output("o", t.privateInput("v"))))).to.equal(
      "UndeclaredPrivateInput",
    );
    const [w] = weighted.privateInputs!;
    expect(codeOf(() => checkProgram(changed({ privateInputs: [w, w] })))).to.equal("DuplicateName");
    const range = (minimum: bigint, maximum: bigint) =>
      codeOf(() =>
        checkProgram(changed({ privateInputs: [{ ...w, minimum: minimum.toString(), maximum: maximum.toString() }] })),
      );
    expect(range(1n, 0n)).to.equal("InvalidPrivateInputRange");
    expect(range(-(1n << 62n) - 1n, 0n)).to.equal("InvalidPrivateInputRange");
    expect(range(0n, 1n << 62n)).to.equal("InvalidPrivateInputRange");
    expect(range(-(1n << 62n), (1n << 62n) - 1n)).to.equal("accepted");
    const many = Array.from({ length: 257 }, (_, index) => ({ ...w, name: `w${index}` }));
    expect(codeOf(() => encodeProgram(changed({ privateInputs: many })))).to.equal("InvalidShape");
    expect(codeOf(() => encodeProgram(changed({ privateInputs: [] })))).to.equal("InvalidShape");
  });

  it("take part in the proof that nothing overflows", () => {
    const huge = { name: "w", fractionBits: 0, minimum: "0", maximum: String(1n << 61n) };
    const body = (t: Tracer) => void t.output("sum", t.multiply(t.sum(t.input("x")), t.privateInput("w")));
    expect(codeOf(() => trace({ ...definition, privateInputs: [huge] }, body))).to.equal("Overflow");
  });
});

describe("values of private inputs", () => {
  const texts = { w: "1.5", least: "20" };

  it("are encoded by name, in the order that the program declares", () => {
    expect(encodePrivateInputTexts(weighted, { least: "20", w: "1.5" })).to.deep.equal([24n, 320n]);
    expect(encodePrivateInputTexts({}, {})).to.deep.equal([]);
  });

  it("are refused missing, unknown, out of range and malformed; no message has the value", () => {
    const refused = (given: Record<string, string>) => codeOf(() => encodePrivateInputTexts(weighted, given));
    expect(refused({ w: "1" })).to.equal("MissingPrivateInput");
    expect(refused({ ...texts, v: "1" })).to.equal("UndeclaredPrivateInput");
    expect(refused({ ...texts, w: "3.14159" })).to.equal("PrivateInputOutOfRange");
    expect(refused({ ...texts, w: "-2.1" })).to.equal("PrivateInputOutOfRange");
    expect(refused({ ...texts, w: "secret" })).to.equal("NotANumber");
    expect(() => encodePrivateInputTexts(weighted, { ...texts, w: "3.14159" })).to.throw(/^(?!.*3\.14)/);
    expect(() => encodePrivateInputTexts(weighted, { ...texts, w: "secret" })).to.throw(/^(?!.*secret)/);
  });

  it("count as the nearest end where a buyer shares another word: nothing can overflow", () => {
    const [w] = weighted.privateInputs!;
    const near = [-33n, -32n, 0n, 48n, 49n, -(1n << 62n), 1n << 62n];
    expect(near.map((word) => clampPrivateInput(word, w))).to.deep.equal([-32n, -32n, 0n, 48n, 48n, -32n, 48n]);
    fc.assert(
      fc.property(fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }), (word) => {
        const clamped = clampPrivateInput(word, w);
        expect(clamped >= -32n && clamped <= 48n).to.equal(true);
        if (word >= -32n && word <= 48n) expect(clamped).to.equal(word);
        expect(run(weighted, [16n], [word, 0n])).to.deep.equal([16n * clamped]);
      }),
      { seed, numRuns: 200 },
    );
  });
});

describe("private inputs and protected groups", () => {
  const guarded: Definition = { ...definition, protection: { minimumRows: 3, minimumSellers: 1 } };
  const traced = (body: (t: Tracer, female: Secret<"column">) => Secret<"scalar">) =>
    codeOf(() =>
      trace(guarded, (t) => {
        const female = t.indicator("sex", "f");
        t.output("figure", body(t, female), t.group("women", female));
      }),
    );

  it("weigh sums over a group, and rows before they are summed", () => {
    expect(traced((t, female) => t.multiply(t.dot(female, t.input("x")), t.privateInput("w")))).to.equal("accepted");
    expect(traced((t, female) => t.dot(female, t.multiply(t.input("x"), t.privateInput("w"))))).to.equal("accepted");
  });

  it("do not pick rows out of a group: by a comparison, nor by cutting a weighted value down to a bit", () => {
    const picked = (t: Tracer) => t.number(t.less(t.encoded("x"), t.privateInput("least")));
    expect(traced((t, female) => t.dot(female, picked(t)))).to.equal("OutputOutsideGroup");
    expect(traced((t) => t.count(t.less(t.encoded("x"), t.privateInput("least"))))).to.equal("OutputOutsideGroup");
    // With w = 2^-4 · 16 and x up to 100 the cut leaves whether x is above a threshold that nobody else knows.
    const cut = (t: Tracer) => t.truncate(t.multiply(t.input("x"), t.privateInput("w")), 8);
    expect(traced((t, female) => t.dot(female, cut(t)))).to.equal("OutputOutsideGroup");
    // The same with a public weight stands in the text of the program for all to see, and is accepted as before.
    const seen = (t: Tracer) => t.truncate(t.multiply(t.input("x"), t.constant("2", 4)), 8);
    expect(traced((t, female) => t.dot(female, seen(t)))).to.equal("accepted");
  });

  it("choose groups, which are suppressed like others", () => {
    const program = trace(guarded, (t) => {
      const poor = t.less(t.encoded("x"), t.privateInput("least"));
      t.output("poor", t.count(poor), t.group("poor", poor));
      const rich = t.not(poor);
      t.output("rich", t.count(rich), t.group("rich", rich));
    });
    const x = [1n, 2n, 3n, 4n, 5n, 6n];
    expect(run(program, x, [0n, 4n])).to.deep.equal([3n, 3n, 1n, 1n]);
    // A threshold that singles out one row opens nothing.
    expect(run(program, x, [0n, 2n])).to.deep.equal([0n, 0n, 0n, 0n]);
  });

  it("of two groups by unrelated thresholds nothing is proven", () => {
    const overlapping = () =>
      trace(guarded, (t) => {
        for (const name of ["w", "least"]) {
          const below = t.less(t.encoded("x"), t.privateInput(name));
          t.output(name, t.count(below), t.group(name, below));
        }
      });
    expect(codeOf(overlapping)).to.equal("GroupsOverlap");
  });
});
