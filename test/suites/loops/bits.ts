/** Loops over packed bits, single bits, and planes. */
import type { Loops } from "@sharebridge/mpc-nodes/kernels/load.ts";
import { expect } from "chai";
import { type Columns, GUARD, LENGTHS } from "./columns.ts";

const ROWS = [0, 1, 2, 31, 63, 64, 65, 127, 128, 129, 200];
const FIRST = [0, 1, 5, 63, 64, 65, 100, 130];

const wordsOf = (rows: number): number => Math.ceil(rows / 64);

export function bitsLoops(loops: Loops, columns: Columns): void {
  const { column, read, values, zeros } = columns;
  /** A column of packed bits as one number. */
  const packed = (words: readonly bigint[]): bigint =>
    words.reduce((all, word, i) => all | (word << BigInt(64 * i)), 0n);
  const unpacked = (bits: bigint, words: number): bigint[] =>
    Array.from({ length: words }, (_, i) => BigInt.asUintN(64, bits >> BigInt(64 * i)));

  it("joint sharings of bits", () => {
    for (const length of LENGTHS) {
      columns.clear();
      const numbers = [1, 2, 3, 4, 5, 6, 7].map((salt) => values(length, 64, salt));
      const [x, y, z, w, r, s, t] = numbers as [bigint[], bigint[], bigint[], bigint[], bigint[], bigint[], bigint[]];
      const [px, py, pz, pw, pr] = numbers.map((rows) => column(rows, 64)) as [number, number, number, number, number];
      const message = zeros(length);
      const check = (value: (i: number) => bigint, run: (receiver: number, other: number) => void): void => {
        const [receiver, other] = [column(s, 64), column(t, 64)];
        run(receiver, other);
        const sent = r.map((mask, i) => value(i) ^ mask);
        expect(read(message, length, 64)).to.deep.equal(sent);
        expect(read(receiver, length, 64)).to.deep.equal(s.map((word, i) => word ^ r[i]!));
        expect(read(other, length, 64)).to.deep.equal(t.map((word, i) => word ^ sent[i]!));
      };
      check(
        (i) => x[i]!,
        (receiver, other) => loops.shareBits(message, receiver, other, px, pr, length),
      );
      check(
        (i) => (x[i]! & w[i]!) ^ (y[i]! & z[i]!),
        (receiver, other) => loops.shareCrossBits(message, receiver, other, px, py, pz, pw, pr, length),
      );
      check(
        (i) => x[i]! & y[i]!,
        (receiver, other) => loops.shareProductBits(message, receiver, other, px, py, pr, length),
      );
    }
  });

  it("xor, and, not where the operands lie", () => {
    for (const length of LENGTHS) {
      columns.clear();
      const [a, b] = [values(length, 64, 1), values(length, 64, 2)];
      const [pa, pb] = [column(a, 64), column(b, 64)];
      loops.xor(pa, pa, pb, length);
      expect(read(pa, length, 64)).to.deep.equal(a.map((word, i) => word ^ b[i]!));
      loops.and(pa, pb, pa, length);
      expect(read(pa, length, 64)).to.deep.equal(a.map((word, i) => (word ^ b[i]!) & b[i]!));
      loops.not(pb, pb, length);
      expect(read(pb, length, 64)).to.deep.equal(b.map((word) => BigInt.asUintN(64, ~word)));
    }
  });

  it("expandBits: bits from any on, as words any distance apart", () => {
    const source = values(6, 64, 3);
    for (const first of FIRST) {
      for (const rows of ROWS) {
        columns.clear();
        const bits = column(source, 64);
        const [near, far] = [zeros(rows), zeros(2 * rows)];
        loops.expandBits(near, 8, bits, first, rows);
        loops.expandBits(far, 16, bits, first, rows);
        const expected = Array.from({ length: rows }, (_, i) => (packed(source) >> BigInt(first + i)) & 1n);
        expect(read(near, rows, 64)).to.deep.equal(expected);
        expect(read(far, rows, 128)).to.deep.equal(expected);
      }
    }
  });

  it("copyBits: rows from any bit on, zeros behind the last", () => {
    for (const first of FIRST) {
      for (const rows of ROWS) {
        columns.clear();
        // No more words than hold the rows: behind them stands the guard, whose bits must not come along.
        const source = values(wordsOf(first + rows), 64, 4);
        const [bits, out] = [column(source, 64), zeros(wordsOf(rows))];
        loops.copyBits(out, bits, first, rows);
        const wanted = BigInt.asUintN(rows, packed(source) >> BigInt(first));
        expect(read(out, wordsOf(rows), 64), `${rows} from ${first}`).to.deep.equal(unpacked(wanted, wordsOf(rows)));
      }
    }
  });

  it("mergeBits: rows added at any bit, what stands there already stays", () => {
    for (const first of FIRST) {
      for (const rows of ROWS) {
        columns.clear();
        const added = BigInt.asUintN(rows, packed(values(wordsOf(rows), 64, 5)));
        const total = wordsOf(first + rows);
        const before = BigInt.asUintN(first, packed(values(total, 64, 6)));
        const [out, bits] = [column(unpacked(before, total), 64), column(unpacked(added, wordsOf(rows)), 64)];
        loops.mergeBits(out, bits, first, rows);
        const expected = unpacked(before | (added << BigInt(first)), total);
        expect(read(out, total, 64), `${rows} at ${first}`).to.deep.equal(expected);
      }
    }
  });

  it("toPlanes and fromPlanes: every plane, any number of planes, words any distance apart", () => {
    for (const rows of ROWS) {
      for (const planes of [0, 1, 7, 63, 64]) {
        for (const stride of [8, 16]) {
          columns.clear();
          const a = values(rows, 64, 1);
          const spaced = stride === 8 ? a : a.flatMap((word) => [word, GUARD]);
          const perPlane = wordsOf(rows);
          const [from, out, block] = [column(spaced, 64), zeros(planes * perPlane), zeros(64)];
          loops.toPlanes(out, perPlane * 8, from, stride, rows, planes, block);
          const expected = Array.from({ length: planes }, (_, j) =>
            unpacked(
              a.reduce((bits, word, i) => bits | (((word >> BigInt(j)) & 1n) << BigInt(i)), 0n),
              perPlane,
            ),
          );
          expect(read(out, planes * perPlane, 64), `${planes} planes of ${rows} rows`).to.deep.equal(expected.flat());
          const back = column(
            spaced.map(() => GUARD),
            64,
          );
          loops.fromPlanes(back, stride, out, perPlane * 8, rows, planes, block);
          const low = a.map((word) => BigInt.asUintN(planes, word));
          const restored = read(back, spaced.length, 64);
          expect(restored).to.deep.equal(stride === 8 ? low : low.flatMap((word) => [word, GUARD]));
          expect(read(from, spaced.length, 64), "the words are left alone").to.deep.equal(spaced);
        }
      }
    }
  });
}
