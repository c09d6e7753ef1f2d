/** What a party does to its shares of packed bits alone, without a message. */
import type { PartyId } from "../../math/party.ts";
import { type Context, newBits } from "./context.ts";
import { planeWords, ReplicatedBits, sharesOf } from "./values.ts";

function planeAt(a: ReplicatedBits, j: PartyId, plane: number): number {
  return a.at[j] + plane * a.planeWords * 8;
}

function bitOf(value: bigint, plane: number): boolean {
  return ((value >> BigInt(plane)) & 1n) === 1n;
}

export function xor(context: Context, a: ReplicatedBits, b: ReplicatedBits): ReplicatedBits {
  const out = newBits(context, a.planes, a.length);
  for (const j of context.held) context.heap.loops.xor(out.at[j], a.at[j], b.at[j], a.planes * a.planeWords);
  return out;
}

export function xorPublic(context: Context, a: ReplicatedBits, value: bigint): ReplicatedBits {
  const { heap, held, publicShare } = context;
  const out = newBits(context, a.planes, a.length);
  const words = a.planeWords;
  for (const j of held) {
    heap.copy(out.at[j], a.at[j], a.planes * words * 8);
    if (j !== publicShare) continue;
    for (let plane = 0; plane < a.planes; plane++) {
      if (bitOf(value, plane)) heap.loops.not(planeAt(out, j, plane), planeAt(out, j, plane), words);
    }
  }
  return out;
}

export function andPublic(context: Context, a: ReplicatedBits, value: bigint): ReplicatedBits {
  const out = newBits(context, a.planes, a.length, true);
  for (const j of context.held) {
    for (let plane = 0; plane < a.planes; plane++) {
      if (bitOf(value, plane)) context.heap.copy(planeAt(out, j, plane), planeAt(a, j, plane), a.planeWords * 8);
    }
  }
  return out;
}

export function constantBits(context: Context, value: bigint, planes: number, length: number): ReplicatedBits {
  return xorPublic(context, newBits(context, planes, length, true), value);
}

/** Consecutive planes are a view, others a copy. */
export function planes(context: Context, a: ReplicatedBits, indices: readonly number[]): ReplicatedBits {
  const first = indices[0] ?? 0;
  if (indices.every((plane, index) => plane === first + index)) {
    const at = sharesOf(context.held, (j) => planeAt(a, j, first));
    return new ReplicatedBits(indices.length, a.length, at, a.regions);
  }
  const out = newBits(context, indices.length, a.length);
  for (const j of context.held) {
    for (const [index, plane] of indices.entries()) {
      context.heap.copy(planeAt(out, j, index), planeAt(a, j, plane), a.planeWords * 8);
    }
  }
  return out;
}

/** At least one part. */
export function stack(context: Context, parts: readonly ReplicatedBits[]): ReplicatedBits {
  const { length } = parts[0]!;
  const out = newBits(
    context,
    parts.reduce((total, part) => total + part.planes, 0),
    length,
  );
  let plane = 0;
  for (const part of parts) {
    for (const j of context.held) {
      context.heap.copy(planeAt(out, j, plane), part.at[j], part.planes * part.planeWords * 8);
    }
    plane += part.planes;
  }
  return out;
}

export function slice(context: Context, a: ReplicatedBits, from: number, to: number): ReplicatedBits {
  const out = newBits(context, a.planes, to - from);
  if (to === from) return out;
  for (const j of context.held) {
    for (let plane = 0; plane < a.planes; plane++) {
      context.heap.loops.copyBits(planeAt(out, j, plane), planeAt(a, j, plane), from, to - from);
    }
  }
  return out;
}

/** At least one part. */
export function concatenate(context: Context, parts: readonly ReplicatedBits[]): ReplicatedBits {
  const { heap, held, arena } = context;
  const { planes: count } = parts[0]!;
  const out = newBits(
    context,
    count,
    parts.reduce((total, { length }) => total + length, 0),
    true,
  );
  let row = 0;
  for (const part of parts) {
    if (part.length === 0) continue;
    // What lies behind a part's last row is not zero in general.
    const clean = arena.take(planeWords(part.length) * 8);
    for (const j of held) {
      for (let plane = 0; plane < count; plane++) {
        heap.loops.copyBits(clean.pointer, planeAt(part, j, plane), 0, part.length);
        heap.loops.mergeBits(planeAt(out, j, plane), clean.pointer, row, part.length);
      }
    }
    arena.free(clean);
    row += part.length;
  }
  return out;
}
