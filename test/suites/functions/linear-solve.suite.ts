import { expect } from "chai";
import { linearSolve, solutionError } from "../../../mpc-nodes/protocol/functions/linear-solve.ts";
import type { MpcRunner } from "../mpc-runner.ts";
import { signed, uniform } from "./numeric-support.ts";

const FRACTION = 16;
const RESULT = 24;

/** ZᵀZ + ridge·1 with columns of very different size, and A·x for a known x, both in words. */
function system(size: number, ridge: number) {
  const random = uniform(size);
  const Z = Array.from({ length: size + 3 }, () =>
    Array.from({ length: size }, (_, j) => (random() * 2 - 1) * 10 ** (j % 3)),
  );
  const matrix: bigint[] = [];
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) {
      const gram = Z.reduce((total, row) => total + row[i]! * row[j]!, i === j ? ridge : 0);
      matrix.push(BigInt(Math.round(gram * 2 ** FRACTION)));
    }
  // Multiples of 2^−8, so that A·x·2^8 is whole; the right-hand side is rounded by less than one word.
  const unknowns = Array.from({ length: size }, () => BigInt(Math.floor(random() * 2048) - 1024));
  const right = unknowns.map((_, i) => unknowns.reduce((total, x, j) => total + matrix[i * size + j]! * x, 0n) / 256n);
  return { matrix, right, unknowns };
}

function solve(
  runner: MpcRunner,
  size: number,
  matrix: readonly bigint[],
  right: readonly bigint[],
  tolerance: bigint,
) {
  return runner.run(
    [
      { words: matrix, word: 64 },
      { words: right, word: 64 },
    ],
    async (mpc, [a, b]) => {
      const answer = await linearSolve(mpc, {
        matrix: a!,
        right: b!,
        size,
        fractionBits: FRACTION,
        resultBits: RESULT,
        solutionBits: 3,
        tolerance,
      });
      return [answer.solution, answer.residual, answer.notCertified];
    },
  );
}

export function linearSolveSuite(runner: MpcRunner): void {
  describe(`linear solve: ${runner.name}`, () => {
    for (const size of [1, 2, 5, 16]) {
      it(`finds ${size} unknowns, measures its residual and certifies it`, async () => {
        const { matrix, right, unknowns } = system(size, 0.5);
        const [solution, residual, notCertified] = await solve(runner, size, matrix, right, 512n);
        const words = signed(solution!);
        // The residual of the words that came out, in exact integers.
        const left = right.map(
          (b, i) => words.reduce((total, x, j) => total + matrix[i * size + j]! * x, 0n) - (b << BigInt(RESULT)),
        );
        const largest = Math.max(...left.map((r) => Math.abs(Number(r)))) / 2 ** RESULT;
        expect(Math.abs(Number(residual![0]!) - largest)).to.be.at.most(1);
        expect(notCertified![0]!).to.equal(largest < 512 ? 0n : 1n);
        expect(largest < 512).to.equal(true);
        const bound = solutionError({ residual: (largest + 1) / 2 ** FRACTION, size, smallestEigenvalue: 0.5 });
        for (const [i, x] of words.entries())
          expect(Math.abs(Number(x) / 2 ** RESULT - Number(unknowns[i]!) / 256)).to.be.at.most(bound);
      });
    }

    it("flags singular, indefinite and zero matrices, and what is beyond the tolerance, without failing", async () => {
      const two = BigInt(2 << FRACTION);
      for (const matrix of [
        [two, two, two, two],
        [0n, 0n, 0n, 0n],
        [two, 2n * two, 2n * two, two],
        [-two, 0n, 0n, two],
      ]) {
        const [, , notCertified] = await solve(runner, 2, matrix, [two, two], 1000n);
        expect(notCertified![0]!, matrix.join()).to.equal(1n);
      }
      // A dependent column is left out: 2·x = 2 is solved by (1, 0).
      const [solution] = await solve(runner, 2, [two, two, two, two], [two, two], 0n);
      expect(Math.abs(Number(signed(solution!)[0]!) - 2 ** RESULT)).to.be.at.most(2);
      expect(solution![1]!).to.equal(0n);
      const [, residual, notCertified] = await solve(runner, 1, [3n * two], [two + 1n], 0n);
      expect(notCertified![0]!).to.equal(residual![0]! > 0n ? 1n : 0n);
    });
  });
}
