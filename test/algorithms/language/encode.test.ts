import { canonicalJson } from "@sharebridge/algorithms/language/canonical-json.ts";
import {
  decodeProgram,
  encodeProgram,
  MAX_EXPRESSION_DEPTH,
  programHash,
} from "@sharebridge/algorithms/language/encode.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { type Expression, MAX_PROGRAM_BYTES, type Program } from "@sharebridge/algorithms/language/program.ts";
import { intersectionSize } from "@sharebridge/algorithms/library/intersection-size.ts";
import { payGap } from "@sharebridge/algorithms/library/pay-gap.ts";
import { weightedScore } from "@sharebridge/algorithms/library/weighted-score.ts";
import { expect } from "chai";
import { keccak256 } from "ethers";
import fc from "fast-check";
import { mutatedEncoding, outcomeOf } from "../../fuzz/decoder.ts";
import { seed } from "../../support/seed.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function refusal(bytes: Uint8Array | string): ProgramError {
  try {
    decodeProgram(typeof bytes === "string" ? encoder.encode(bytes) : bytes);
  } catch (error) {
    if (error instanceof ProgramError) return error;
    throw error;
  }
  throw new Error("the encoding was accepted");
}

function nested(depth: number): Expression {
  let expression: Expression = { number: "1" };
  for (let level = 1; level < depth; level++) expression = { add: [expression, { rows: true }] };
  return expression;
}

function withExpression(expression: Expression): Program {
  return { ...payGap, finish: [{ name: "deep", label: "Deep", expression }] };
}

describe("encode", () => {
  const text = decoder.decode(encodeProgram(payGap));

  it("gives back what it encoded", () => {
    for (const program of [payGap, weightedScore, intersectionSize]) {
      expect(decodeProgram(encodeProgram(program))).to.deep.equal(program);
    }
  });

  it("hashes the bytes with keccak256", () => {
    expect(programHash(payGap)).to.equal(keccak256(encodeProgram(payGap)));
    expect(programHash(encodeProgram(payGap))).to.equal(programHash(payGap));
  });

  it("does not depend on the order of members", () => {
    const reversed = Object.fromEntries(Object.entries(payGap).reverse()) as unknown as Program;
    expect(encodeProgram(reversed)).to.deep.equal(encodeProgram(payGap));
  });

  it("names the reason of each refusal", () => {
    expect(refusal("").code).to.equal("NotJson");
    expect(refusal("null").code).to.equal("InvalidShape");
    expect(refusal("{").code).to.equal("NotJson");
    expect(refusal(Uint8Array.of(0x7b, 0xff, 0x7d)).code).to.equal("NotUtf8");
    expect(refusal(new Uint8Array(MAX_PROGRAM_BYTES + 1)).code).to.equal("TooLarge");
    expect(refusal(` ${text}`).code).to.equal("NonCanonical");
    expect(refusal(`${text}\n`).code).to.equal("NonCanonical");
    expect(refusal(`\ufeff${text}`).code).to.equal("NotJson");
  });

  it("refuses unknown members, by path", () => {
    const instructions = payGap.instructions.map((instruction, index) =>
      index === 2 ? { ...instruction, c: 1 } : instruction,
    );
    const error = refusal(canonicalJson({ ...payGap, instructions }));
    expect(error.code).to.equal("InvalidShape");
    expect(error.message).to.include("program.instructions[2]");
    expect(refusal(canonicalJson({ ...payGap, comment: "x" })).code).to.equal("InvalidShape");
    expect(refusal(canonicalJson({ ...payGap, version: 1 })).message).to.equal(
      "program.version: this is version 1; only version 2 is understood",
    );
    expect(refusal(canonicalJson({ ...payGap, version: 1 })).code).to.equal("UnsupportedVersion");
    expect(refusal(canonicalJson({ ...payGap, version: "2" })).code).to.equal("InvalidShape");
  });

  it("bounds what orders and positions are written with", () => {
    const withStep = (step: object) => refusal(canonicalJson({ ...payGap, instructions: [step] }));
    const key = { value: 0, descending: false };
    const last = { op: "at", a: 0, numerator: 1, offset: -1, denominator: 1 };
    const wrong = [
      { op: "order", keys: [] },
      { op: "order", keys: Array(9).fill(key) },
      { op: "order", keys: [{ value: 0 }] },
      { op: "order", keys: [{ ...key, descending: 1 }] },
      { op: "order", keys: [{ ...key, stable: true }] },
      { op: "order", keys: [key], a: 0 },
      { ...last, denominator: 0 },
      { ...last, numerator: -1 },
      { ...last, numerator: 65_537 },
      { ...last, offset: 16_777_217 },
    ];
    for (const step of wrong) expect(withStep(step).code, JSON.stringify(step)).to.equal("InvalidShape");
  });

  it("refuses other ways of writing the same program, by position", () => {
    const others = [
      text.replace('"maximumRows":1000000', '"maximumRows":1e6'),
      text.replace('"maximumRows":1000000', '"maximumRows":1000000.0'),
      text.replace('"a":0', '"a":-0'),
      text.replace('"pay_gap"', '"pay\\u005fgap"'),
      text.replace('"version":2', '"version":2,"version":2'),
      text.replace('"version":2', '"version":2,"__proto__":{}'),
      text.replace(",", ", "),
    ];
    for (const other of others) {
      expect(other).not.to.equal(text);
      expect(refusal(other).code, other.slice(0, 80)).to.be.oneOf(["NonCanonical", "InvalidShape"]);
    }
    expect(refusal(text.replace(",", ", ")).message).to.match(/^byte [0-9]+: /);
  });

  it("refuses texts that could deceive a reader", () => {
    for (const label of ["two\nlines", "right\u202eto left", "\u2028", "\u0000", "\ud800", ""]) {
      const finish = [{ name: "f", label, expression: { rows: true } as Expression }];
      expect(refusal(canonicalJson({ ...payGap, finish })).code, JSON.stringify(label)).to.equal("InvalidShape");
    }
  });

  it("takes expressions up to the declared depth, and refuses deeper ones before parsing", () => {
    const deepest = withExpression(nested(MAX_EXPRESSION_DEPTH));
    expect(decodeProgram(encodeProgram(deepest))).to.deep.equal(deepest);
    const deeper = withExpression(nested(MAX_EXPRESSION_DEPTH + 1));
    expect(() => encodeProgram(deeper))
      .to.throw(ProgramError)
      .with.property("code", "TooDeep");
    expect(refusal(canonicalJson(deeper)).code).to.equal("TooDeep");
    expect(refusal("[".repeat(MAX_PROGRAM_BYTES)).code).to.equal("TooDeep");
    expect(refusal('{"a":'.repeat(13_000)).code).to.equal("TooDeep");
    // Brackets in strings do not count.
    const braces = { ...payGap, description: `\\"${"[".repeat(500)}\\\\` };
    expect(decodeProgram(encodeProgram(braces))).to.deep.equal(braces);
  });

  it("refuses too large a program when encoding", () => {
    const finish = Array.from({ length: 256 }, (_, index) => ({
      name: `f${index}`,
      label: "x".repeat(120),
      expression: nested(8),
    }));
    expect(() => encodeProgram({ ...payGap, finish }))
      .to.throw(ProgramError)
      .with.property("code", "TooLarge");
  });

  it("survives mutated encodings: refused by name and place, or canonical (more of them: npm run fuzz:decoder)", () => {
    const outcomes = new Map<string, number>();
    for (let index = 0; index < 10_000; index++) {
      const outcome = outcomeOf(mutatedEncoding(seed, index));
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    // Some mutations (a digit of a constant) must give other valid programs, and others each kind of refusal, or the test shows little.
    expect(outcomes.get("accepted")).to.be.greaterThan(500);
    const refusals = [
      "TooLarge",
      "NotUtf8",
      "TooDeep",
      "NotJson",
      "UnsupportedVersion",
      "InvalidShape",
      "NonCanonical",
    ];
    for (const code of refusals) expect(outcomes.get(code), code).to.be.greaterThan(50);
  }).timeout(120_000);

  it("says at which byte a text stops being UTF-8 or JSON", () => {
    expect(refusal(Uint8Array.of(0x7b, 0xff, 0x7d)).message).to.equal("byte 1: the program is not UTF-8 text");
    expect(refusal(Uint8Array.of(0x22, 0xc3, 0xa9, 0xe2, 0x82)).message).to.include("byte 3: ");
    expect(refusal('{"é":}').message).to.equal("byte 6: the program is not JSON");
    expect(refusal(text.slice(0, -1)).message).to.equal(`byte ${text.length - 1}: the program is not JSON`);
  });

  it("survives arbitrary JSON", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 10 }), (json) => {
        expect(refusal(json)).to.be.instanceOf(ProgramError);
      }),
      { seed, numRuns: 2_000 },
    );
  });
});
