import type { Bits, Mpc, Vector } from "@sharebridge/mpc-nodes/protocol/mpc.ts";
import { expect } from "chai";
import type { MpcRunner } from "../mpc-runner.ts";

/** Operands of each kind: two rows and three, one word and two, one plane and three. */
interface Operands {
  readonly two: Vector;
  readonly three: Vector;
  readonly wide: Vector;
  readonly bits: Bits;
  readonly longer: Bits;
  readonly deeper: Bits;
}

type Call = (mpc: Mpc, operands: Operands) => unknown;

const shifts = (word: number) => [-1, word - 1, word, 1.5, Number.NaN];
const lengths = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY];

/** Calls by operation, each of which must be refused. */
const calls: Record<string, readonly Call[]> = {
  constant: lengths.map(
    (length): Call =>
      (mpc) =>
        mpc.constant(1n, length, 64),
  ),
  add: [(mpc, { two, three }) => mpc.add(two, three), (mpc, { two, wide }) => mpc.add(two, wide)],
  subtract: [(mpc, { two, three }) => mpc.subtract(two, three), (mpc, { two, wide }) => mpc.subtract(wide, two)],
  addPublicWords: [(mpc, { two }) => mpc.addPublicWords(two, new BigUint64Array(3))],
  multiplyPublicWords: [(mpc, { two }) => mpc.multiplyPublicWords(two, new BigUint64Array(1))],
  broadcast: [
    (mpc, { two }) => mpc.broadcast(two, 4),
    ...lengths.map(
      (length): Call =>
        (mpc, { two }) =>
          mpc.broadcast(mpc.sum(two), length),
    ),
  ],
  concatenate: [(mpc) => mpc.concatenate([]), (mpc, { two, wide }) => mpc.concatenate([two, wide])],
  slice: [
    [-1, 1],
    [0, 3],
    [2, 1],
    [0.5, 1],
    [0, Number.NaN],
  ].map(
    ([from, to]): Call =>
      (mpc, { two }) =>
        mpc.slice(two, from!, to!),
  ),
  gather: [
    (mpc, { two }) => mpc.gather(two, Uint32Array.of(0, 2)),
    (mpc, { two }) => mpc.gather(two, Uint32Array.of(0xffff_ffff)),
    (mpc, { two }) => mpc.gather(mpc.slice(two, 0, 0), Uint32Array.of(0)),
  ],
  narrow: [(mpc, { two }) => mpc.narrow(two)],
  multiply: [(mpc, { two, three }) => mpc.multiply(two, three), (mpc, { two, wide }) => mpc.multiply(two, wide)],
  dot: [
    (mpc) => mpc.dot([]),
    (mpc, { two, three }) => mpc.dot([[two, three]]),
    (mpc, { two, wide }) => mpc.dot([[two, wide]]),
    (mpc, { two, wide }) =>
      mpc.dot([
        [two, two],
        [wide, wide],
      ]),
  ],
  innerProducts: [
    (mpc) => mpc.innerProducts([], []),
    (mpc, { two }) => mpc.innerProducts([two, two], [two]),
    (mpc, { two, three }) => mpc.innerProducts([two, three], [two, three]),
    (mpc, { two, three }) => mpc.innerProducts([two, two], [two, three]),
    (mpc, { two, wide }) => mpc.innerProducts([two, wide], [two, wide]),
  ],
  matrixProduct: [
    [2, 2, 1],
    [1, 2, 3],
    [-1, -2, -1],
    [-2, -1, -2],
    [0.5, 4, 0.5],
    [Number.NaN, 1, 2],
  ].map(
    ([rows, inner, columns]): Call =>
      (mpc, { two }) =>
        mpc.matrixProduct(two, two, { rows: rows!, inner: inner!, columns: columns! }),
  ),
  "matrixProduct of two words": [
    (mpc, { two, wide }) => mpc.matrixProduct(two, wide, { rows: 1, inner: 2, columns: 1 }),
  ],
  widen: [(mpc, { wide }) => mpc.widen(wide)],
  constantBits: lengths.flatMap((length): Call[] => [
    (mpc) => mpc.constantBits(1n, 1, length),
    (mpc) => mpc.constantBits(1n, length, 1),
  ]),
  publicBits: [-1, 65, 1.5].map(
    (planes): Call =>
      (mpc) =>
        mpc.publicBits(new BigUint64Array(2), planes),
  ),
  xor: [(mpc, { bits, longer }) => mpc.xor(bits, longer), (mpc, { bits, deeper }) => mpc.xor(bits, deeper)],
  planes: [-1, 1, 0.5].map(
    (plane): Call =>
      (mpc, { bits }) =>
        mpc.planes(bits, [0, plane]),
  ),
  stack: [(mpc) => mpc.stack([]), (mpc, { bits, longer }) => mpc.stack([bits, longer])],
  concatenateBits: [(mpc) => mpc.concatenateBits([]), (mpc, { bits, deeper }) => mpc.concatenateBits([bits, deeper])],
  sliceBits: [
    [-1, 1],
    [0, 3],
    [2, 1],
  ].map(
    ([from, to]): Call =>
      (mpc, { bits }) =>
        mpc.sliceBits(bits, from!, to!),
  ),
  gatherBits: [2, 0xffff_ffff].map(
    (row): Call =>
      (mpc, { bits }) =>
        mpc.gatherBits(bits, Uint32Array.of(row)),
  ),
  and: [(mpc, { bits, longer }) => mpc.and(bits, longer), (mpc, { bits, deeper }) => mpc.and(bits, deeper)],
  andEach: [
    (mpc, { bits, deeper }) => mpc.andEach(bits, deeper),
    (mpc, { deeper, longer }) => mpc.andEach(deeper, longer),
  ],
  openBits: [(mpc) => mpc.openBits([mpc.randomBits(65, 2)])],
  addends: [0, -1, 65, 1.5, Number.NaN].map(
    (planes): Call =>
      (mpc, { two }) =>
        mpc.addends(two, planes),
  ),
  "addends of two words": [0, 129].map(
    (planes): Call =>
      (mpc, { wide }) =>
        mpc.addends(wide, planes),
  ),
  randomBits: lengths.flatMap((length): Call[] => [
    (mpc) => mpc.randomBits(1, length),
    (mpc) => mpc.randomBits(length, 1),
  ]),
  random: lengths.map(
    (length): Call =>
      (mpc) =>
        mpc.random(length, 64),
  ),
  randomPermutation: lengths.map(
    (length): Call =>
      (mpc) =>
        mpc.randomPermutation(length),
  ),
  shuffle: [(mpc, { two, three }) => mpc.shuffle(mpc.randomPermutation(2), [two, three])],
  unshuffle: [(mpc, { two, three }) => mpc.unshuffle(mpc.randomPermutation(3), [two, three])],
  shuffleBits: [(mpc, { bits, longer }) => mpc.shuffleBits(mpc.randomPermutation(2), [bits, longer])],
  unshuffleBits: [(mpc, { bits, longer }) => mpc.unshuffleBits(mpc.randomPermutation(3), [bits, longer])],
};

const impossibleShifts: readonly Call[] = [
  ...shifts(64).map(
    (bits): Call =>
      (mpc, { two }) =>
        mpc.truncate([
          { value: two, bits: 1 },
          { value: two, bits },
        ]),
  ),
  ...shifts(128).map(
    (bits): Call =>
      (mpc, { wide }) =>
        mpc.truncate([{ value: wide, bits }]),
  ),
];

/** How a call ends: the code and message of its error. */
export async function refusalOf(call: () => unknown): Promise<{ code: unknown; message: string }> {
  try {
    await call();
    return { code: null, message: "not refused" };
  } catch (error) {
    return { code: (error as { code?: unknown }).code, message: String(error) };
  }
}

function operandsOf(mpc: Mpc): Operands {
  return {
    two: mpc.constant(1n, 2, 64),
    three: mpc.constant(1n, 3, 64),
    wide: mpc.constant(1n, 2, 128),
    bits: mpc.constantBits(1n, 1, 2),
    longer: mpc.constantBits(1n, 1, 3),
    deeper: mpc.constantBits(1n, 3, 2),
  };
}

/** Every call of every operation that must be refused, on one `mpc`. */
export async function expectRefusals(mpc: Mpc): Promise<void> {
  const operands = operandsOf(mpc);
  for (const [name, each] of [...Object.entries(calls), ["truncate", impossibleShifts] as const]) {
    for (const [index, call] of each.entries()) {
      const { code, message } = await refusalOf(() => call(mpc, operands));
      expect(code, `${name}, call ${index}: ${message}`).to.equal(
        name === "truncate" ? "InvalidShift" : "InvalidOperand",
      );
    }
  }
  const { message } = await refusalOf(() => mpc.addends(operands.two, 65));
  expect(message).to.contain("65 planes were asked for where 1 to 64 are possible");
}

export function refusalsSuite(runner: MpcRunner): void {
  describe(`operands refused: ${runner.name}`, () => {
    it("operation by operation, before anything is sent: the computation goes on", async () => {
      const [rest] = await runner.run([{ words: [6n], word: 64 }], async (mpc, [x]) => {
        await expectRefusals(mpc);
        return [await mpc.multiply(x!, x!)];
      });
      expect(rest).to.deep.equal([36n]);
    });

    it("secrets that are not its own", async () => {
      await runner.run([], async (mpc) => {
        const vector: Vector = { kind: "vector", word: 64, length: 1 };
        const bits: Bits = { kind: "bits", planes: 1, length: 1 };
        const calls = [
          () => mpc.multiply(vector, vector),
          () => mpc.and(bits, bits),
          () => mpc.open([vector]),
          () => mpc.shuffle({ kind: "permutation", length: 1 }, [mpc.constant(1n, 1, 64)]),
        ];
        for (const call of calls) expect((await refusalOf(call)).code).to.equal("InvalidOperand");
        return [];
      });
    });
  });
}
