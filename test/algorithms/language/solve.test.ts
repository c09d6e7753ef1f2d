/** Linear systems in programs: what the analysis proves of them, what it refuses, what people read of them. */
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { type System, trace } from "@sharebridge/algorithms/language/builder.ts";
import { disclosureStatement } from "@sharebridge/algorithms/language/disclosure.ts";
import { decodeProgram, encodeProgram } from "@sharebridge/algorithms/language/encode.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { printProgram } from "@sharebridge/algorithms/language/print.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import * as rational from "@sharebridge/algorithms/language/rational.ts";
import { expect } from "chai";
import { expectCloseTo } from "../../support/close-to.ts";

/** Mean of y by least squares, and its inverse: n·x = sum of y. */
function mean(changes: Partial<System> = {}, maximumRows = 100): Program {
  return trace(
    {
      name: "test",
      description: "For a test.",
      columns: [
        { name: "y", kind: "number", fractionBits: 10, minimum: "-8", maximum: "8" },
        { name: "one", kind: "category", categories: ["zero", "one"] },
      ],
      maximumRows,
    },
    (t) => {
      const solution = t.solve({
        ...{ matrix: [t.sum(t.input("one"))], right: [t.sum(t.input("y"))], fractionBits: 20, solutionBits: 4 },
        ...{ tolerance: "0.5", smallestEigenvalue: "2" },
        ...changes,
      });
      t.output("mean", t.unknown(solution, 0));
      t.output("certified", t.certified(solution));
    },
  );
}

function refusal(changes: Partial<System>, maximumRows?: number): string {
  try {
    mean(changes, maximumRows);
  } catch (error) {
    if (error instanceof ProgramError) return `${error.code}: ${error.message}`;
    throw error;
  }
  throw new Error("the program was accepted");
}

describe("solve", () => {
  it("bounds the error by tolerance and encoding over the smallest eigenvalue, and the words by their declared size", () => {
    const [output, certified] = analyse(mean(), 50).outputs;
    // (0.5 + a word + 50 encodings) / 2
    expectCloseTo(rational.toNumber(output.error), (0.5 + 2 ** -10 + 50 * 2 ** -11) / 2, 1e-12);
    expect(output.words).to.deep.equal({ minimum: 1n - (1n << 24n), maximum: (1n << 24n) - 1n });
    expect(certified.words).to.deep.equal({ minimum: 0n, maximum: 1n });
    expect(certified.absoluteError).to.equal("0");
  });

  it("refuses what the nodes do not solve", () => {
    expect(refusal({ fractionBits: 60 })).to.include("SolveOutOfRange: instruction 4 (solve): ");
    expect(refusal({ fractionBits: 59, solutionBits: 3 })).to.include("SolveOutOfRange");
    expect(refusal({ fractionBits: 5 })).to.include("SolveOutOfRange");
    expect(refusal({ fractionBits: 10, solutionBits: -10 })).to.include("SolveOutOfRange");
    expect(refusal({ smallestEigenvalue: "36028797018963967" })).to.include("matrix may have 56 bits");
    expect(refusal({ fractionBits: 52, solutionBits: -51 })).to.include("declared too small");
    expect(refusal({ smallestEigenvalue: "0.1" })).to.include("InvalidSystem");
  });

  it("reads its own encoding, and is listed and disclosed", () => {
    const program = mean();
    expect(decodeProgram(encodeProgram(program))).to.deep.equal(program);
    expect(printProgram(program)).to.include(
      "%4 = solve (%1) x = (%3) to 20 bits, |x| below 2^4, residual at most 512 words, eigenvalues at least 2 words : secret solution of 1 unknowns\n%5 = unknown 0 of %4 : ",
    );
    const statement = disclosureStatement(program);
    expect(statement).to.include(
      "It solves 1 linear system in secret. Whether that succeeded to the declared accuracy is",
    );
    expect(statement).to.include("opened: certified. Where it did not");
    expect(statement).to.include("- mean, computed over all rows from one, y\n");
  });
});
