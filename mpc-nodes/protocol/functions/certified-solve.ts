/**
 * A linear system whose solution comes with proof of its accuracy, or not at all (PROTOCOL 15): the residual is within the tolerance,
 * each unknown within its declared size, and A − shift·1 positive definite, so that no eigenvalue of A is below the declared one. Then
 * |x̂ − x| ≤ √n·tolerance / eigenvalue. Where one of these fails, what is given is 0.
 */
import type { Mpc, Vector } from "../mpc.ts";
import { publicMinus } from "./fixed.ts";
import { type LinearSystem, linearSolve, vanishedPivots } from "./linear-solve.ts";
import { isNegative } from "./maximum.ts";

export interface CertifiedSystem extends LinearSystem {
  /** Taken off the diagonal before A is tested, in words. */
  readonly shift: bigint;
}

/** The solution, and one element more: 1 if it is certified, else all are 0. Rounds: those of `linearSolve`, and two. */
export function certifiedSolve(mpc: Mpc, system: CertifiedSystem): Promise<Vector> {
  const { matrix, size, shift } = system;
  return mpc.scope(async (s) => {
    const [solved, indefinite] = (await s.parallel<Vector[]>([
      async (task) => {
        const { solution, notCertified } = await linearSolve(task, system);
        return [solution, notCertified];
      },
      async (task) => {
        const shifts = BigUint64Array.from({ length: size * size }, (_, k) =>
          k % (size + 1) === 0 ? BigInt.asUintN(64, -shift) : 0n,
        );
        const shifted = task.add(matrix, task.constants(shifts, 64));
        const count = await vanishedPivots(task, { ...system, matrix: shifted });
        return [task.narrow(await isNegative(task, task.negate(count)))];
      },
    ])) as [[Vector, Vector], [Vector]];
    const [solution, notCertified] = solved;
    const certified = await s.multiply(publicMinus(s, 1n, notCertified), publicMinus(s, 1n, indefinite[0]));
    const one = s.constant(1n, 1, 64);
    return s.multiply(s.concatenate([solution, one]), s.broadcast(certified, size + 1));
  });
}
