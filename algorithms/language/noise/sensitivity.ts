/**
 * How far several sums move together when one row becomes another one. Each alone moves by at most the width of what a row adds to
 * it. Of sums over rows that have nothing in common (the bins of a histogram) a row is in one at most: it leaves one and enters another,
 * and all others stay.
 *
 * **Neighbours** are pools of which one row has other values in the declared ranges. The number of rows is public, so whether a row is there at all is no
 * secret, and adding or removing one is no change that noise would have to hide.
 */
import { conditionsOf } from "../groups.ts";
import { larger, magnitude } from "../interval.ts";
import type { FlatProgram } from "../program.ts";
import type { Contribution } from "./dependence.ts";

/** In words: the L1 distance, and the square of the L2 distance, that one row can move the values. 1 at least, so that a scale follows. */
export interface Sensitivity {
  readonly sum: bigint;
  readonly squares: bigint;
}

/** By cell the contributions of the values that are 0 outside of it; cells are pairwise disjoint. */
interface Cells {
  readonly cells: readonly (readonly Contribution[])[];
  /** Those that every row may be in. */
  readonly others: readonly Contribution[];
}

export function sensitivityOf(program: FlatProgram, contributions: readonly Contribution[]): Sensitivity {
  const split = cellsOf(program, contributions);
  return {
    sum: larger(
      1n,
      movedBy(split, (size) => size),
    ),
    squares: larger(
      1n,
      movedBy(split, (size) => size * size),
    ),
  };
}

/** @param weigh what a move of one value by so much counts */
function movedBy({ cells, others }: Cells, weigh: (size: bigint) => bigint): bigint {
  const total = (each: readonly Contribution[], size: (one: Contribution) => bigint) =>
    each.reduce((sum, one) => sum + weigh(size(one)), 0n);
  const within = cells.map((cell) => total(cell, width));
  const [first = 0n, second = 0n] = cells
    .map((cell) => total(cell, ({ words }) => magnitude(words)))
    .sort((a, b) => (a < b ? 1 : -1));
  // From row to row of one cell, or out of one cell into another.
  return total(others, width) + within.reduce(larger, first + second);
}

const width = ({ words }: Contribution) => words.maximum - words.minimum;

/** A value joins a cell if its member is that of the cell, or proven disjoint from those of all cells: then it is one of its own. */
function cellsOf(program: FlatProgram, contributions: readonly Contribution[]): Cells {
  const areDisjoint = conditionsOf(program);
  const cells = new Map<number, Contribution[]>();
  const others: Contribution[] = [];
  for (const one of contributions) {
    const { member } = one;
    if (member === undefined) others.push(one);
    else if (cells.has(member)) cells.get(member)?.push(one);
    else if ([...cells.keys()].every((other) => areDisjoint(member, other))) cells.set(member, [one]);
    else others.push(one);
  }
  return { cells: [...cells.values()], others };
}
