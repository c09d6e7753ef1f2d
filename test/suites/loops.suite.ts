/** What the loops over a memory must do, whoever implements them: odd lengths, edge values, in place, nothing behind the end. */
import { expect } from "chai";
import type { Loops } from "../../mpc-nodes/kernels/load.ts";
import { bitsLoops } from "./loops/bits.ts";
import { type Call, callOf, columnsIn, EDGES, LENGTHS, TOP, wordsOf } from "./loops/columns.ts";
import { fieldLoops } from "./loops/field.ts";
import { partiesLoops } from "./loops/parties.ts";
import { threeLoops } from "./loops/three.ts";

export function loopsSuite(name: string, make: (memory: WebAssembly.Memory) => Loops): void {
  describe(`loops: ${name}`, () => {
    const memory = new WebAssembly.Memory({ initial: 4, maximum: 4 });
    const loops = make(memory);
    const columns = columnsIn(memory, "loops");
    const { column, read, values, words } = columns;
    const call = (loop: string): Call => callOf(loops, loop);

    beforeEach(() => columns.clear());

    for (const width of [64, 128, 192] as const) {
      const u = (value: bigint): bigint => BigInt.asUintN(width, value);
      const each = (check: (length: number) => void): void => {
        for (const length of LENGTHS) {
          columns.clear();
          check(length);
        }
      };

      const binary: Record<string, (a: bigint, b: bigint) => bigint> = {
        add: (a, b) => a + b,
        subtract: (a, b) => a - b,
        multiply: (a, b) => a * b,
      };
      for (const [operation, plain] of Object.entries(binary)) {
        it(`${operation}${width}, in place and out of place`, () => {
          each((length) => {
            const [a, b] = [values(length, width, 1), values(length, width, 2)];
            const expected = a.map((value, i) => u(plain(value, b[i]!)));
            const [out, left, right] = [column(b, width), column(a, width), column(b, width)];
            call(operation + width)(out, left, right, length);
            expect(read(out, length, width)).to.deep.equal(expected);
            expect(read(left, length, width)).to.deep.equal(a);
            call(operation + width)(left, left, right, length);
            expect(read(left, length, width)).to.deep.equal(expected);
          });
        });
      }

      it(`sums and fills of ${width} bits`, () => {
        each((length) => {
          const [a, b] = [values(length, width, 3), values(length, width, 4)];
          const [pa, out] = [column(a, width), column(b, width)];
          const total = column([5n], width);
          call(`accumulateSum${width}`)(total, pa, length);
          expect(read(total, 1, width)).to.deep.equal([u(a.reduce((sum, value) => sum + value, 5n))]);
          call(`prefixSum${width}`)(out, pa, length);
          let running = 0n;
          const sums = a.map((value) => {
            running += value;
            return u(running);
          });
          expect(read(out, length, width)).to.deep.equal(sums);
          call(`fill${width}`)(out, total, length);
          expect(read(out, length, width)).to.deep.equal(a.map(() => read(total, 1, width)[0]!));
          call(`prefixSum${width}`)(pa, pa, length);
          expect(read(pa, length, width)).to.deep.equal(sums);
        });
      });

      it(`public words, gathered rows and matrices of ${width} bits`, () => {
        const [rows, inner, columns] = [3, 5, 7];
        const [a, b] = [values(rows * inner, width, 1), values(inner * columns, width, 2)];
        const [pa, pb, out] = [column(a, width), column(b, width), column(a, width)];
        for (const value of EDGES) {
          const factor = u(value | ((TOP + 3n) << 64n) | (value << 128n));
          const operands = wordsOf(factor, width);
          call(`addWord${width}`)(out, pa, ...operands, a.length);
          expect(read(out, a.length, width)).to.deep.equal(a.map((each) => u(each + factor)));
          call(`multiplyWord${width}`)(out, pa, ...operands, a.length);
          expect(read(out, a.length, width)).to.deep.equal(a.map((each) => u(each * factor)));
        }
        const indices = column([0n, 0n], 64);
        new Uint32Array(memory.buffer, indices, 4).set([14, 0, 3, 3]);
        const picked = column(a.slice(0, 4), width);
        call(`gather${width}`)(picked, pa, indices, 4);
        expect(read(picked, 4, width)).to.deep.equal([a[14], a[0], a[3], a[3]]);
        const product = column(Array(rows * columns).fill(1n), width);
        call(`matrixProduct${width}`)(product, pa, pb, rows, inner, columns);
        const expected = Array.from({ length: rows * columns }, (_, at) => {
          let sum = 1n;
          for (let k = 0; k < inner; k++)
            sum += a[Math.floor(at / columns) * inner + k]! * b[k * columns + (at % columns)]!;
          return u(sum);
        });
        expect(read(product, rows * columns, width)).to.deep.equal(expected);
      });

      // Four parties compute with words only.
      if (width === 192) continue;

      it(`dot products and shifts of ${width} bits`, () => {
        each((length) => {
          const [a, b] = [values(length, width, 3), values(length, width, 4)];
          const [pa, pb, out] = [column(a, width), column(b, width), column(b, width)];
          const dot = column([7n], width);
          call(`accumulateDot${width}`)(dot, pa, pb, length);
          expect(read(dot, 1, width)).to.deep.equal([u(a.reduce((sum, value, i) => sum + value * b[i]!, 7n))]);
          for (const bits of [0, 1, 31, 63, ...(width === 128 ? [64, 65, 127] : [])]) {
            call(`shiftRight${width}`)(out, pa, bits, length);
            expect(read(out, length, width)).to.deep.equal(a.map((value) => value >> BigInt(bits)));
          }
        });
      });

      it(`joint sharings of ${width} bits`, () => {
        each((length) => {
          const [x, y, z, w, r] = [5, 6, 7, 8, 9].map((salt) => values(length, width, salt)) as bigint[][];
          const [px, py, pz, pw, pr] = [x, y, z, w, r].map((value) => column(value!, width)) as number[];
          const kinds: [string, number[], (i: number) => bigint][] = [
            ["share", [px!], (i) => x![i]!],
            ["shareCross", [px!, py!, pz!, pw!], (i) => x![i]! * w![i]! + y![i]! * z![i]!],
            ["shareProduct", [px!, py!], (i) => x![i]! * y![i]!],
          ];
          for (const [kind, operands, value] of kinds) {
            const [message, receiver, other] = [column(x!, width), column(y!, width), column(z!, width)];
            call(kind + width)(message, receiver, other, ...operands, pr, length);
            const sent = x!.map((_, i) => u(value(i) - r![i]!));
            expect(read(message, length, width), kind).to.deep.equal(sent);
            expect(read(receiver, length, width), kind).to.deep.equal(y!.map((each, i) => u(each + r![i]!)));
            expect(read(other, length, width), kind).to.deep.equal(z!.map((each, i) => u(each + sent[i]!)));
          }
        });
      });
    }

    it("bits: xor, and, not; planes and back", () => {
      for (const length of [1, 3, 63, 64, 65, 130]) {
        columns.clear();
        const a = values(length, 64, 1);
        const [pa, pb, out] = [column(a, 64), column(values(length, 64, 2), 64), column(a, 64)];
        const b = read(pb, length, 64);
        loops.xor(out, pa, pb, length);
        expect(read(out, length, 64)).to.deep.equal(a.map((value, i) => value ^ b[i]!));
        loops.and(out, pa, pb, length);
        expect(read(out, length, 64)).to.deep.equal(a.map((value, i) => value & b[i]!));
        loops.not(out, pa, length);
        expect(read(out, length, 64)).to.deep.equal(a.map((value) => BigInt.asUintN(64, ~value)));
        const perPlane = Math.ceil(length / 64);
        const [planes, block] = [column(Array(64 * perPlane).fill(0n), 64), column(Array(64).fill(0n), 64)];
        loops.toPlanes(planes, perPlane * 8, pa, 8, length, 64, block);
        const bit = (plane: number, i: number): bigint =>
          (words[planes / 8 + plane * perPlane + (i >> 6)]! >> BigInt(i & 63)) & 1n;
        for (let i = 0; i < length; i++) expect(bit(63, i)).to.equal(a[i]! >> 63n);
        loops.fromPlanes(out, 8, planes, perPlane * 8, length, 64, block);
        expect(read(out, length, 64)).to.deep.equal(a);
      }
    });

    partiesLoops(loops, columns);
    threeLoops(loops, columns);
    fieldLoops(loops, columns);
    bitsLoops(loops, columns);

    it("permutations: identity, a shuffle by known bits, inverse", () => {
      const length = 100;
      const draws = columns.drawn(2 * length);
      const [order, inverse] = [column(Array(50).fill(0n), 64), column(Array(50).fill(0n), 64)];
      const bits = column([...draws], 64);
      loops.identity(order, length);
      loops.shuffleOrder(order, bits, 0, length);
      loops.invertOrder(inverse, order, length);
      const expected = Array.from({ length }, (_, i) => i);
      for (let i = length, k = 0; i > 0; i--, k++) {
        const j = Number(((draws[2 * k]! | (draws[2 * k + 1]! << 64n)) * BigInt(i)) >> 128n);
        [expected[i - 1], expected[j]] = [expected[j]!, expected[i - 1]!];
      }
      expect([...new Uint32Array(memory.buffer, order, length)]).to.deep.equal(expected);
      const back = new Uint32Array(memory.buffer, inverse, length);
      expect(expected.map((at) => back[at])).to.deep.equal(Array.from({ length }, (_, i) => i));
    });
  });
}
