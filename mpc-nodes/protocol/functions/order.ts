/**
 * A secret order of rows, as a secret uniform permutation π and a public list c that would be the order if π were not in between
 * (Chida et al., ePrint 2019/695, §4: a shared permutation is opened only under a shuffle). As π is uniform and known to no party,
 * c is uniform whatever the order is, and opening it reveals nothing. Both directions cost one shuffle: four rounds, 12 elements a
 * row and column among four parties.
 */
import type { Bits, Mpc, Permutation, Vector } from "../mpc.ts";

export type Order = {
  readonly length: number;
  /** If so, sorted row π(i) is original row c[i]; if not, original row π(i) is sorted row c[i]. */
  readonly bySource: boolean;
  readonly permutation: Permutation;
  readonly opened: Uint32Array;
};

/** The order whose sorted row p is original row sources[p]. Five rounds. */
export async function orderFromSources(mpc: Mpc, sources: Bits): Promise<Order> {
  const permutation = mpc.randomPermutation(sources.length);
  // Uniform to everyone, like c above: π is fresh, and this is the one time that anything is opened under it.
  const words = await mpc.scope(async (scope) => {
    const [opened] = await scope.openBits(await scope.shuffleBits(permutation, [sources]));
    return opened!;
  });
  return { length: sources.length, bySource: true, permutation, opened: lowHalves(words) };
}

/** The order that takes original row i to sorted row destinations[i]. Five rounds. */
export async function orderFromDestinations(mpc: Mpc, destinations: Vector): Promise<Order> {
  const permutation = mpc.randomPermutation(destinations.length);
  const words = await mpc.scope(async (scope) => {
    const [opened] = await scope.open(await scope.shuffle(permutation, [destinations]));
    return opened!;
  });
  return { length: destinations.length, bySource: false, permutation, opened: lowHalves(words) };
}

export interface Columns {
  readonly vectors: readonly Vector[];
  readonly bits: readonly Bits[];
}

export type MovedColumns = { vectors: Vector[]; bits: Bits[] };

/** Columns in the original order become columns in the sorted order. Four rounds, those of all columns merged. */
export function applyOrder(mpc: Mpc, order: Order, columns: Columns): Promise<MovedColumns> {
  return order.bySource ? gatherThenUnshuffle(mpc, order, columns) : shuffleThenScatter(mpc, order, columns);
}

/** Columns in the sorted order become columns in the original order. Four rounds, those of all columns merged. */
export function undoOrder(mpc: Mpc, order: Order, columns: Columns): Promise<MovedColumns> {
  return order.bySource ? shuffleThenScatter(mpc, order, columns) : gatherThenUnshuffle(mpc, order, columns);
}

/** `applyOrder` for vectors alone. */
export async function applyOrderTo(mpc: Mpc, order: Order, vectors: readonly Vector[]): Promise<Vector[]> {
  return (await applyOrder(mpc, order, { vectors, bits: [] })).vectors;
}

/** `undoOrder` for vectors alone. */
export async function undoOrderOf(mpc: Mpc, order: Order, vectors: readonly Vector[]): Promise<Vector[]> {
  return (await undoOrder(mpc, order, { vectors, bits: [] })).vectors;
}

/** Row π(i) of the result is row c[i]. */
function gatherThenUnshuffle(mpc: Mpc, { permutation, opened }: Order, columns: Columns): Promise<MovedColumns> {
  return mpc.scope((scope) =>
    together(
      scope,
      columns,
      (task, vectors) =>
        task.unshuffle(
          permutation,
          vectors.map((vector) => task.gather(vector, opened)),
        ),
      (task, bits) =>
        task.unshuffleBits(
          permutation,
          bits.map((column) => task.gatherBits(column, opened)),
        ),
    ),
  );
}

/** Row c[i] of the result is row π(i). */
function shuffleThenScatter(mpc: Mpc, { permutation, opened }: Order, columns: Columns): Promise<MovedColumns> {
  const indices = inverseOf(opened);
  return mpc.scope((scope) =>
    together(
      scope,
      columns,
      async (task, vectors) => (await task.shuffle(permutation, vectors)).map((vector) => task.gather(vector, indices)),
      async (task, bits) =>
        (await task.shuffleBits(permutation, bits)).map((column) => task.gatherBits(column, indices)),
    ),
  );
}

/** Vectors and bits side by side, neither where there are none. */
export async function together(
  mpc: Mpc,
  { vectors, bits }: Columns,
  onVectors: (task: Mpc, vectors: readonly Vector[]) => Promise<Vector[]>,
  onBits: (task: Mpc, bits: readonly Bits[]) => Promise<Bits[]>,
): Promise<MovedColumns> {
  const moved: MovedColumns = { vectors: [], bits: [] };
  if (bits.length === 0) {
    if (vectors.length > 0) moved.vectors = await onVectors(mpc, vectors);
  } else if (vectors.length === 0) {
    moved.bits = await onBits(mpc, bits);
  } else {
    const [numbers, packed] = await mpc.parallel<{ vectors?: Vector[]; bits?: Bits[] }>([
      async (task) => ({ vectors: await onVectors(task, vectors) }),
      async (task) => ({ bits: await onBits(task, bits) }),
    ]);
    moved.vectors = numbers!.vectors!;
    moved.bits = packed!.bits!;
  }
  return moved;
}

/** Public positions below 2^32 out of opened words: their low halves. */
export function lowHalves(words: BigUint64Array): Uint32Array {
  const halves = new Uint32Array(words.buffer, words.byteOffset, 2 * words.length);
  const positions = new Uint32Array(words.length);
  for (let row = 0; row < positions.length; row++) positions[row] = halves[2 * row]!;
  return positions;
}

/** The inverse of a public permutation. */
export function inverseOf(order: Uint32Array): Uint32Array {
  const inverse = new Uint32Array(order.length);
  for (let row = 0; row < order.length; row++) inverse[order[row]!] = row;
  return inverse;
}
