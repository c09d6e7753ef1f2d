/** Every operation as a small program on two columns, with what it must give; and one program of them all. */
import { decodePublicResult, encodePublicResult } from "@sharebridge/contracts/typed-data.ts";
import type { Compute } from "@sharebridge/mpc-nodes/engine/compute.ts";
import type { Outcome } from "@sharebridge/mpc-nodes/engine/engine.ts";
import { concatenateBytes } from "@sharebridge/mpc-nodes/math/bytes.ts";
import { PARTIES, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { viewBytes, viewWords } from "@sharebridge/mpc-nodes/math/words.ts";
import { lessThan } from "@sharebridge/mpc-nodes/protocol/functions/compare.ts";
import { divide } from "@sharebridge/mpc-nodes/protocol/functions/divide.ts";
import { equal } from "@sharebridge/mpc-nodes/protocol/functions/equal.ts";
import { sort } from "@sharebridge/mpc-nodes/protocol/functions/sort.ts";
import type { Bits, Mpc, Permutation, Vector } from "@sharebridge/mpc-nodes/protocol/mpc.ts";
import { encodeOpening, openingByteLength, recombineOpenings } from "@sharebridge/mpc-nodes/sharing/opening.ts";
import { decodePackage, encodePackage } from "@sharebridge/mpc-nodes/sharing/package.ts";
import { expect } from "chai";
import { getBytes } from "ethers";
import { recombineTable } from "../../support/recombine-table.ts";

export const X = [3n, -5n, 7n, 0n, 1000n, -5n];
export const Y = [4n, 9n, -2n, 11n, -6n, -5n];

export interface Operation {
  /** Public words. */
  run(mpc: Mpc, x: Vector, y: Vector): Promise<readonly bigint[]>;
  readonly expected: readonly bigint[];
}

export const wordOf = (value: bigint): bigint => BigInt.asUintN(64, value);
const rows = <T>(row: (x: bigint, y: bigint, index: number) => T): T[] => X.map((x, i) => row(x, Y[i], i));
const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);

async function opened(mpc: Mpc, ...vectors: Vector[]): Promise<bigint[]> {
  const all = await mpc.open(vectors);
  return all.flatMap((words, k) => {
    if (vectors[k].word === 64) return [...words].map((word) => BigInt.asIntN(64, word));
    return Array.from({ length: words.length / 2 }, (_, i) =>
      BigInt.asIntN(128, words[2 * i] | (words[2 * i + 1] << 64n)),
    );
  });
}

async function openedBits(mpc: Mpc, ...bits: Bits[]): Promise<bigint[][]> {
  return (await mpc.openBits(bits)).map((words) => [...words]);
}

const ordered = (values: readonly bigint[]): bigint[] => [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

/** 1 when two columns have the same rows in whatever order. */
const sameRows = (a: readonly bigint[], b: readonly bigint[]): bigint =>
  `${ordered(a)}` === `${ordered(b)}` ? 1n : 0n;

type Move<T> = (mpc: Mpc, permutation: Permutation, values: readonly T[]) => Promise<T[]>;

/** Both columns by one permutation: each row stays with its row. */
const moves = (move: Move<Vector>): Operation => ({
  async run(mpc, x, y) {
    const words = await opened(mpc, ...(await move(mpc, mpc.randomPermutation(x.length), [x, y])));
    return ordered(X.map((_, i) => words[i] * 4096n + words[X.length + i]));
  },
  expected: ordered(rows((x, y) => x * 4096n + y)),
});

const movesBits = (move: Move<Bits>): Operation => ({
  async run(mpc, x) {
    const bits = mpc.randomBits(5, x.length);
    const [moved] = await move(mpc, mpc.randomPermutation(x.length), [bits]);
    const [before, after] = await openedBits(mpc, bits, moved);
    return [sameRows(before, after)];
  },
  expected: [1n],
});

/** What a + b is, of the bits of a ∧ b and of a ⊕ b. */
function addedUp(generate: bigint, propagate: bigint, planes: number): bigint {
  let [total, carry] = [0n, 0n];
  for (let j = 0n; j < planes; j++) {
    const [g, p] = [(generate >> j) & 1n, (propagate >> j) & 1n];
    total |= (p ^ carry) << j;
    carry = g ^ (p & carry);
  }
  return total;
}

const differences = (a: readonly bigint[], b: readonly bigint[]): bigint[] => a.map((value, i) => value ^ b[i]);
const zeros = X.map(() => 0n);

export const operations: Readonly<Record<string, Operation>> = {
  open: { run: (mpc, x, y) => opened(mpc, x, y), expected: [...X, ...Y] },
  openBits: {
    async run(mpc, x) {
      const bits = mpc.randomBits(2, x.length);
      const [a, b] = await openedBits(mpc, bits, mpc.xorPublic(bits, 3n));
      return differences(a, b);
    },
    expected: X.map(() => 3n),
  },
  multiply: { run: async (mpc, x, y) => opened(mpc, await mpc.multiply(x, y)), expected: rows((x, y) => x * y) },
  "multiply wide": {
    async run(mpc, x, y) {
      const wide = await mpc.widen(mpc.concatenate([x, y]));
      const [a, b] = [mpc.slice(wide, 0, x.length), mpc.slice(wide, x.length, 2 * x.length)];
      return opened(mpc, await mpc.multiply(a, b));
    },
    expected: rows((x, y) => x * y),
  },
  dot: {
    run: async (mpc, x, y) =>
      opened(
        mpc,
        await mpc.dot([
          [x, y],
          [x, x],
        ]),
      ),
    expected: [sum(rows((x, y) => x * y)), sum(rows((x) => x * x))],
  },
  innerProducts: {
    run: async (mpc, x, y) => opened(mpc, await mpc.innerProducts([x, y], [y, y])),
    expected: rows((x, y) => x * y + y * y),
  },
  matrixProduct: {
    run: async (mpc, x, y) => opened(mpc, await mpc.matrixProduct(x, y, { rows: 2, inner: 3, columns: 2 })),
    expected: [0, 1].flatMap((i) => [0, 1].map((j) => sum([0, 1, 2].map((k) => X[3 * i + k] * Y[2 * k + j])))),
  },
  truncate: {
    run: async (mpc, x) => opened(mpc, ...(await mpc.truncate([{ value: mpc.multiplyPublic(x, 512n), bits: 9 }]))),
    expected: X,
  },
  widen: { run: async (mpc, x) => opened(mpc, await mpc.widen(x)), expected: X },
  addends: {
    async run(mpc, x) {
      const { generate, propagate } = await mpc.addends(x, 8);
      const [g, p] = await openedBits(mpc, generate, propagate);
      return g.map((word, i) => addedUp(word, p[i], 8));
    },
    expected: rows((x) => BigInt.asUintN(8, x)),
  },
  and: {
    async run(mpc, x) {
      const [a, b] = [mpc.randomBits(3, x.length), mpc.randomBits(3, x.length)];
      const [first, second, both] = await openedBits(mpc, a, b, await mpc.and(a, b));
      return both.map((word, i) => word ^ (first[i] & second[i]));
    },
    expected: zeros,
  },
  andEach: {
    async run(mpc, x) {
      const [a, b] = [mpc.randomBits(3, x.length), mpc.randomBits(1, x.length)];
      const [first, second, both] = await openedBits(mpc, a, b, await mpc.andEach(a, b));
      return both.map((word, i) => word ^ (first[i] & (second[i] * 7n)));
    },
    expected: zeros,
  },
  inject: {
    async run(mpc, x) {
      const bits = mpc.randomBits(2, x.length);
      const numbers = await mpc.inject(bits, 64);
      const [[words], values] = [await openedBits(mpc, bits), await opened(mpc, ...numbers)];
      return words.map((word, i) => word - values[i] - 2n * values[x.length + i]);
    },
    expected: zeros,
  },
  count: {
    async run(mpc, x) {
      const bits = mpc.randomBits(2, x.length);
      const [[words], counts] = [await openedBits(mpc, bits), await opened(mpc, await mpc.count(bits, 64))];
      return [counts[0] - sum(words.map((word) => word & 1n)), counts[1] - sum(words.map((word) => word >> 1n))];
    },
    expected: [0n, 0n],
  },
  shuffle: moves((mpc, permutation, values) => mpc.shuffle(permutation, values)),
  unshuffle: moves((mpc, permutation, values) => mpc.unshuffle(permutation, values)),
  shuffleBits: movesBits((mpc, permutation, values) => mpc.shuffleBits(permutation, values)),
  unshuffleBits: movesBits((mpc, permutation, values) => mpc.unshuffleBits(permutation, values)),
  compare: {
    run: async (mpc, x, y) => (await openedBits(mpc, await lessThan(mpc, x, y)))[0],
    expected: rows((x, y) => (x < y ? 1n : 0n)),
  },
  equal: {
    run: async (mpc, x, y) => (await openedBits(mpc, await equal(mpc, x, y)))[0],
    expected: rows((x, y) => (x === y ? 1n : 0n)),
  },
  sort: {
    async run(mpc, x, y) {
      const { keys, columns } = await sort(mpc, x, [y], { bits: 11, signed: true });
      return opened(mpc, keys, ...columns);
    },
    expected: (() => {
      const order = rows((x, y) => ({ x, y })).sort((a, b) => Number(a.x - b.x));
      return [...order.map(({ x }) => x), ...order.map(({ y }) => y)];
    })(),
  },
  divide: {
    async run(mpc, x, y) {
      const numerator = mpc.multiplyPublicWords(x, BigUint64Array.from(Y, wordOf));
      const words = await opened(mpc, await divide(mpc, numerator, y, { fractionBits: 10, resultBits: 20 }));
      // To the nearest integer: the quotients are integers.
      return words.map((word) => (word + (1n << 19n)) >> 20n);
    },
    expected: X,
  },
};

/** What the parties of a stage run in place of a program. */
export interface Body {
  /** Operations that run side by side: a round of all of them is one frame to each peer. */
  readonly operations: readonly string[];
  /** After them x is sealed, and shared anew as a table is. */
  readonly seals: boolean;
}

export const alone = (name: string): Body =>
  name === "seal" ? { operations: [], seals: true } : { operations: [name], seals: false };

export const everything: Body = { operations: Object.keys(operations), seals: true };

/** Of every operation, and of what leaves the session. */
export const OPERATIONS: readonly string[] = [...Object.keys(operations), "seal"];

/** Of twice four commitments. */
const COMMITMENT_WORDS = 32;
const COMMITMENT_BYTES = 32;

/** The result: all that was opened, then the commitments to what was sealed. */
export const computeOf =
  (body: Body): Compute =>
  async (session, { inputs, requestId }) => {
    const { mpc, network } = session;
    const [x, y] = [session.importColumn(inputs.get("x")!), session.importColumn(inputs.get("y")!)];
    const tasks = body.operations.map((name) => (task: Mpc) => operations[name].run(task, x, y));
    const words = (await mpc.parallel(tasks)).flat();
    let opening: Uint8Array | null = null;
    if (body.seals) {
      const { salts, shares, commitments } = await session.seal(x, getBytes(requestId));
      const columns = async function* () {
        yield x;
      };
      const table = await session.shareTable(columns(), getBytes(requestId));
      for (const commitment of [...commitments, ...table.commitments]) {
        words.push(...[...viewWords(commitment.slice())].map((word) => BigInt.asIntN(64, word)));
      }
      opening = concatenateBytes([encodeOpening(salts, shares), encodePackage(table.package)]);
    }
    const statistics = { ...network.statistics, rounds: session.rounds };
    return { result: encodePublicResult(words), opening, statistics };
  };

/** Fails unless what the honest parties ended with is right; sealed outputs are opened as their buyer would. */
export function expectResult(
  body: Body,
  requestId: string,
  had: readonly (Outcome & { readonly party: PartyId })[],
): void {
  const words = decodePublicResult(had[0].result);
  const expected = body.operations.flatMap((name) => operations[name].expected);
  expect(words.slice(0, expected.length)).to.deep.equal(expected);
  expect(words.length - expected.length).to.equal(body.seals ? COMMITMENT_WORDS : 0);
  if (!body.seals) return;
  const bytes = viewBytes(BigUint64Array.from(words.slice(expected.length), wordOf));
  const at = (index: number) => bytes.slice(index * COMMITMENT_BYTES, (index + 1) * COMMITMENT_BYTES);
  const commitments = PARTIES.map(at);
  const sealedBytes = openingByteLength(X.length);
  const openings = had.map(({ party, opening }) => ({ party, plaintext: opening!.subarray(0, sealedBytes) }));
  const { values, faultySeats } = recombineOpenings(openings, commitments, getBytes(requestId), X.length);
  expect([...values]).to.deep.equal(X.map(wordOf));
  expect(faultySeats).to.deep.equal([]);
  const table = recombineTable(
    had.map(({ party, opening }) => decodePackage(opening!.slice(sealedBytes), party, { columns: 1, rows: X.length })),
    getBytes(requestId),
    PARTIES.map((j) => at(PARTIES.length + j)),
    { columns: 1, rows: X.length },
  );
  expect(table).to.deep.equal([X.map(wordOf)]);
}
