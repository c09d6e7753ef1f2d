/** Loops over GF(2^64): known products, the laws of a field, and cross products. */
import type { Loops } from "@sharebridge/mpc-nodes/kernels/load.ts";
import { expect } from "chai";
import { type Columns, LENGTHS } from "./columns.ts";

/** t^64 */
const REST = 0b11011n;
const ALL = (1n << 64n) - 1n;

/** The product by the definition: all of it, then the modulus taken off from the highest coefficient down. */
function product(x: bigint, y: bigint): bigint {
  let all = 0n;
  for (let i = 0n; i < 64n; i++) if ((y >> i) & 1n) all ^= x << i;
  for (let i = 126n; i >= 64n; i--) if ((all >> i) & 1n) all ^= ((1n << 64n) | REST) << (i - 64n);
  return all;
}

export function fieldLoops(loops: Loops, columns: Columns): void {
  const { column, read, values, zeros } = columns;
  const multiply = (a: readonly bigint[], b: readonly bigint[]): bigint[] => {
    const [pa, pb, out] = [column(a, 64), column(b, 64), zeros(a.length)];
    loops.multiplyField(out, pa, pb, a.length);
    return read(out, a.length, 64);
  };

  it("multiplyField: known products", () => {
    const known: [bigint, bigint, bigint][] = [
      [1n << 63n, 2n, REST],
      [1n << 32n, 1n << 32n, REST],
      // t^126 = t^66 + t^65 + t^63 + t^62, of which two are reduced once more.
      [1n << 63n, 1n << 63n, (REST << 2n) ^ (REST << 1n) ^ (3n << 62n)],
      [ALL, 1n, ALL],
      [ALL, 2n, (ALL - 1n) ^ REST],
      [0n, ALL, 0n],
    ];
    expect(
      multiply(
        known.map(([x]) => x),
        known.map(([, y]) => y),
      ),
    ).to.deep.equal(known.map(([, , z]) => z));
  });

  it("multiplyField: each power of t by each, and words of ones, in place and out of place", () => {
    const powers = Array.from({ length: 64 }, (_, i) => 1n << BigInt(i));
    // All ones and every other one, from each bit on: as many terms in each coefficient as there can be.
    const full = powers.flatMap((power) => [ALL ^ (power - 1n), power - 1n, (ALL / 3n) ^ power, (ALL / 15n) ^ power]);
    for (const factor of [...powers, ALL, ALL / 3n, ALL / 15n, 8n * (ALL / 15n)]) {
      columns.clear();
      const a = [...powers, ...full];
      const b = a.map(() => factor);
      const expected = a.map((x) => product(x, factor));
      expect(multiply(a, b)).to.deep.equal(expected);
      const [pa, pb] = [column(a, 64), column(b, 64)];
      loops.multiplyField(pa, pa, pb, a.length);
      loops.multiplyField(pb, column(a, 64), pb, a.length);
      expect(read(pa, a.length, 64)).to.deep.equal(expected);
      expect(read(pb, a.length, 64)).to.deep.equal(expected);
    }
  });

  it("multiplyField: commutative, associative, distributive, of edges and drawn words", () => {
    for (const length of LENGTHS) {
      columns.clear();
      const [a, b, c] = [1, 2, 3].map((salt) => values(length, 64, salt)) as [bigint[], bigint[], bigint[]];
      const ab = multiply(a, b);
      expect(ab).to.deep.equal(a.map((x, i) => product(x, b[i]!)));
      expect(multiply(b, a)).to.deep.equal(ab);
      expect(multiply(ab, c)).to.deep.equal(multiply(a, multiply(b, c)));
      const sum = b.map((x, i) => x ^ c[i]!);
      const ac = multiply(a, c);
      expect(multiply(a, sum)).to.deep.equal(ab.map((x, i) => x ^ ac[i]!));
    }
  });

  it("multiplyField: a to the power 2^64 − 2 is its inverse, and to the power 2^64 it is a", () => {
    const a = [1n, 2n, REST, ALL, 1n << 63n, ...columns.drawn(60)];
    let square = a;
    let inverse = a.map(() => 1n);
    for (let i = 1; i < 64; i++) {
      columns.clear();
      square = multiply(square, square);
      inverse = multiply(inverse, square);
    }
    expect(multiply(a, inverse)).to.deep.equal(a.map(() => 1n));
    expect(multiply(square, square)).to.deep.equal(a);
  });

  it("crossField: one party's part of a product, and sums of it", () => {
    for (const length of LENGTHS) {
      columns.clear();
      const [a, b, c, d] = [1, 2, 3, 4].map((salt) => values(length, 64, salt)) as [
        bigint[],
        bigint[],
        bigint[],
        bigint[],
      ];
      const [pa, pb, pc, pd] = [column(a, 64), column(b, 64), column(c, 64), column(d, 64)];
      const out = zeros(length);
      loops.crossField(out, pa, pb, pc, pd, length);
      const terms = a.map((x, i) => product(x, c[i]! ^ d[i]!) ^ product(b[i]!, c[i]!));
      expect(read(out, length, 64)).to.deep.equal(terms);
      const total = column([ALL], 64);
      loops.accumulateCrossField(total, pa, pb, pc, pd, length);
      expect(read(total, 1, 64)).to.deep.equal([terms.reduce((all, term) => all ^ term, ALL)]);
    }
  });

  it("crossField: the parts of three parties are a product", () => {
    const length = 65;
    const [x, y] = [1, 4].map((salt) => [0, 1, 2].map((k) => values(length, 64, salt + k))) as [bigint[][], bigint[][]];
    const [px, py] = [x, y].map((shares) => shares.map((rows) => column(rows, 64))) as [number[], number[]];
    const parts = [0, 1, 2].map((party) => {
      const next = (party + 1) % 3;
      const out = zeros(length);
      loops.crossField(out, px[party]!, px[next]!, py[party]!, py[next]!, length);
      return read(out, length, 64);
    });
    const sum = (rows: readonly bigint[][], i: number): bigint => rows[0]![i]! ^ rows[1]![i]! ^ rows[2]![i]!;
    for (let i = 0; i < length; i++) expect(sum(parts, i)).to.equal(product(sum(x, i), sum(y, i)));
  });
}
