import type { SharedVector } from "../../sharing/shared-vector.ts";

/**
 * The same shares, each in a buffer that holds nothing else, and the list of these buffers: what can be transferred to
 * another thread without taking anything along. A share that lies in a larger buffer, or in another's, is copied.
 */
export function ownMemory(inputs: ReadonlyMap<string, SharedVector>): {
  inputs: Map<string, SharedVector>;
  buffers: ArrayBuffer[];
} {
  const buffers = new Set<ArrayBuffer>();
  const own = (words: BigUint64Array): BigUint64Array => {
    const { buffer, byteLength } = words;
    const alone = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength && !buffers.has(buffer);
    const mine = (alone ? words : words.slice()) as BigUint64Array<ArrayBuffer>;
    buffers.add(mine.buffer);
    return mine;
  };
  const moved = new Map(
    [...inputs].map(([name, { length, shares }]) => [
      name,
      { length, shares: shares.map((words) => words && own(words)) },
    ]),
  );
  return { inputs: moved, buffers: [...buffers] };
}
