/** Minimum and maximum, of two columns row by row and of one column by a tournament whose rounds depend on its length alone. */
import type { Mpc, Vector } from "../mpc.ts";
import { lessThan, topBit } from "./compare.ts";
import { selectBy } from "./select.ts";

/** The smaller of a and b, row by row; their difference must not overflow (`lessThan`). */
export function minimum(mpc: Mpc, a: Vector, b: Vector): Promise<Vector> {
  return mpc.scope(async (scope) => {
    const [less] = await scope.inject(await lessThan(scope, a, b), a.word);
    return selectBy(scope, less!, a, b);
  });
}

/** The larger of a and b, row by row. */
export function maximum(mpc: Mpc, a: Vector, b: Vector): Promise<Vector> {
  return mpc.scope(async (scope) => {
    const [less] = await scope.inject(await lessThan(scope, a, b), a.word);
    return selectBy(scope, less!, b, a);
  });
}

export interface Extreme {
  /** One element. */
  readonly value: Vector;
  /** One element: the row where it stands, the first of several. */
  readonly index: Vector;
}

/** The least element of a column of one row at least, and where it is. ⌈log2(rows)⌉ times the rounds of `minimum`. */
export function leastOf(mpc: Mpc, column: Vector): Promise<Extreme> {
  return tournament(mpc, column, (task, a, b) => lessThan(task, b, a));
}

/** The greatest element. */
export function greatestOf(mpc: Mpc, column: Vector): Promise<Extreme> {
  return tournament(mpc, column, (task, a, b) => lessThan(task, a, b));
}

/** @param beats 1 where b, which stands behind a, is to win: strictly, so that the first of equals stays */
function tournament(
  mpc: Mpc,
  column: Vector,
  beats: (mpc: Mpc, a: Vector, b: Vector) => ReturnType<typeof lessThan>,
): Promise<Extreme> {
  return mpc.scope(async (scope) => {
    const rows = BigUint64Array.from({ length: column.length }, (_, row) => BigInt(row));
    let value = column;
    let index = scope.constants(rows, column.word);
    while (value.length > 1) {
      const pairs = value.length >> 1;
      const [first, second, rest] = [evens(pairs), odds(pairs), value.length % 2];
      const [a, b] = [scope.gather(value, first), scope.gather(value, second)];
      const [i, j] = [scope.gather(index, first), scope.gather(index, second)];
      const [wins] = await scope.inject(await beats(scope, a, b), column.word);
      const [nextValue, nextIndex] = await scope.parallel([
        (task) => selectBy(task, wins!, b, a),
        (task) => selectBy(task, wins!, j, i),
      ]);
      const last = value.length - 1;
      value = rest ? scope.concatenate([nextValue!, scope.slice(value, last, last + 1)]) : nextValue!;
      index = rest ? scope.concatenate([nextIndex!, scope.slice(index, last, last + 1)]) : nextIndex!;
    }
    return { value, index };
  });
}

/**
 * The least element alone, without the row where it stands. ⌈log2(rows)⌉ times the rounds of a comparison of `planes` bits, an injection
 * and a multiplication.
 * @param planes the difference of any two elements is in [−2^(planes−1), 2^(planes−1)); at least 2
 */
export function leastElement(mpc: Mpc, column: Vector, planes: number = column.word): Promise<Vector> {
  return fold(mpc, column, async (task, a, b) => task.add(b, await negativePart(task, task.subtract(a, b), planes)));
}

/** The greatest element alone. */
export function greatestElement(mpc: Mpc, column: Vector, planes: number = column.word): Promise<Vector> {
  return fold(mpc, column, async (task, a, b) =>
    task.subtract(a, await negativePart(task, task.subtract(a, b), planes)),
  );
}

/** x where it is negative, else 0; x within [−2^(planes−1), 2^(planes−1)). */
export function negativePart(mpc: Mpc, x: Vector, planes: number = x.word): Promise<Vector> {
  return mpc.scope(async (scope) => {
    const [negative] = await scope.inject(await topBit(scope, x, planes), x.word);
    return scope.multiply(x, negative!);
  });
}

/** Joins halves until one element is left; at least one row. */
function fold(mpc: Mpc, column: Vector, join: (mpc: Mpc, a: Vector, b: Vector) => Promise<Vector>): Promise<Vector> {
  return mpc.scope(async (scope) => {
    let left = scope.slice(column, 0, column.length);
    while (left.length > 1) {
      const half = left.length >> 1;
      const joined = await join(scope, scope.slice(left, 0, half), scope.slice(left, half, 2 * half));
      left =
        left.length % 2 === 0 ? joined : scope.concatenate([joined, scope.slice(left, left.length - 1, left.length)]);
    }
    return left;
  });
}

function evens(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, pair) => 2 * pair);
}

function odds(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, pair) => 2 * pair + 1);
}
