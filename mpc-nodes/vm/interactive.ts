/** Instructions that the nodes work out together: what each is on shares. */
import type { Instruction } from "@sharebridge/algorithms/language/program.ts";
import { rankOf } from "@sharebridge/algorithms/language/rank.ts";
import { topBit } from "../protocol/functions/compare.ts";
import { isZero } from "../protocol/functions/equal.ts";
import { greatestElement, leastElement, negativePart } from "../protocol/functions/extremes.ts";
import { quantile } from "../protocol/functions/sort.ts";
import type { Bits, Mpc, Vector } from "../protocol/mpc.ts";
import { differenceOf, productOf, sumOf, vectorOf } from "./arithmetic.ts";
import type { Values } from "./values.ts";

type Quantile = Extract<Instruction, { op: "quantile" }>;

/** Instructions that are worked out in one go: the quantiles of one column, which share a sort; any other by itself. */
export function jobsOf(instructions: readonly Instruction[], indices: readonly number[]): number[][] {
  const quantiles = new Map<number, number[]>();
  const jobs: number[][] = [];
  for (const index of indices) {
    const instruction = instructions[index];
    const sorted = instruction.op === "quantile" ? quantiles.get(instruction.a) : undefined;
    if (sorted !== undefined) {
      sorted.push(index);
      continue;
    }
    const job = [index];
    jobs.push(job);
    if (instruction.op === "quantile") quantiles.set(instruction.a, job);
  }
  return jobs;
}

/** The values of the instructions of one job. */
export async function interactiveValues(mpc: Mpc, values: Values, job: readonly number[]): Promise<(Vector | Bits)[]> {
  const { instructions } = values.task.program;
  if (instructions[job[0]].op !== "quantile") return [await interactiveValue(mpc, values, job[0])];
  return quantiles(
    mpc,
    values,
    job,
    job.map((index) => instructions[index] as Quantile),
  );
}

async function quantiles(
  mpc: Mpc,
  values: Values,
  [first]: readonly number[],
  instructions: readonly Quantile[],
): Promise<Vector[]> {
  const { rows } = values.task;
  if (rows === 0) return instructions.map(() => mpc.constant(0n, 1, 64));
  const ranks = instructions.map(({ numerator, denominator }) => rankOf(rows, numerator, denominator) - 1);
  // Sorted by what exceeds the least possible word: not negative, and as few bits as the range allows.
  const { planes, least } = values.comparison(first);
  const excess = mpc.addPublic(values.secret(instructions[0].a), -least);
  const found = await quantile(mpc, excess, Uint32Array.from(ranks), { bits: planes });
  return instructions.map((_, each) => mpc.addPublic(mpc.slice(found, each, each + 1), least));
}

async function interactiveValue(mpc: Mpc, values: Values, index: number): Promise<Vector | Bits> {
  const instruction = values.task.program.instructions[index];
  const length = values.length(index);
  switch (instruction.op) {
    case "truncate": {
      const [value] = await mpc.truncate([{ value: values.secret(instruction.a), bits: instruction.bits }]);
      return value;
    }
    case "dot":
      return mpc.dot([[values.secret(instruction.a), values.secret(instruction.b)]]);
    case "multiply":
      return productOf(mpc, values.number(instruction.a), values.number(instruction.b), length);
    case "less":
      return topBit(mpc, values.difference(mpc, index), values.comparison(index).planes);
    case "equal":
      return isZero(mpc, values.difference(mpc, index), values.comparison(index).planes);
    case "and":
      return mpc.and(values.bitsFor(mpc, instruction.a, index), values.bitsFor(mpc, instruction.b, index));
    case "or": {
      const [a, b] = [instruction.a, instruction.b].map((operand) => values.bitsFor(mpc, operand, index));
      return mpc.xor(mpc.xor(a, b), await mpc.and(a, b));
    }
    case "number": {
      const [number] = await mpc.inject(values.bits(instruction.a), 64);
      return number;
    }
    case "count":
      return mpc.count(values.bits(instruction.a), 64);
    case "select": {
      // b + bit·(a − b)
      const { bit, a, b } = instruction;
      const [chosen] = await mpc.inject(values.bits(bit), 64);
      const [left, right] = [values.number(a), values.number(b)];
      const difference = differenceOf(mpc, left, right, values.length(a, b));
      const product = await productOf(mpc, { vector: chosen }, difference, length);
      return vectorOf(sumOf(mpc, { vector: product }, right, length));
    }
    case "smaller": {
      const below = await negativePart(mpc, values.difference(mpc, index), values.comparison(index).planes);
      return vectorOf(sumOf(mpc, values.number(instruction.b), { vector: below }, length));
    }
    case "larger": {
      const below = await negativePart(mpc, values.difference(mpc, index), values.comparison(index).planes);
      return vectorOf(differenceOf(mpc, values.number(instruction.a), { vector: below }, length));
    }
    case "minimum":
    case "maximum": {
      if (values.task.rows === 0) return mpc.constant(0n, 1, 64);
      const extreme = instruction.op === "minimum" ? leastElement : greatestElement;
      return extreme(mpc, values.secret(instruction.a), values.comparison(index).planes);
    }
    default:
      throw new TypeError(`instruction ${index} (${instruction.op}) needs no communication`);
  }
}
