/**
 * Protected groups that hang on rows of further tables: which matches they may hang on. Why these rules are enough is said in `groups.ts`.
 *
 * A match that the member or a figure of a group depends on has the main table on its left and another one on its right, each
 * table in one match at most; it is `once`; and every group lies within the rows that are `matched` by it, which an `and` says. A group is
 * then as many rows of the other table as of the main one, and is held against the same minimum in both.
 */
import { ProgramError } from "./errors.ts";
import { operandsOf } from "./operands.ts";
import type { FlatProgram } from "./program.ts";
import { describeTable, tableNumber } from "./tables.ts";

/** What of a value's type matters. */
interface Type {
  readonly shape: string;
  readonly table?: string;
  readonly partners?: string;
}

/** A match that protected groups depend on. */
export interface ProtectedMatch {
  /** Its instruction. */
  readonly match: number;
  /** The number of the table that partners are in. */
  readonly table: number;
}

/** Those that members or outputs depend on; none in a program without protection. */
export function protectedMatches(program: FlatProgram, types: readonly Type[]): ProtectedMatch[] {
  const { instructions, outputs, protection } = program;
  if (protection === undefined) return [];
  const needed = new Set([...outputs.map(({ value }) => value), ...protection.groups.map(({ member }) => member)]);
  const found: ProtectedMatch[] = [];
  for (let index = instructions.length - 1; index >= 0; index--) {
    if (!needed.has(index)) continue;
    for (const operand of operandsOf(instructions[index])) needed.add(operand);
    if (instructions[index].op === "match") {
      found.push({ match: index, table: tableNumber(program, types[index].partners) });
    }
  }
  return found.reverse();
}

/**
 * Check: the rules above.
 *
 * @param origins what values are called, by index
 * @param isWithin whether a group, by number, lies within the rows where a bit is 1
 */
export function checkMatches(
  program: FlatProgram,
  types: readonly Type[],
  origins: readonly number[],
  isWithin: (group: number, bit: number) => boolean,
): void {
  const matches = protectedMatches(program, types);
  const { instructions, protection } = program;
  matches.forEach(({ match, table }, position) => {
    const instruction = instructions[match];
    const fail = (message: string) =>
      new ProgramError(
        "UnprotectedMatch",
        `instruction ${origins[match]} (match): protected groups depend on it, and ${message}`,
        origins[match],
      );
    if (types[match].table !== undefined || table === 0) {
      const [left, right] = [types[match].table, types[match].partners].map(describeTable);
      throw fail(
        `are rows of the main table with partners in another one; it finds rows of ${left} partners in ${right}`,
      );
    }
    if (matches.some((each, before) => before < position && each.table === table)) {
      throw fail(`on another match with ${describeTable(types[match].partners)}; they may on one with each table`);
    }
    if (!("once" in instruction && instruction.once)) {
      throw fail("many of their rows could have one partner, whose values would be theirs; match `once`");
    }
    const bits = instructions.flatMap((each, index) => (each.op === "matched" && each.match === match ? [index] : []));
    const outside = protection?.groups.findIndex((_, group) => !bits.some((bit) => isWithin(group, bit))) ?? -1;
    if (outside < 0) return;
    const name = protection?.groups[outside].name;
    throw fail(
      `group ${name} is not proven to hold none but rows that are \`matched\`; take the \`and\` of it and its member`,
    );
  });
}

/** By value: whether it is, or depends on, a scalar made of rows of a further table: what all of these are together, which no group limits. */
export function dependsOnWholeTables(
  { instructions }: Pick<FlatProgram, "instructions">,
  types: readonly Type[],
): boolean[] {
  const found: boolean[] = [];
  instructions.forEach((instruction, index) => {
    const operands = operandsOf(instruction);
    const isTotal = types[index].shape === "scalar" && operands.some((operand) => types[operand].table !== undefined);
    found.push(isTotal || operands.some((operand) => found[operand]));
  });
  return found;
}
