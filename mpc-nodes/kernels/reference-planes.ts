/** The plain twins of the loops over single bits (`assembly/bits.ts`): bit by bit, without transposing blocks or shifting words. */
import { elementsIn } from "./reference-memory.ts";

type Call = (...parameters: number[]) => void;

export function referencePlaneLoops(memory: WebAssembly.Memory): Record<string, Call> {
  const { get: word, set: write } = elementsIn(memory, 64);
  const bit = (bits: number, i: number): bigint => (word(bits, i >> 6) >> BigInt(i & 63)) & 1n;
  /** 64 rows, of which those from `rows` on are zero. */
  const packed = (rows: number, from: number, value: (i: number) => bigint): bigint => {
    let result = 0n;
    for (let i = from; i < Math.min(rows, from + 64); i++) result |= value(i) << BigInt(i - from);
    return result;
  };
  return {
    toPlanes(out, planeBytes, a, stride, rows, planes) {
      for (let j = 0; j < planes!; j++) {
        for (let from = 0; from < rows!; from += 64) {
          const plane = packed(rows!, from, (i) => (word(a! + i * stride!, 0) >> BigInt(j)) & 1n);
          write(out! + j * planeBytes!, from >> 6, plane);
        }
      }
    },
    fromPlanes(out, stride, planes, planeBytes, rows, count) {
      for (let i = 0; i < rows!; i++) {
        let value = 0n;
        for (let j = 0; j < count!; j++) value |= bit(planes! + j * planeBytes!, i) << BigInt(j);
        write(out! + i * stride!, 0, value);
      }
    },
    expandBits(out, stride, bits, first, rows) {
      for (let i = 0; i < rows!; i++) write(out! + i * stride!, 0, bit(bits!, first! + i));
    },
    copyBits(out, a, first, rows) {
      for (let from = 0; from < rows!; from += 64)
        write(
          out!,
          from >> 6,
          packed(rows!, from, (i) => bit(a!, first! + i)),
        );
    },
    mergeBits(out, a, first, rows) {
      for (let i = 0; i < rows!; i++) {
        const at = first! + i;
        write(out!, at >> 6, word(out!, at >> 6) | (bit(a!, i) << BigInt(at & 63)));
      }
    },
  };
}
