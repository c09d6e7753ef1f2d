import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import {
  type Public,
  type Secret,
  type SecretBit,
  type Tracer,
  trace,
} from "@sharebridge/algorithms/language/builder.ts";
import { canonicalJson } from "@sharebridge/algorithms/language/canonical-json.ts";
import { checkProgram, type ValueType } from "@sharebridge/algorithms/language/check.ts";
import { disclosureStatement } from "@sharebridge/algorithms/language/disclosure.ts";
import { decodeProgram, encodeProgram } from "@sharebridge/algorithms/language/encode.ts";
import { ProgramError, type ProgramErrorCode } from "@sharebridge/algorithms/language/errors.ts";
import { expression } from "@sharebridge/algorithms/language/expression.ts";
import { finish } from "@sharebridge/algorithms/language/finish.ts";
import { MAX_UNROLLED, unrolled } from "@sharebridge/algorithms/language/loops.ts";
import { printProgram } from "@sharebridge/algorithms/language/print.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import * as rational from "@sharebridge/algorithms/language/rational.ts";
import { evaluateReal, evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import { payGap } from "@sharebridge/algorithms/library/pay-gap.ts";
import { expect } from "chai";
import fc from "fast-check";
import { seed } from "../../support/seed.ts";
import { evaluateExact } from "../support/exact.ts";

const columns = [{ name: "x", kind: "number", fractionBits: 8, minimum: "0", maximum: "4" }] as const;
const definition = { name: "looped", description: "A loop.", columns, maximumRows: 100 };

/** The mean's root by Heron's rule x ← (x + a/x)/2, and how far its square is from it. */
const heron = (iterations: number) =>
  trace(definition, (t) => {
    const mean = t.divide(t.sum(t.encoded("x")), t.rows(), 24);
    const least = t.constant("0.5", 24);
    const most = t.constant("8", 24);
    const [root] = t.repeat(iterations, [t.constant("2", 24)], ([x]) => {
      const next = t.truncate(t.multiply(t.add(x, t.divide(mean, x, 24)), t.constant("0.5", 1)), 1);
      return [t.computed(t.smaller(t.larger(next, least), most))];
    });
    const rest = t.output("rest", t.subtract(t.multiply(mean, t.constant("1", 24)), t.multiply(root, root)));
    t.finish("root", "Root", expression.within(t.output("root", root), expression.multiply(rest, rest)));
  });

function refusal(act: () => unknown): ProgramError {
  try {
    act();
  } catch (error) {
    if (error instanceof ProgramError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

const looped = (steps: Program["instructions"], loops: Program["loops"], value = steps.length - 1): Program => ({
  ...{ version: 2, name: "looped", description: "A loop.", parameters: [], maximumRows: 100, finish: [] },
  columns: [...columns],
  instructions: steps,
  loops,
  outputs: [{ name: "out", value }],
});

/** x + … + x, `count + 1` times. */
const adding = (count: number): Program =>
  looped(
    [
      { op: "encoded", column: "x" },
      { op: "sum", a: 0 },
      { op: "carried", initial: 1, next: 3 },
      { op: "add", a: 2, b: 1 },
    ],
    [{ from: 2, to: 4, count }],
  );

const words = (...values: bigint[]) => new Map([["x", BigUint64Array.from(values)]]);

describe("loops", () => {
  it("are kept: an encoding does not grow with their iterations, and programs without them have the one they had", () => {
    const [short, long] = [heron(10), heron(99)].map((program) => encodeProgram(program));
    expect(short.length).to.equal(long.length);
    expect(decodeProgram(long)).to.deep.equal(heron(99));
    expect(canonicalJson(payGap)).not.to.include("loops");
  });

  it("run as often as they say", () => {
    for (const count of [1, 2, 100]) {
      const program = adding(count);
      expect(evaluateWords(program, words(3n, 4n), [], 2)).to.deep.equal([7n * BigInt(count + 1)]);
      expect(analyse(program, 2).outputs[0].words.maximum).to.equal(2n * 1024n * BigInt(count + 1));
    }
    const [rest, root] = evaluateReal(heron(8), new Map([["x", [1, 2, 3]]]), [], 3);
    expect(root).to.be.closeTo(Math.SQRT2, 1e-12);
    expect(rest).to.be.closeTo(0, 1e-12);
    const found = finish(heron(8), evaluateWords(heron(8), words(256n, 512n, 768n), [], 3), { rows: 3 });
    expect(found[0].value).to.be.closeTo(Math.SQRT2, 1e-6);
  });

  it("carry values that go on as each other, all at once", () => {
    const fibonacci = trace(definition, (t) => {
      const one = t.count(t.less(t.encoded("x"), t.constant("1", 8)));
      const [first, second] = t.repeat(10, [one, one], ([a, b]) => [b, t.add(a, b)]);
      t.output("first", first);
      t.output("second", second);
    });
    expect(evaluateWords(fibonacci, words(0n), [], 1)).to.deep.equal([89n, 144n]);
  });

  it("are run without their loops in the same order, what does not change only once", () => {
    const program = trace(definition, (t) => {
      const x = t.encoded("x");
      const [total] = t.repeat(
        5,
        [t.sum(x)],
        ([sum]) =>
          [t.truncate(t.add(sum, t.truncate(t.multiply(t.dot(x, x), t.constant("1", 0)), 8)), 1)].map((each) =>
            t.multiply(each, t.constant("1", 1)),
          ) as [Secret<"scalar">],
      );
      t.output("total", total);
    });
    const { program: flat, origins } = unrolled(program);
    expect(flat.instructions.filter(({ op }) => op === "dot")).to.have.length(1);
    expect(flat.instructions.filter(({ op }) => op === "add")).to.have.length(5);
    expect(origins).to.have.length(flat.instructions.length);
    for (const [index, origin] of origins.entries()) {
      expect(flat.instructions[index].op).to.equal(program.instructions[origin].op);
    }
    expect(evaluateWords(flat, words(300n, 40n), [], 2)).to.deep.equal(evaluateWords(program, words(300n, 40n), [], 2));
  });

  it("are printed as loops, with the ranges of all iterations", () => {
    const text = printProgram(adding(7));
    expect(text).to.include("repeat 7 times, as far as %3:\n");
    expect(text).to.include("  %2 = carried from %1, then %3 : secret scalar, 8 fraction bits, 0 to 3200\n");
    expect(text).to.include("  %3 = add %2 %1 : secret scalar, 8 fraction bits, 0 to 3200\n");
    expect(text).to.include("open out = %3, error at most 0 at 100 rows\n");
  });

  it("hide nothing from the disclosure statement: what hangs on a value through later iterations is said", () => {
    // The maximum reaches the first carried value in the second iteration, and the output in the third.
    const program = trace(definition, (t) => {
      const x = t.encoded("x");
      const [, , last] = t.repeat(3, [t.sum(x), t.sum(x), t.sum(x)], ([, b, c]) => [t.maximum(x), t.add(b, c), b]);
      const [hidden] = t.repeat(3, [last, last, last], ([, b, c]) => [b, c, t.maximum(x)]);
      t.output("hidden", hidden);
    });
    expect(disclosureStatement(program)).to.include(
      "- hidden, computed over all rows from x; depends on a minimum or maximum",
    );
    const once = trace(definition, (t) => {
      const x = t.encoded("x");
      const [hidden] = t.repeat(2, [t.sum(x), t.sum(x), t.sum(x)], ([, b, c]) => [b, c, t.maximum(x)]);
      t.output("hidden", hidden);
    });
    expect(disclosureStatement(once)).not.to.include("depends on a minimum");
  });

  it("are proven iteration by iteration: the first that may overflow is named, with the author's line", () => {
    const error = refusal(() =>
      trace(definition, (t) => {
        const sum = t.sum(t.encoded("x"));
        const [power] = t.repeat(5, [sum], ([a]) => {
          const square = t.multiply(a, a);
          return [t.truncate(square, 8)];
        });
        t.output("power", power);
      }),
    );
    expect(error.code).to.equal("Overflow");
    expect(error.message).to.match(/^instruction 3 \(multiply\): .* \(in iteration 3\)$/);
    expect(error.site?.file).to.match(/loops\.test\.ts$/);
    expect(() => adding(16).instructions).not.to.throw();
    const inexact = refusal(() =>
      trace(definition, (t) => {
        const x = t.encoded("x");
        const [sum] = t.repeat(3, [t.sum(x)], ([a]) => {
          const below = t.count(t.less(x, a));
          return [t.multiply(t.truncate(t.add(a, t.multiply(below, t.constant("1", 8))), 1), t.constant("1", 1))];
        });
        t.output("sum", sum);
      }),
    );
    expect(inexact.code).to.equal("InexactDecision");
    expect(inexact.message).to.match(/^instruction 3 \(less\): value 2 is inexact.*\(in iteration 2\)$/);
  });

  it("do not bring an uncertified solve past the check", () => {
    const solving = (t: Tracer) => {
      const a = t.add(t.sum(t.encoded("x")), t.constant("1", 8));
      const [x, flag] = t.repeat(2, [t.constant("0", 20), t.constant("0", 0)], () => {
        const solution = t.solve({
          ...{ matrix: [a], right: [a], fractionBits: 20, solutionBits: 2, tolerance: "0.01", smallestEigenvalue: "1" },
        });
        return [t.unknown(solution, 0), t.certified(solution)];
      });
      t.output("x", x);
      t.output("flag", flag);
    };
    // The same system in every iteration is one system.
    expect(evaluateWords(trace(definition, solving), words(256n), [], 1)).to.deep.equal([1n << 20n, 1n]);
    const error = refusal(() =>
      trace(definition, (t) => {
        const a = t.add(t.sum(t.encoded("x")), t.constant("1", 8));
        const [x, flag] = t.repeat(2, [t.constant("0", 20), t.constant("0", 0)], ([before]) => {
          const right = [t.computed(t.truncate(before, 12))];
          const solution = t.solve({
            ...{ matrix: [a], right, fractionBits: 20, solutionBits: 2, tolerance: "0.01", smallestEigenvalue: "1" },
          });
          return [t.unknown(solution, 0), t.certified(solution)];
        });
        t.output("x", x);
        t.output("flag", flag);
      }),
    );
    expect(error.code).to.equal("UncertifiedSolve");
  });
});

describe("loops: what is refused", () => {
  const traced = (body: (t: Tracer, sum: Secret<"scalar">) => void) =>
    refusal(() => trace(definition, (t) => body(t, t.sum(t.encoded("x")))));

  it("in the builder, with the author's line", () => {
    const wrong: [ProgramErrorCode, (t: Tracer, sum: Secret<"scalar">) => void][] = [
      ["LoopTooLong", (t, sum) => t.repeat(0, [sum], ([a]) => [a])],
      ["LoopTooLong", (t, sum) => t.repeat(1_025, [sum], ([a]) => [a])],
      ["LoopTooLong", (t, sum) => t.repeat(1.5, [sum], ([a]) => [a])],
      ["LoopTooLong", (t, sum) => t.repeat(Number.NaN, [sum], ([a]) => [a])],
      ["InvalidLoop", (t) => t.repeat(2, [], () => [])],
      ["LoopNotInvariant", (t, sum) => t.repeat(2, [sum], ([a]) => [t.multiply(a, a)])],
      ["LoopNotInvariant", (t, sum) => t.repeat(2, [sum] as Secret<"scalar">[], (all) => [...all, ...all])],
      ["NestedLoop", (t, sum) => t.repeat(2, [sum], ([a]) => t.repeat(2, [a], ([b]) => [b]))],
      [
        "OutputInLoop",
        (t, sum) =>
          t.repeat(2, [sum], ([a]) => {
            t.output("a", a);
            return [a];
          }),
      ],
      ["ForeignValue", (t, sum) => t.repeat(2, [sum], ([a]) => [{ ...a }])],
    ];
    for (const [code, body] of wrong) {
      const error = traced(body);
      expect(error.code, body.toString()).to.equal(code);
      expect(error.site?.file, body.toString()).to.match(/loops\.test\.ts$/);
    }
    const member = refusal(() =>
      trace({ ...definition, protection: { minimumRows: 2, minimumSellers: 1 } }, (t) => {
        t.repeat(2, [t.less(t.encoded("x"), t.constant("1", 8))], ([bit]) => {
          t.group("g", bit);
          return [bit];
        });
      }),
    );
    expect(member.code).to.equal("OutputInLoop");
  });

  it("by the types, where they can see it", () => {
    const wrong = (
      t: Tracer,
      column: Secret<"column">,
      scalar: Secret<"scalar">,
      bit: SecretBit<"column">,
      one: Public,
    ) => {
      // @ts-expect-error a column does not become a scalar
      t.repeat(2, [column], ([a]) => [t.sum(a)]);
      // @ts-expect-error nor a number a bit
      t.repeat(2, [column], ([a]) => [t.less(a, one)]);
      // @ts-expect-error as many values as before
      t.repeat(2, [scalar, column], ([a]) => [a]);
      // @ts-expect-error what is carried is secret, whatever the loop begins with
      t.repeat(2, [one], () => [one]);
      // @ts-expect-error an order is not carried
      t.repeat(2, [t.order(column)], ([order]) => [order]);
      t.repeat(2, [scalar, column, bit, one], ([a, b, c, d]) => [t.add(a, d), t.multiply(b, d), t.not(c), a]);
    };
    expect(wrong).to.be.a("function");
  });

  it("in an encoding, by shape", () => {
    const shapes: unknown[] = [
      [],
      [{ from: 2, to: 4, count: 0 }],
      [{ from: 2, to: 4, count: 1_025 }],
      [{ from: 2, to: 4, count: "2" }],
      [{ from: 2, to: 4 }],
      [{ from: -1, to: 4, count: 2 }],
      [{ from: 2, to: 4_097, count: 2 }],
      [{ from: 2, to: 4, count: 2, body: [] }],
      Array.from({ length: 65 }, () => ({ from: 2, to: 4, count: 2 })),
      null,
    ];
    for (const loops of shapes) {
      const bytes = new TextEncoder().encode(canonicalJson({ ...adding(2), loops }));
      expect(refusal(() => decodeProgram(bytes)).code, JSON.stringify(loops)).to.equal("InvalidShape");
    }
    const carried = [
      { op: "carried", initial: 0 },
      { op: "carried", initial: 0, next: 4_096 },
    ];
    for (const step of [...carried, { op: "carried", initial: 0, next: 1, count: 2 }]) {
      const bytes = new TextEncoder().encode(canonicalJson({ ...adding(2), instructions: [step] }));
      expect(refusal(() => decodeProgram(bytes)).code, JSON.stringify(step)).to.equal("InvalidShape");
    }
  });

  it("in an encoding, in any other way of writing it", () => {
    const text = new TextDecoder().decode(encodeProgram(adding(2)));
    for (const other of ["2.5", "2.0", "2e0", "02", "1e9", '"2"', "-1", "true"]) {
      const changed = text.replace('"count":2', `"count":${other}`);
      expect(changed).not.to.equal(text);
      const { code } = refusal(() => decodeProgram(new TextEncoder().encode(changed)));
      expect(code, other).to.be.oneOf(["InvalidShape", "NonCanonical", "NotJson"]);
    }
  });

  it("in an encoding, by meaning", () => {
    const [encoded, sum, carried, add] = adding(2).instructions;
    const steps = [
      encoded,
      sum,
      carried,
      add,
      { op: "carried", initial: 3, next: 5 },
      { op: "add", a: 4, b: 1 },
    ] as const;
    const [first, second] = [
      { from: 2, to: 4, count: 2 },
      { from: 4, to: 6, count: 2 },
    ];
    expect(() => checkProgram(looped([...steps], [first, second]))).not.to.throw();
    const wrong: [ProgramErrorCode, Program][] = [
      ["InvalidLoop", looped([...steps], undefined)],
      ["InvalidLoop", looped([...steps], [first])],
      ["InvalidLoop", looped([...steps], [second, first])],
      ["InvalidLoop", looped([...steps], [{ ...first, to: 2 }, second])],
      ["InvalidLoop", looped([...steps], [first, { ...second, to: 7 }])],
      ["InvalidLoop", looped([...steps], [{ ...first, from: 1 }, second])],
      ["InvalidLoop", looped([...steps], [{ ...first, to: 5 }, second])],
      // The second carried value stands in the middle of a body.
      ["InvalidLoop", looped([...steps], [{ ...first, to: 6 }])],
      ["NestedLoop", looped([...steps], [{ ...first, to: 6 }, second])],
      ["NestedLoop", looped([...steps], [first, first])],
      // Out of the body, forwards.
      ["ForwardReference", looped([encoded, sum, { op: "carried", initial: 1, next: 4 }, add, sum], [first])],
      ["ForwardReference", looped([encoded, sum, { op: "carried", initial: 1, next: 9 }, add], [first])],
      // Beginning with what is carried, or comes after it.
      ["ForwardReference", looped([encoded, sum, { op: "carried", initial: 2, next: 3 }, add], [first])],
      ["ForwardReference", looped([encoded, sum, { op: "carried", initial: 3, next: 3 }, add], [first])],
      ["ForwardReference", looped([encoded, sum, carried, { op: "add", a: 3, b: 1 }], [first])],
      // Another scale, another shape, nothing secret.
      ["LoopNotInvariant", looped([encoded, sum, carried, { op: "multiply", a: 2, b: 1 }], [first])],
      [
        "LoopNotInvariant",
        looped([encoded, sum, { op: "carried", initial: 0, next: 3 }, { op: "sum", a: 2 }], [first]),
      ],
      ["LoopNotInvariant", looped([encoded, { op: "rows" }, carried, { op: "sum", a: 0 }], [first])],
      ["LoopNotInvariant", looped([encoded, sum, carried, { op: "rows" }], [first], 2)],
      [
        "LoopNotInvariant",
        looped(
          [encoded, { op: "order", keys: [{ value: 0, descending: false }] }, carried, { op: "sum", a: 0 }],
          [first],
        ),
      ],
    ];
    for (const [index, [code, program]] of wrong.entries()) {
      expect(refusal(() => checkProgram(program)).code, `${index}`).to.equal(code);
      expect(refusal(() => analyse(program)).code, `${index}`).to.equal(code);
    }
  });

  it("for what they come to when they are run", () => {
    const filler = Array.from({ length: 15 }, () => ({ op: "add", a: 2, b: 1 }) as const);
    const [encoded, sum, , add] = adding(2).instructions;
    const long = (count: number): Program =>
      looped([encoded, sum, { op: "carried", initial: 1, next: 3 }, add, ...filler], [{ from: 2, to: 19, count }]);
    expect(unrolled(long(963)).program.instructions.length).to.be.at.most(MAX_UNROLLED);
    expect(() => checkProgram(long(963))).not.to.throw();
    const error = refusal(() => checkProgram(long(964)));
    expect(error.code).to.equal("LoopTooLong");
    expect(error.message).to.include("the program comes to 16390; the most is 16384");
  });
});

/** A random body on two numbers of one scale and a bit, kept in range; types must be invariant, ranges are what they are. */
const step = fc.record({ operation: fc.nat(7), a: fc.nat(), b: fc.nat(), bit: fc.nat() });

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function bodyOf(t: Tracer, steps: readonly Step[]) {
  return ([x, y, z]: readonly [Secret, Secret, SecretBit]): [Secret, Secret, SecretBit] => {
    const numbers: Secret[] = [x, y];
    const bits: SecretBit[] = [z];
    for (const { operation, a, b, bit } of steps) {
      const [left, right] = [numbers[a % numbers.length], numbers[b % numbers.length]];
      const chosen = bits[bit % bits.length];
      const made: (() => void)[] = [
        () => numbers.push(t.add(left, right)),
        () => numbers.push(t.subtract(left, right)),
        () => numbers.push(t.truncate(t.multiply(left, right), 8)),
        () => numbers.push(t.smaller(left, right)),
        () => numbers.push(t.select(chosen, left, right)),
        () => numbers.push(t.larger(t.smaller(left, t.constant("20", 8)), t.constant("-20", 8))),
        () => bits.push(t.not(chosen)),
        () => bits.push(t.and(chosen, bits[a % bits.length])),
      ];
      made[operation]();
    }
    return [numbers[numbers.length - 1], numbers[numbers.length - 2], bits[bits.length - 1]];
  };
}

describe("loops: soundness", () => {
  it("bounds every word and error after random loops on random tables", () => {
    let proven = 0;
    const types = new Set<ValueType["kind"]>();
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.nat(1_024), { minLength: 1, maxLength: 5 }),
        fc.infiniteStream(fc.boolean()),
        (steps, count, table, ups) => {
          let program: Program;
          try {
            program = trace(definition, (t) => {
              const x = t.input("x");
              const begin = [x, t.truncate(t.multiply(x, x), 8), t.less(t.encoded("x"), t.constant("1", 8))] as const;
              const [a, b, c] = t.repeat<readonly [Secret, Secret, SecretBit]>(count, begin, bodyOf(t, steps));
              t.output("a", t.sum(a as Secret<"column">));
              t.output("b", t.sum(b as Secret<"column">));
              t.output("c", t.count(c as SecretBit<"column">));
            });
          } catch (error) {
            // Products outgrow the ring, and fast.
            if (error instanceof ProgramError && /OutOfRange|Overflow/.test(error.code)) return;
            throw error;
          }
          proven++;
          for (const { kind } of checkProgram(program)) types.add(kind);
          const rows = table.length;
          const up = () => ups.next().value as boolean;
          const computed = evaluateWords(program, words(...table.map(BigInt)), [], rows, up);
          const exact = new Map([["x", table.map((word) => rational.fromWord(BigInt(word), 8))]]);
          const truth = evaluateExact(program, exact, [], rows);
          for (const { outputs } of [analyse(program), analyse(program, rows)]) {
            for (const [index, { name, fractionBits, words: range, error }] of outputs.entries()) {
              expect(computed[index] >= range.minimum && computed[index] <= range.maximum, name).to.equal(true);
              const off = rational.subtract(rational.fromWord(computed[index], fractionBits), truth[index]);
              expect(rational.compare(rational.absolute(off), error), `error of ${name}`).to.be.at.most(0);
            }
          }
        },
      ),
      { seed, numRuns: 600 },
    );
    expect(proven).to.be.greaterThan(300);
    expect([...types]).to.have.members(["number", "bit"]);
  }).timeout(60_000);
});
