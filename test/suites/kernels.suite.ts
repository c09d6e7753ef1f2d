import type { Kernels } from "@sharebridge/mpc-nodes/kernels/kernels.ts";
import { expect } from "chai";
import fc from "fast-check";
import { seed } from "../support/seed.ts";

type A = BigUint64Array;

const MODULUS = 1n << 64n;
const mod = (value: bigint): bigint => BigInt.asUintN(64, value);
const EDGES = [
  0n,
  1n,
  2n,
  MODULUS - 1n,
  MODULUS / 2n,
  MODULUS / 2n - 1n,
  1n << 32n,
  (1n << 32n) - 1n,
  0x0123_4567_89ab_cdefn,
];

const word = fc.oneof(fc.constantFrom(...EDGES), fc.bigInt({ min: 0n, max: MODULUS - 1n }));
/** Lengths on both sides of the lane counts of vector units, and odd ones. */
const rows = (width: number) =>
  fc.oneof(
    fc.array(fc.array(word, { minLength: width, maxLength: width }), { maxLength: 9 }),
    fc.array(fc.array(word, { minLength: width, maxLength: width }), { minLength: 60, maxLength: 70 }),
  );
const column = (table: readonly (readonly bigint[])[], index: number): BigUint64Array =>
  BigUint64Array.from(table, (row) => row[index]!);

/** What every implementation of the kernels must do. */
export function kernelsSuite(name: string, kernels: Kernels): void {
  describe(`kernels: ${name}`, () => {
    const binary = {
      add: (a: bigint, b: bigint) => a + b,
      subtract: (a: bigint, b: bigint) => a - b,
      multiply: (a: bigint, b: bigint) => a * b,
    } as const;
    for (const [operation, plain] of Object.entries(binary) as [
      keyof typeof binary,
      (a: bigint, b: bigint) => bigint,
    ][]) {
      it(`${operation} agrees with integers modulo 2^64, in place and out of place`, () => {
        const check = (table: readonly (readonly bigint[])[]): void => {
          const [a, b] = [column(table, 0), column(table, 1)];
          const expected = BigUint64Array.from(table, ([x, y]) => mod(plain(x!, y!)));
          const out = new BigUint64Array(table.length).fill(99n);
          kernels[operation](out, a, b);
          expect(out).to.deep.equal(expected);
          expect([a, b], "operands are untouched").to.deep.equal([column(table, 0), column(table, 1)]);
          const left = a.slice();
          kernels[operation](left, left, b);
          expect(left).to.deep.equal(expected);
          const right = b.slice();
          kernels[operation](right, a, right);
          expect(right).to.deep.equal(expected);
        };
        check(EDGES.flatMap((x) => EDGES.map((y) => [x, y])));
        fc.assert(fc.property(rows(2), check), { seed });
      });
    }

    it("multiplyPairs adds two products, in place and out of place", () => {
      fc.assert(
        fc.property(rows(4), (table) => {
          const operands = [0, 1, 2, 3].map((index) => column(table, index)) as [A, A, A, A];
          const expected = BigUint64Array.from(table, ([x, y, z, w]) => mod(x! * y! + z! * w!));
          const out = new BigUint64Array(table.length);
          kernels.multiplyPairs(out, ...operands);
          expect(out).to.deep.equal(expected);
          for (const operand of operands) {
            const before = operand.slice();
            kernels.multiplyPairs(operand, ...operands);
            expect(operand).to.deep.equal(expected);
            operand.set(before);
          }
        }),
        { seed },
      );
    });

    it("addWord and multiplyWord take any integer as a word", () => {
      const any = fc.oneof(word, fc.bigInt({ min: -MODULUS, max: 2n * MODULUS }));
      fc.assert(
        fc.property(rows(1), any, (table, operand) => {
          const a = column(table, 0);
          const out = new BigUint64Array(a.length);
          kernels.addWord(out, a, operand);
          expect(out).to.deep.equal(a.map((x) => mod(x + operand)));
          kernels.multiplyWord(out, a, operand);
          expect(out).to.deep.equal(a.map((x) => mod(x * operand)));
        }),
        { seed },
      );
    });

    it("shiftRight shifts zeros in, by 0 to 63", () => {
      const a = BigUint64Array.from(EDGES);
      for (let bits = 0; bits < 64; bits++) {
        const out = new BigUint64Array(a.length);
        kernels.shiftRight(out, a, bits);
        expect(out, `${bits} bits`).to.deep.equal(a.map((x) => x >> BigInt(bits)));
      }
      for (const bits of [-1, 64, 0.5, Number.NaN]) expect(() => kernels.shiftRight(a, a, bits)).to.throw(RangeError);
    });

    it("accumulateSum and accumulateDot run over all rows and add to what is there", () => {
      fc.assert(
        fc.property(rows(2), word, (table, start) => {
          const total = BigUint64Array.of(start);
          kernels.accumulateSum(total, column(table, 0));
          expect(total[0]).to.equal(mod(table.reduce((sum, [x]) => sum + x!, start)));
          total[0] = start;
          kernels.accumulateDot(total, column(table, 0), column(table, 1));
          expect(total[0]).to.equal(mod(table.reduce((sum, [x, y]) => sum + x! * y!, start)));
        }),
        { seed },
      );
    });

    it("work on vectors longer than a chunk", () => {
      for (const length of [4095, 4096, 4097, 8193]) {
        const a = BigUint64Array.from({ length }, (_, i) => mod(0x9e37_79b9_7f4a_7c15n * BigInt(i)));
        const b = a.map((x) => mod(~x * 3n));
        const out = new BigUint64Array(length);
        kernels.add(out, a, b);
        expect(out, "add").to.deep.equal(a.map((x, i) => x + b[i]!));
        kernels.multiplyPairs(out, a, b, b, b);
        expect(out, "multiplyPairs").to.deep.equal(a.map((x, i) => mod(x * b[i]! + b[i]! * b[i]!)));
        const total = BigUint64Array.of(7n);
        kernels.accumulateDot(total, a, b);
        expect(total[0], "accumulateDot").to.equal(mod(a.reduce((sum, x, i) => sum + x * b[i]!, 7n)));
      }
    });

    it("work on views into larger memory", () => {
      const memory = BigUint64Array.of(1n, 2n, 3n, 4n, 5n);
      kernels.add(memory.subarray(1, 3), memory.subarray(1, 3), memory.subarray(3, 5));
      expect(memory).to.deep.equal(BigUint64Array.of(1n, 6n, 8n, 4n, 5n));
    });

    it("refuse vectors of different lengths", () => {
      const [two, three] = [new BigUint64Array(2), new BigUint64Array(3)];
      for (const operation of ["add", "subtract", "multiply"] as const) {
        expect(() => kernels[operation](two, two, three), operation).to.throw(RangeError, "2 and 3");
        expect(() => kernels[operation](three, two, two), operation).to.throw(RangeError);
      }
      expect(() => kernels.addWord(two, three, 1n)).to.throw(RangeError);
      expect(() => kernels.multiplyWord(two, three, 1n)).to.throw(RangeError);
      expect(() => kernels.shiftRight(two, three, 1)).to.throw(RangeError);
      expect(() => kernels.multiplyPairs(two, two, two, two, three)).to.throw(RangeError, "2 and 3");
      expect(() => kernels.accumulateDot(two.subarray(1), two, three)).to.throw(RangeError);
      for (const total of [new BigUint64Array(), two]) {
        expect(() => kernels.accumulateSum(total, three)).to.throw(RangeError, "one word");
        expect(() => kernels.accumulateDot(total, three, three)).to.throw(RangeError, "one word");
      }
    });
  });
}
