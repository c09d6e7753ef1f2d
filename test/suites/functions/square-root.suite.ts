import { expect } from "chai";
import {
  reciprocalSquareRoot,
  reciprocalSquareRootError,
  squareRoot,
  squareRootError,
} from "../../../mpc-nodes/protocol/functions/square-root.ts";
import type { MpcRunner } from "../mpc-runner.ts";
import { hardWords, signed } from "./numeric-support.ts";

/** Further bits of the reference: doubles would be too coarse for words of 62 bits. */
const GUARD = 40;

/** ⌊√n⌋ by Newton's iteration from above. */
function integerRoot(n: bigint): bigint {
  let x = 1n << BigInt((n.toString(2).length >> 1) + 1);
  for (;;) {
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

export function squareRootSuite(runner: MpcRunner): void {
  describe(`square root: ${runner.name}`, () => {
    for (const [fractionBits, resultBits] of [
      [16, 16],
      [31, 33],
      [0, 25],
    ] as const) {
      const format = { fractionBits, resultBits };
      const unit = 2 ** resultBits;
      const f = BigInt(fractionBits);
      const r = BigInt(2 * (resultBits + GUARD));
      it(`both roots stay within their bounds, ${fractionBits} to ${resultBits} bits, and are 0 for what has none`, async () => {
        const operands = hardWords(3);
        const [roots, reciprocals] = await runner.run([{ words: operands, word: 64 }], async (mpc, [x]) =>
          mpc.parallel([(task) => squareRoot(task, x!, format), (task) => reciprocalSquareRoot(task, x!, format)]),
        );
        const check = (word: bigint, exact: bigint, bound: (magnitude: number) => number) => {
          const off = Math.abs(Number((word << BigInt(GUARD)) - exact)) / 2 ** GUARD;
          expect(off / unit).to.be.at.most(bound(Number(exact) / 2 ** GUARD / unit));
        };
        for (const [row, x] of operands.entries()) {
          const [root, inverse] = [signed(roots!)[row]!, signed(reciprocals!)[row]!];
          if (x <= 0n) {
            expect([root, inverse]).to.deep.equal([0n, 0n]);
            continue;
          }
          check(root, integerRoot((x << r) >> f), (magnitude) => squareRootError(format, magnitude));
          check(inverse, integerRoot((1n << (r + f)) / x), (magnitude) => reciprocalSquareRootError(format, magnitude));
        }
      });
    }
  });
}
