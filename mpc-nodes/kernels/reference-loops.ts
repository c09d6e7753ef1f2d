import type { Loops } from "./load.ts";
import { type Element, elementsIn } from "./reference-memory.ts";
import { ARITHMETIC, type Operations, XOR_AND } from "./reference-operations.ts";
import { referencePlaneLoops } from "./reference-planes.ts";
import { referenceThreeLoops } from "./reference-three.ts";

/** Parameters as the compiled loops take them: pointers and counts, a public word as a bigint. */
type Call = (...parameters: number[]) => void;

/**
 * The loops of `assembly/` in plain TypeScript, over bigints: the twin that the compiled ones are tested against, never used on
 * shares, because the time of `bigint` arithmetic may depend on the words.
 */
export function referenceLoops(memory: WebAssembly.Memory): Loops {
  const [one, two, three] = [elementsIn(memory, 64), elementsIn(memory, 128), elementsIn(memory, 192)];
  const view = (): DataView => new DataView(memory.buffer);
  const loops = {
    ...named("64", ringLoops(one, view)),
    ...named("128", ringLoops(two, view)),
    ...named("192", linearLoops(three, view)),
    // Public words come as one bigint, or as its words, lowest first.
    ...named(
      "64",
      wordLoops(one, ([word]) => word!),
    ),
    ...named(
      "128",
      wordLoops(two, ([low, up]) => BigInt.asUintN(64, low!) | (up! << 64n)),
    ),
    ...named(
      "192",
      wordLoops(
        three,
        ([low, middle, up]) => BigInt.asUintN(64, low!) | (BigInt.asUintN(64, middle!) << 64n) | (up! << 128n),
      ),
    ),
    multiplyPairs64: (out: number, a: number, b: number, c: number, d: number, length: number) =>
      one.each(length, out, [a, b, c, d], ([w, x, y, z]) => w! * x! + y! * z!),
    multiplyThree64: (...parameters: number[]) => multiplyThree(one, parameters),
    narrow128(out: number, a: number, length: number) {
      for (let i = 0; i < length; i++) one.set(out, i, two.get(a, i));
    },
    widen128(out: number, a: number, sign: number, length: number) {
      for (let i = 0; i < length; i++) two.set(out, i, sign !== 0 ? BigInt.asIntN(64, one.get(a, i)) : one.get(a, i));
    },
    xor: (out: number, a: number, b: number, length: number) => one.each(length, out, [a, b], ([x, y]) => x! ^ y!),
    and: (out: number, a: number, b: number, length: number) => one.each(length, out, [a, b], ([x, y]) => x! & y!),
    not: (out: number, a: number, length: number) => one.each(length, out, [a], ([x]) => ~x!),
    ...sharings("Bits", one, XOR_AND),
    ...sharings("64", one, ARITHMETIC),
    ...sharings("128", two, ARITHMETIC),
    ...referenceThreeLoops(memory),
    ...referencePlaneLoops(memory),
    ...permutationLoops(view, one),
  };
  return { ...(loops as unknown as Loops), memory };
}

function named(suffix: string, loops: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(loops).map(([name, loop]) => [name + suffix, loop]));
}

/** One element grows by the terms of every row. */
function grower({ get, set }: Element): (total: number, length: number, term: (i: number) => bigint) => void {
  return (total, length, term) => {
    for (let i = 0; i < length; i++) set(total, 0, get(total, 0) + term(i));
  };
}

/** The loops of a ring in which shares lie. */
function linearLoops(ring: Element, view: () => DataView): Record<string, Call> {
  const { get, set, each } = ring;
  const grow = grower(ring);
  return {
    add: (out, a, b, length) => each(length!, out!, [a!, b!], ([x, y]) => x! + y!),
    subtract: (out, a, b, length) => each(length!, out!, [a!, b!], ([x, y]) => x! - y!),
    multiply: (out, a, b, length) => each(length!, out!, [a!, b!], ([x, y]) => x! * y!),
    accumulateSum: (total, a, length) => grow(total!, length!, (i) => get(a!, i)),
    prefixSum(out, a, length) {
      let sum = 0n;
      each(length!, out!, [a!], ([x]) => {
        sum += x!;
        return sum;
      });
    },
    fill(out, a, length) {
      const element = get(a!, 0);
      for (let i = 0; i < length!; i++) set(out!, i, element);
    },
    gather(out, a, indices, length) {
      for (let i = 0; i < length!; i++) set(out!, i, get(a!, view().getUint32(indices! + 4 * i, true)));
    },
    matrixProduct(out, a, b, rows, inner, columns) {
      for (let row = 0; row < rows!; row++) {
        for (let column = 0; column < columns!; column++) {
          const at = row * columns! + column;
          for (let k = 0; k < inner!; k++)
            set(out!, at, get(out!, at) + get(a!, row * inner! + k) * get(b!, k * columns! + column));
        }
      }
    },
  };
}

/** Those of a ring in which four parties compute too. */
function ringLoops(ring: Element, view: () => DataView): Record<string, Call> {
  const { get, each, bytes } = ring;
  const grow = grower(ring);
  return {
    ...linearLoops(ring, view),
    shiftRight: (out, a, bits, length) => each(length!, out!, [a!], ([x]) => x! >> BigInt(bits!)),
    accumulateDot: (total, a, b, length) => grow(total!, length!, (i) => get(a!, i) * get(b!, i)),
    dotThree(totals, xa, xb, xc, ya, yb, yc, length) {
      const [x, y] = [
        [xa!, xb!, xc!],
        [ya!, yb!, yc!],
      ];
      for (const k of [0, 1, 2]) grow(totals! + k * bytes, length!, (i) => get(x[k]!, i) * get(y[k]!, i));
      for (const [index, [i, j]] of PAIRS.entries()) {
        const cross = (row: number): bigint => get(x[i]!, row) * get(y[j]!, row) + get(x[j]!, row) * get(y[i]!, row);
        grow(totals! + (3 + index) * bytes, length!, cross);
      }
    },
  };
}

/** The three pairs of the shares a, b, c that a party holds. */
const PAIRS = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const;

function wordLoops({ each }: Element, wordOf: (words: readonly bigint[]) => bigint): Record<string, unknown> {
  const loop =
    (combine: (x: bigint, word: bigint) => bigint) =>
    (out: number, a: number, ...rest: (bigint | number)[]): void => {
      const word = wordOf(rest.slice(0, -1) as bigint[]);
      each(rest.at(-1) as number, out, [a], ([x]) => combine(x!, word));
    };
  return { addWord: loop((x, word) => x + word), multiplyWord: loop((x, word) => x * word) };
}

/** Joint sharings of a value, of a cross term and of a product. */
function sharings(suffix: string, { get, set }: Element, { plus, minus, times }: Operations): Record<string, unknown> {
  const loop =
    (value: (i: number, operands: readonly number[]) => bigint): Call =>
    (message, receiver, other, ...rest) => {
      const [length, mask, operands] = [rest.at(-1)!, rest.at(-2)!, rest.slice(0, -2)];
      for (let i = 0; i < length; i++) {
        const r = get(mask, i);
        set(message!, i, minus(value(i, operands), r));
        set(receiver!, i, plus(get(receiver!, i), r));
        set(other!, i, plus(get(other!, i), get(message!, i)));
      }
    };
  return named(suffix, {
    share: loop((i, [x]) => get(x!, i)),
    shareCross: loop((i, [xi, xj, yi, yj]) => plus(times(get(xi!, i), get(yj!, i)), times(get(xj!, i), get(yi!, i)))),
    shareProduct: loop((i, [u, v]) => times(get(u!, i), get(v!, i))),
  });
}

function multiplyThree({ get, set }: Element, parameters: readonly number[]): void {
  const [z, x, y, r, m] = [0, 3, 6, 9, 12].map((from) => parameters.slice(from, from + 3)) as number[][];
  const [turns, length] = parameters.slice(15) as [number, number];
  for (let row = 0; row < length; row++) {
    const sums = [0, 1, 2].map((k) => get(x![k]!, row) * get(y![k]!, row));
    for (const [index, [i, j]] of PAIRS.entries()) {
      const mask = get(r![index]!, row);
      const message = get(x![i]!, row) * get(y![j]!, row) + get(x![j]!, row) * get(y![i]!, row) - mask;
      set(m![index]!, row, message);
      const firstTakesMessage = ((turns >> index) & 1) === 1;
      sums[i] = sums[i]! + (firstTakesMessage ? message : mask);
      sums[j] = sums[j]! + (firstTakesMessage ? mask : message);
    }
    for (const k of [0, 1, 2]) set(z![k]!, row, sums[k]!);
  }
}

function permutationLoops(view: () => DataView, words: Element): Record<string, Call> {
  const get = (order: number, i: number): number => view().getUint32(order + 4 * i, true);
  const set = (order: number, i: number, value: number): void => view().setUint32(order + 4 * i, value, true);
  return {
    identity(order, length) {
      for (let i = 0; i < length!; i++) set(order!, i, i);
    },
    shuffleOrder(order, random, from, to) {
      for (let i = to!, k = 0; i > from!; i--, k += 2) {
        const drawn = words.get(random!, k) | (words.get(random!, k + 1) << 64n);
        const j = Number((drawn * BigInt(i)) >> 128n);
        const last = get(order!, i - 1);
        set(order!, i - 1, get(order!, j));
        set(order!, j, last);
      }
    },
    invertOrder(out, order, length) {
      for (let i = 0; i < length!; i++) set(out!, get(order!, i), i);
    },
  };
}
