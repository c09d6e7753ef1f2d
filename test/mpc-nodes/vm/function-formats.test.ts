/** What the analysis lets a program ask of the engine's functions is what the engine takes: both read `function-errors.ts`. */
import { type FunctionName, hasFormat, SOLVE_LIMITS } from "@sharebridge/algorithms/language/function-errors.ts";
import { ClearMpc } from "@sharebridge/mpc-nodes/protocol/clear/clear-mpc.ts";
import { ProtocolError } from "@sharebridge/mpc-nodes/protocol/errors.ts";
import { divide } from "@sharebridge/mpc-nodes/protocol/functions/divide.ts";
import { exponential } from "@sharebridge/mpc-nodes/protocol/functions/exponential.ts";
import { linearSolve } from "@sharebridge/mpc-nodes/protocol/functions/linear-solve.ts";
import { logarithm } from "@sharebridge/mpc-nodes/protocol/functions/logarithm.ts";
import { sigmoid } from "@sharebridge/mpc-nodes/protocol/functions/sigmoid.ts";
import { squareRoot } from "@sharebridge/mpc-nodes/protocol/functions/square-root.ts";
import type { Mpc, Vector } from "@sharebridge/mpc-nodes/protocol/mpc.ts";
import { expect } from "chai";
import { seed } from "../../support/seed.ts";
import { seededRandom } from "../support/seeded-random.ts";

type Format = { readonly fractionBits: number; readonly resultBits: number };

const functions: Record<FunctionName, (mpc: Mpc, x: Vector, format: Format) => Promise<Vector>> = {
  divide: (mpc, x, format) => divide(mpc, x, x, format),
  squareRoot,
  exponential,
  logarithm,
  sigmoid,
};

const clear = () => new ClearMpc({ random: seededRandom(seed, "formats") });

async function takes(run: () => Promise<unknown>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (error) {
    if (error instanceof ProtocolError && error.code === "InvalidShift") return false;
    throw error;
  }
}

describe("formats of functions", () => {
  for (const [name, run] of Object.entries(functions) as [FunctionName, (typeof functions)["divide"]][]) {
    it(`${name}: those of the analysis`, async () => {
      const mpc = clear();
      const zero = mpc.constant(0n, 1, 64);
      const counted = { taken: 0, refused: 0 };
      for (const fractionBits of [0, 1, 7, 8, 23, 24, 25, 55, 56, 57, 60, 61, 62]) {
        for (const resultBits of [0, 1, 8, 24, 30, 42, 56, 57, 59, 60, 61, 62]) {
          const format = { fractionBits, resultBits };
          // A sigmoid has the bits of its operand.
          if (name === "sigmoid" && fractionBits !== resultBits) continue;
          const expected = hasFormat(name, format);
          expect(await takes(() => run(mpc, zero, format)), JSON.stringify(format)).to.equal(expected);
          counted[expected ? "taken" : "refused"] += 1;
        }
      }
      expect(Math.min(counted.taken, counted.refused)).to.be.above(0);
    });
  }

  it("systems: up to their limits", async () => {
    const mpc = clear();
    const solves = (matrixBits: number, resultBits: number, solutionBits: number, tolerance: bigint) =>
      takes(() =>
        linearSolve(mpc, {
          ...{ matrix: mpc.constant(1n, 1, 64), right: mpc.constant(1n, 1, 64), size: 1, fractionBits: 0 },
          ...{ matrixBits, resultBits, solutionBits, tolerance },
        }),
      );
    const { matrixBits, resultBits, solutionBits, toleranceBits } = SOLVE_LIMITS;
    const largest = (1n << BigInt(toleranceBits)) - 1n;
    expect(await solves(matrixBits, resultBits, solutionBits - resultBits, largest)).to.equal(true);
    // 27 bits of scaling, and 64.
    expect(await solves(1, 0, 27 - 64, 0n)).to.equal(true);
    expect(await solves(1, resultBits, 27 - 64, 0n)).to.equal(true);
    expect(await solves(1, 0, 27 - 65, 0n)).to.equal(false);
    expect(await solves(matrixBits, 0, solutionBits, 0n)).to.equal(true);
    expect(await solves(matrixBits + 1, 0, 0, 0n)).to.equal(false);
    expect(await solves(1, resultBits + 1, 0, 0n)).to.equal(false);
    expect(await solves(1, resultBits, solutionBits - resultBits + 1, 0n)).to.equal(false);
    expect(await solves(1, 0, 0, largest + 1n)).to.equal(false);
  });
});
