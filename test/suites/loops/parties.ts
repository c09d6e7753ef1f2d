/** Loops that do one party's part of a product, and those between the two rings. */
import type { Loops } from "@sharebridge/mpc-nodes/kernels/load.ts";
import { expect } from "chai";
import { type Columns, callOf, LENGTHS, type Width } from "./columns.ts";

/** Index pairs of the three shares that a party holds, in the order of the cross terms. */
const PAIRS = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const;

export function partiesLoops(loops: Loops, columns: Columns): void {
  const { column, read, values, zeros } = columns;
  const each = (check: (length: number) => void): void => {
    for (const length of LENGTHS) {
      columns.clear();
      check(length);
    }
  };
  /** Several columns: their numbers and their pointers. */
  const some = (count: number, length: number, width: Width, salt: number): [bigint[][], number[]] => {
    const numbers = Array.from({ length: count }, (_, k) => values(length, width, salt + k));
    return [numbers, numbers.map((rows) => column(rows, width))];
  };

  it("multiplyPairs64, in place and out of place", () => {
    each((length) => {
      const [[a, b, c, d], pointers] = some(4, length, 64, 1) as [bigint[][], number[]];
      const expected = a!.map((value, i) => BigInt.asUintN(64, value * b![i]! + c![i]! * d![i]!));
      const out = column(a!, 64);
      callOf(loops, "multiplyPairs64")(out, ...pointers, length);
      expect(read(out, length, 64)).to.deep.equal(expected);
      callOf(loops, "multiplyPairs64")(pointers[3], ...pointers, length);
      expect(read(pointers[3]!, length, 64)).to.deep.equal(expected);
      expect(read(pointers[0]!, length, 64)).to.deep.equal(a);
    });
  });

  it("narrow128 and widen128", () => {
    each((length) => {
      const [a, b] = [values(length, 128, 2), values(length, 64, 3)];
      const [pa, pb, narrow, wide] = [column(a, 128), column(b, 64), zeros(length), zeros(2 * length)];
      loops.narrow128(narrow, pa, length);
      expect(read(narrow, length, 64)).to.deep.equal(a.map((value) => BigInt.asUintN(64, value)));
      loops.widen128(wide, pb, 0, length);
      expect(read(wide, length, 128)).to.deep.equal(b);
      loops.widen128(wide, pb, 1, length);
      const signed = b.map((value) => BigInt.asUintN(128, BigInt.asIntN(64, value)));
      expect(read(wide, length, 128)).to.deep.equal(signed);
      // Elements move towards the beginning, so a column may be narrowed where it lies.
      loops.narrow128(pa, pa, length);
      expect(read(pa, 2 * length, 64).slice(0, length)).to.deep.equal(a.map((value) => BigInt.asUintN(64, value)));
    });
  });

  for (const width of [64, 128] as const) {
    const u = (value: bigint): bigint => BigInt.asUintN(width, value);
    const sum = (rows: readonly bigint[]): bigint => rows.reduce((total, value) => total + value, 0n);

    it(`dotThree${width}: six sums that grow`, () => {
      each((length) => {
        const [x, px] = some(3, length, width, 1);
        const [y, py] = some(3, length, width, 4);
        const before = [3n, 0n, 5n, u(-1n), 7n, u(-2n)];
        const totals = column(before, width);
        callOf(loops, `dotThree${width}`)(totals, ...px, ...py, length);
        const own = [0, 1, 2].map((k) => sum(x[k]!.map((value, i) => value * y[k]![i]!)));
        const cross = PAIRS.map(([j, k]) => sum(x[j]!.map((value, i) => value * y[k]![i]! + x[k]![i]! * y[j]![i]!)));
        expect(read(totals, 6, width)).to.deep.equal([...own, ...cross].map((value, k) => u(before[k]! + value)));
      });
    });

    it(`sharings of ${width} bits where the message lies on the value`, () => {
      each((length) => {
        const [[x, y, r, s, t], [px, py, pr, ps, pt]] = some(5, length, width, 2) as [bigint[][], number[]];
        callOf(loops, `shareProduct${width}`)(px, ps, pt, px, py, pr, length);
        const sent = x!.map((value, i) => u(value * y![i]! - r![i]!));
        expect(read(px!, length, width)).to.deep.equal(sent);
        expect(read(ps!, length, width)).to.deep.equal(s!.map((value, i) => u(value + r![i]!)));
        expect(read(pt!, length, width)).to.deep.equal(t!.map((value, i) => u(value + sent[i]!)));
        callOf(loops, `share${width}`)(py, ps, pt, py, pr, length);
        const again = y!.map((value, i) => u(value - r![i]!));
        expect(read(py!, length, width)).to.deep.equal(again);
        expect(read(ps!, length, width)).to.deep.equal(s!.map((value, i) => u(value + 2n * r![i]!)));
        expect(read(pt!, length, width)).to.deep.equal(t!.map((value, i) => u(value + sent[i]! + again[i]!)));
        expect(read(pr!, length, width)).to.deep.equal(r);
      });
    });
  }

  it("multiplyThree64: own products, masks and messages, for every choice of who takes which", () => {
    for (const length of [0, 1, 2, 65]) {
      for (let turns = 0; turns < 8; turns++) {
        columns.clear();
        const [x, px] = some(3, length, 64, 1);
        const [y, py] = some(3, length, 64, 4);
        const [r, pr] = some(3, length, 64, 7);
        const [pz, pm] = [some(3, length, 64, 2)[1], [zeros(length), zeros(length), zeros(length)]];
        loops.multiplyThree64(...pz, ...px, ...py, ...pr, ...pm, turns, length);
        const message = PAIRS.map(([i, j], k) =>
          r[k]!.map((mask, row) => x[i]![row]! * y[j]![row]! + x[j]![row]! * y[i]![row]! - mask),
        );
        for (const k of [0, 1, 2]) {
          expect(read(pm[k]!, length, 64), `message ${k}`).to.deep.equal(message[k]!.map((m) => BigInt.asUintN(64, m)));
          const expected = x[k]!.map((value, row) => {
            let total = value * y[k]![row]!;
            for (const [pair, [i, j]] of PAIRS.entries()) {
              const firstSends = (turns & (1 << pair)) !== 0;
              if (i === k) total += firstSends ? message[pair]![row]! : r[pair]![row]!;
              if (j === k) total += firstSends ? r[pair]![row]! : message[pair]![row]!;
            }
            return BigInt.asUintN(64, total);
          });
          expect(read(pz[k]!, length, 64), `turns ${turns}, share ${k}`).to.deep.equal(expected);
        }
      }
    }
  });
}
