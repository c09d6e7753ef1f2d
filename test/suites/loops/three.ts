/** Loops over the shares of three parties: elements between rings, every pair of edges in Z_2^192, and cross products. */
import type { Loops } from "@sharebridge/mpc-nodes/kernels/load.ts";
import { ringsOf } from "@sharebridge/mpc-nodes/kernels/rings.ts";
import { expect } from "chai";
import { type Columns, callOf, LENGTHS, type Width } from "./columns.ts";

/** Numbers at which a word or two carry or borrow. */
const LIMBS = [
  0n,
  1n,
  (1n << 64n) - 1n,
  1n << 64n,
  (1n << 128n) - 1n,
  1n << 128n,
  1n << 191n,
  (1n << 192n) - (1n << 64n),
];
const CORNERS = [...LIMBS, ...LIMBS.map((value) => BigInt.asUintN(192, -value - 1n))];

export function threeLoops(loops: Loops, columns: Columns): void {
  const { column, read, values, zeros } = columns;

  it("Z_2^192: every pair of numbers at which words carry", () => {
    const a = CORNERS.flatMap((value) => CORNERS.map(() => value));
    const b = CORNERS.flatMap(() => CORNERS);
    const [pa, pb, out] = [column(a, 192), column(b, 192), column(b, 192)];
    const operations: [string, (x: bigint, y: bigint) => bigint][] = [
      ["add192", (x, y) => x + y],
      ["subtract192", (x, y) => x - y],
      ["multiply192", (x, y) => x * y],
    ];
    for (const [name, plain] of operations) {
      callOf(loops, name)(out, pa, pb, a.length);
      expect(read(out, a.length, 192), name).to.deep.equal(a.map((x, i) => BigInt.asUintN(192, plain(x, b[i]!))));
    }
  });

  it("public numbers of any sign and size, in every ring", () => {
    const rings = ringsOf(loops);
    for (const width of [64, 128, 192] as const) {
      columns.clear();
      const a = values(7, width, 2);
      const [pa, out] = [column(a, width), column(a, width)];
      const ring = rings[width];
      expect([ring.bits, ring.elementBytes]).to.deep.equal([width, width / 8]);
      for (const value of [0n, -1n, 5n, -(1n << 64n), -(1n << 130n) + 3n, (1n << 200n) - 7n, 1n << 128n]) {
        ring.addWord(out, pa, value, a.length);
        expect(read(out, a.length, width)).to.deep.equal(a.map((x) => BigInt.asUintN(width, x + value)));
        ring.multiplyWord(out, pa, value, a.length);
        expect(read(out, a.length, width)).to.deep.equal(a.map((x) => BigInt.asUintN(width, x * value)));
      }
    }
  });

  it("resize: between all widths, with and without the sign, and shorter where it lies", () => {
    const widths: Width[] = [64, 128, 192];
    for (const length of LENGTHS) {
      for (const from of widths) {
        for (const to of widths) {
          columns.clear();
          const a = values(length, from, 3);
          const [pa, out] = [column(a, from), column(values(length, to, 4), to)];
          const unsigned = a.map((value) => BigInt.asUintN(to, value));
          loops.resize(out, to / 64, pa, from / 64, 0, length);
          expect(read(out, length, to), `${from} to ${to}`).to.deep.equal(unsigned);
          loops.resize(out, to / 64, pa, from / 64, 1, length);
          const signed = a.map((value) => BigInt.asUintN(to, BigInt.asIntN(from, value)));
          expect(read(out, length, to), `${from} to ${to}, signed`).to.deep.equal(signed);
          expect(read(pa, length, from)).to.deep.equal(a);
          if (to > from) continue;
          loops.resize(pa, to / 64, pa, from / 64, 1, length);
          read(pa, length, from);
          expect([...columns.words.subarray(pa / 8, pa / 8 + (length * to) / 64)]).to.deep.equal([
            ...columns.words.subarray(out / 8, out / 8 + (length * to) / 64),
          ]);
        }
      }
    }
  });

  const kinds: [string, Width, (a: bigint, b: bigint, c: bigint, d: bigint) => bigint][] = [
    ["128", 128, (a, b, c, d) => a * (c + d) + b * c],
    ["192", 192, (a, b, c, d) => a * (c + d) + b * c],
    ["Bits", 64, (a, b, c, d) => (a & (c ^ d)) ^ (b & c)],
  ];
  for (const [suffix, width, plain] of kinds) {
    it(`cross${suffix}: one party's part of a product, and sums of it`, () => {
      for (const length of LENGTHS) {
        for (const salt of [1, 5]) {
          columns.clear();
          const [a, b, c, d] = [0, 1, 2, 3].map((k) => values(length, width, salt + k)) as [
            bigint[],
            bigint[],
            bigint[],
            bigint[],
          ];
          const operands = [a, b, c, d].map((rows) => column(rows, width));
          const out = zeros((length * width) / 64);
          callOf(loops, `cross${suffix}`)(out, ...operands, length);
          const terms = a.map((x, i) => plain(x, b[i]!, c[i]!, d[i]!));
          expect(read(out, length, width)).to.deep.equal(terms.map((term) => BigInt.asUintN(width, term)));
          for (const [k, rows] of [a, b, c, d].entries())
            expect(read(operands[k]!, length, width), "operands are left alone").to.deep.equal(rows);
          if (suffix === "Bits") continue;
          const before = BigInt.asUintN(width, -3n);
          const total = column([before], width);
          callOf(loops, `accumulateCross${suffix}`)(total, ...operands, length);
          const sum = terms.reduce((all, term) => all + term, before);
          expect(read(total, 1, width)).to.deep.equal([BigInt.asUintN(width, sum)]);
        }
      }
    });

    it(`cross${suffix}: the parts of three parties are a product`, () => {
      const length = 65;
      const [x, y] = [1, 4].map((salt) => [0, 1, 2].map((k) => values(length, width, salt + k))) as [
        bigint[][],
        bigint[][],
      ];
      const [px, py] = [x, y].map((shares) => shares.map((rows) => column(rows, width))) as [number[], number[]];
      const bits = suffix === "Bits";
      const sum = (parts: readonly bigint[]): bigint =>
        parts.reduce((all, part) => (bits ? all ^ part : BigInt.asUintN(width, all + part)), 0n);
      const parts = [0, 1, 2].map((party) => {
        const next = (party + 1) % 3;
        const out = zeros((length * width) / 64);
        callOf(loops, `cross${suffix}`)(out, px[party], px[next], py[party], py[next], length);
        return read(out, length, width);
      });
      for (let i = 0; i < length; i++) {
        const [u, v] = [x, y].map((shares) => sum(shares.map((rows) => rows[i]!))) as [bigint, bigint];
        expect(sum(parts.map((rows) => rows[i]!))).to.equal(bits ? u & v : BigInt.asUintN(width, u * v));
      }
    });
  }
}
