/**
 * Minimum cohorts: outputs that are 0 unless they cover enough rows, decided inside the computation.
 *
 * What counts is the program, not its author's word: an output is taken to have a minimum cohort of k only if it is
 *
 *     select(not(less(c, k)), x, 0)    with c = count(g) or sum(number(g)), k a constant, and x = c or x = dot(number(g), y)
 *
 * for one column of bits g, which is what `Tracer.cohort` writes, and a y that cannot select among the rows of g once more: a number
 * column or a power of one, truncated or not. (A product with another column could be zero in all rows but one.) Anything else gets
 * no credit.
 *
 * @example
 * leastRowsOf(groupStatistics)[0]; // 10
 */
import type { Instruction, Program } from "./program.ts";
import { columnOf } from "./words.ts";

/** For each output how many rows it covers at least when it is not 0; undefined where the program enforces nothing. */
export function leastRowsOf(program: Program): (number | undefined)[] {
  return program.outputs.map(({ value }) => leastRows(program, value));
}

function leastRows(program: Program, value: number): number | undefined {
  const { instructions } = program;
  const select = instructions[value];
  if (select.op !== "select" || constantOf(instructions[select.b]) !== 0n) return undefined;
  const not = instructions[select.bit];
  const less = not.op === "not" ? instructions[not.a] : undefined;
  if (less?.op !== "less") return undefined;
  const group = countedGroup(program, less.a);
  const least = constantOf(instructions[less.b]);
  if (group === undefined || least === undefined || least < 1n) return undefined;
  return select.a === less.a || isSumOver(program, select.a, group) ? Number(least) : undefined;
}

/** The column of bits whose ones a value counts. */
function countedGroup({ instructions }: Program, value: number): number | undefined {
  const count = instructions[value];
  if (count.op === "count") return count.a;
  const member = count.op === "sum" ? instructions[count.a] : undefined;
  return member?.op === "number" ? member.a : undefined;
}

/** Whether a value is a sum of a column, or of a power of one, over the rows of the group. */
function isSumOver(program: Program, value: number, group: number): boolean {
  const sum = program.instructions[value];
  if (sum.op !== "dot") return false;
  const isGroup = (factor: number) => {
    const member = program.instructions[factor];
    return member.op === "number" && member.a === group;
  };
  return [
    [sum.a, sum.b],
    [sum.b, sum.a],
  ].some(([factor, other]) => isGroup(factor) && powerOf(program, other) !== undefined);
}

/** The number column of which a value is a power; undefined if it is anything else. */
function powerOf(program: Program, value: number): string | undefined {
  const powers: (string | undefined)[] = [];
  for (const instruction of program.instructions.slice(0, value + 1)) {
    if ("column" in instruction) {
      const isNumber = columnOf(program, instruction.column)?.kind === "number";
      powers.push(isNumber ? instruction.column : undefined);
    } else if (instruction.op === "truncate") powers.push(powers[instruction.a]);
    else if (instruction.op === "multiply") {
      powers.push(powers[instruction.a] === powers[instruction.b] ? powers[instruction.a] : undefined);
    } else powers.push(undefined);
  }
  return powers[value];
}

function constantOf(instruction: Instruction): bigint | undefined {
  return instruction.op === "constant" ? BigInt(instruction.word) : undefined;
}
