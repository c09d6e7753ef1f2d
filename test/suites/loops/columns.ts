/** Columns in a memory that loops are tried on, each with a guard behind its end. */
import type { Loops } from "@sharebridge/mpc-nodes/kernels/load.ts";
import { expect } from "chai";
import { seededRandom, seededWords } from "../../mpc-nodes/support/seeded-random.ts";
import { seed } from "../../support/seed.ts";

export const GUARD = 0xfeed_face_cafe_beefn;
export const TOP = 1n << 63n;
export const EDGES = [0n, 1n, 2n * TOP - 1n, TOP, TOP - 1n, 1n << 32n, (1n << 32n) - 1n];
export const LENGTHS = [0, 1, 2, 3, 7, 64, 65];

export type Width = 64 | 128 | 192;
export type Call = (...parameters: unknown[]) => void;

export function callOf(loops: Loops, name: string): Call {
  return loops[name as keyof Loops] as unknown as Call;
}

/** The words of a ring element, lowest first. */
export function wordsOf(value: bigint, width: Width): bigint[] {
  return Array.from({ length: width / 64 }, (_, k) => BigInt.asUintN(64, value >> BigInt(64 * k)));
}

export interface Columns {
  /** All of the memory. */
  readonly words: BigUint64Array;
  /** Forgets all columns. */
  clear(): void;
  /** Writes a column and a guard behind it. @returns its pointer */
  column(values: readonly bigint[], width: Width): number;
  /** A column of so many zero words. */
  zeros(length: number): number;
  /** A column, after a look at its guard. */
  read(at: number, length: number, width: Width): bigint[];
  /** Edges and seeded numbers. */
  values(length: number, width: Width, salt: number): bigint[];
  drawn(length: number): BigUint64Array;
}

export function columnsIn(memory: WebAssembly.Memory, label: string): Columns {
  const words = new BigUint64Array(memory.buffer);
  const random = seededRandom(seed, label);
  const drawn = (length: number): BigUint64Array => seededWords(random, length);
  let next = 64;

  function column(values: readonly bigint[], width: Width): number {
    const at = next;
    const flat = values.flatMap((value) => wordsOf(value, width));
    words.set(flat, at / 8);
    words[at / 8 + flat.length] = GUARD;
    next += Math.ceil((flat.length + 1) / 8) * 64;
    return at;
  }

  function read(at: number, length: number, width: Width): bigint[] {
    const start = at / 8;
    expect(words[start + (length * width) / 64], "the word behind the end").to.equal(GUARD);
    const perRow = width / 64;
    return Array.from({ length }, (_, i) =>
      words.subarray(start + perRow * i, start + perRow * (i + 1)).reduceRight((up, word) => (up << 64n) | word, 0n),
    );
  }

  function values(length: number, width: Width, salt: number): bigint[] {
    const fresh = drawn(3 * length);
    return Array.from({ length }, (_, i) => {
      const edge = EDGES[(i * (salt + 1) + salt) % EDGES.length]!;
      const low = i % 2 === 0 ? edge : fresh[2 * i]!;
      const middle = i % 4 < 2 ? EDGES[(i + salt) % EDGES.length]! : fresh[2 * i + 1]!;
      const up = i % 8 < 4 ? EDGES[(i * salt) % EDGES.length]! : fresh[2 * length + i]!;
      return BigInt.asUintN(width, low | (middle << 64n) | (up << 128n));
    });
  }

  return {
    words,
    column,
    read,
    values,
    drawn,
    zeros: (length) => column(Array<bigint>(length).fill(0n), 64),
    clear() {
      next = 64;
    },
  };
}
