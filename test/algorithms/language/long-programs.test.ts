/** The longest chains of instructions that a program can come to, in all that reads programs before they run: an answer or a named refusal. */
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { disclosureStatement } from "@sharebridge/algorithms/language/disclosure.ts";
import { decodeProgram, encodeProgram } from "@sharebridge/algorithms/language/encode.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { MAX_UNROLLED } from "@sharebridge/algorithms/language/loops.ts";
import { printProgram } from "@sharebridge/algorithms/language/print.ts";
import { MAX_ITERATIONS, type Program } from "@sharebridge/algorithms/language/program.ts";
import { expect } from "chai";

type Step = Program["instructions"][number];

const LINKS = 14;
const TURNS = 1_000;

/** A loop around `LINKS` steps, each made of the one before; the last value is the member of a group whose rows are counted or summed. */
function chain(kind: "number" | "bit", link: (before: number) => Step): Program {
  const first: Step[] = [
    { op: "encoded", column: "x" },
    { op: "constant", word: "1", fractionBits: 0 },
    kind === "bit" ? { op: "less", a: 0, b: 1 } : { op: "encoded", column: "x" },
  ];
  const from = first.length;
  const links = Array.from({ length: LINKS }, (_, index) => link(from + index));
  const last = from + LINKS;
  const figure: Step = kind === "bit" ? { op: "count", a: last } : { op: "sum", a: last };
  return {
    version: 2,
    name: "chain",
    description: "A chain.",
    columns: [{ name: "x", kind: "category", categories: ["a", "b"] }],
    parameters: [],
    maximumRows: 1_000,
    instructions: [...first, { op: "carried", initial: from - 1, next: last }, ...links, figure],
    loops: [{ from, to: last + 1, count: TURNS }],
    protection: { minimumRows: 2, minimumSellers: 1, maximumPercent: 100, groups: [{ name: "g", member: last }] },
    outputs: [{ name: "o", value: last + 1, group: "g" }],
    finish: [],
  };
}

const chains: Record<string, Program> = {
  and: chain("bit", (before) => ({ op: "and", a: before, b: 2 })),
  or: chain("bit", (before) => ({ op: "or", a: 2, b: before })),
  xor: chain("bit", (before) => ({ op: "xor", a: before, b: 2 })),
  not: chain("bit", (before) => ({ op: "not", a: before })),
  subtract: chain("number", (before) => ({ op: "subtract", a: 1, b: before })),
  multiply: chain("number", (before) => ({ op: "multiply", a: before, b: 2 })),
  smaller: chain("number", (before) => ({ op: "smaller", a: before, b: 2 })),
};

describe("programs as long as they can be", () => {
  it("come to nearly the most instructions, in few bytes", () => {
    expect(TURNS).to.be.at.most(MAX_ITERATIONS);
    expect(LINKS * TURNS).to.be.within(0.8 * MAX_UNROLLED, MAX_UNROLLED);
    for (const program of Object.values(chains)) expect(encodeProgram(program).length).to.be.below(2_000);
  });

  for (const [name, program] of Object.entries(chains)) {
    it(`are answered for or refused by name: ${name}`, () => {
      const decoded = decodeProgram(encodeProgram(program));
      const outcomes = [analyse, disclosureStatement, printProgram].map((read) => {
        try {
          read(decoded);
          return "read";
        } catch (error) {
          if (error instanceof ProgramError) return error.code;
          throw error;
        }
      });
      expect(new Set(outcomes)).to.have.length(1);
      // Chains of bits are members of groups; a number that is a product or a difference of differences is not proven to be one.
      expect(outcomes[0]).to.equal(["and", "or", "xor", "not"].includes(name) ? "read" : "NotAGroup");
    });
  }
});
