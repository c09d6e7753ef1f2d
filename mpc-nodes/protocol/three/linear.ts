/** What a party does alone: to values as among four, and the same to MACs. A result has a MAC if all that went into it had one. */

import type { WordBits } from "../mpc.ts";
import * as shares from "../replicated/linear.ts";
import { ReplicatedVector } from "../replicated/values.ts";
import type { ThreeContext } from "./context.ts";
import type { MacKeys } from "./mac-keys.ts";
import { type MacBits, macBits, ThreeVector } from "./values.ts";

type Component = ReplicatedVector<MacBits>;

/** The same linear map of values and of MACs. */
function linear(
  { pending }: ThreeContext,
  vectors: readonly ThreeVector[],
  map: (parts: readonly Component[]) => Component,
): ThreeVector {
  const macs = vectors.flatMap(({ mac }) => mac ?? []);
  const mac = macs.length < vectors.length ? null : map(macs);
  if (mac !== null) pending.derive(mac, macs);
  return new ThreeVector(vectors[0]!.word, map(vectors.map(({ value }) => value)), mac);
}

/** An affine one: what `value` does to values, `mac` does to MACs, where r stands for 1. */
function affine(
  { pending }: ThreeContext,
  a: ThreeVector,
  value: (of: Component) => Component,
  macOf: (of: Component) => Component,
): ThreeVector {
  const mac = a.mac === null ? null : macOf(a.mac);
  if (mac !== null) pending.derive(mac, [a.mac!]);
  return new ThreeVector(a.word, value(a.value), mac);
}

/** r as a vector of one element. */
function keyOf({ macKeys }: { readonly macKeys: MacKeys }, word: WordBits): Component {
  return new ReplicatedVector(macBits(word), 1, macKeys[macBits(word)], []);
}

export function add(context: ThreeContext, a: ThreeVector, b: ThreeVector): ThreeVector {
  return linear(context, [a, b], ([x, y]) => shares.add(context, x!, y!));
}

export function subtract(context: ThreeContext, a: ThreeVector, b: ThreeVector): ThreeVector {
  return linear(context, [a, b], ([x, y]) => shares.subtract(context, x!, y!));
}

export function multiplyPublic(context: ThreeContext, a: ThreeVector, value: bigint): ThreeVector {
  return linear(context, [a], ([x]) => shares.multiplyPublic(context, x!, value));
}

export function multiplyPublicWords(context: ThreeContext, a: ThreeVector, words: BigUint64Array): ThreeVector {
  return linear(context, [a], ([x]) => shares.multiplyPublicWords(context, x!, words));
}

export function addPublic(context: ThreeContext, a: ThreeVector, value: bigint): ThreeVector {
  const constant = () => {
    const multiple = shares.multiplyPublic(context, keyOf(context, a.word), value);
    return shares.broadcast(context, multiple, a.length);
  };
  return affine(
    context,
    a,
    (x) => shares.addPublic(context, x, value),
    (m) => shares.add(context, m, constant()),
  );
}

export function addPublicWords(context: ThreeContext, a: ThreeVector, words: BigUint64Array): ThreeVector {
  const multiples = () => {
    const key = shares.broadcast(context, keyOf(context, a.word), a.length);
    return shares.multiplyPublicWords(context, key, words);
  };
  return affine(
    context,
    a,
    (x) => shares.addPublicWords(context, x, words),
    (m) => shares.add(context, m, multiples()),
  );
}

export function constants(context: ThreeContext, words: BigUint64Array, word: WordBits): ThreeVector {
  return new ThreeVector(word, shares.constants(context, words, macBits(word)));
}

export function constant(context: ThreeContext, value: bigint, length: number, word: WordBits): ThreeVector {
  return new ThreeVector(word, shares.constant(context, value, length, macBits(word)));
}

export function sum(context: ThreeContext, a: ThreeVector): ThreeVector {
  return linear(context, [a], ([x]) => shares.sum(context, x!));
}

export function prefixSum(context: ThreeContext, a: ThreeVector): ThreeVector {
  return linear(context, [a], ([x]) => shares.prefixSum(context, x!));
}

export function broadcast(context: ThreeContext, a: ThreeVector, length: number): ThreeVector {
  return linear(context, [a], ([x]) => shares.broadcast(context, x!, length));
}

export function concatenate(context: ThreeContext, vectors: readonly ThreeVector[]): ThreeVector {
  return linear(context, vectors, (parts) => shares.concatenate(context, parts));
}

export function slice(context: ThreeContext, a: ThreeVector, from: number, to: number): ThreeVector {
  return linear(context, [a], ([x]) => shares.slice(context, x!, from, to));
}

export function gather(context: ThreeContext, a: ThreeVector, indices: Uint32Array): ThreeVector {
  return linear(context, [a], ([x]) => shares.gather(context, x!, indices));
}

/** The low limbs of value and MAC: r modulo 2^128 is the key of the smaller ring. */
export function narrow(context: ThreeContext, a: ThreeVector): ThreeVector {
  const low = (of: Component): Component => shares.narrow(context, of, macBits(64));
  return new ThreeVector(64, low(a.value), a.mac && low(a.mac));
}
