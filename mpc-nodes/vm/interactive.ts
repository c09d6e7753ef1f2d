/** Instructions that the nodes work out together: what each is on shares. */
import { topBit } from "../protocol/functions/compare.ts";
import { isZero } from "../protocol/functions/equal.ts";
import { greatestElement, leastElement, negativePart } from "../protocol/functions/extremes.ts";
import { type Matching, matched } from "../protocol/functions/match.ts";
import type { Order } from "../protocol/functions/order.ts";
import type { Bits, Mpc, Vector } from "../protocol/mpc.ts";
import { differenceOf, productOf, sumOf, vectorOf } from "./arithmetic.ts";
import { functionOf } from "./functions.ts";
import { lookedUp, matchBy } from "./matching.ts";
import { withSubstitute } from "./missing.ts";
import { arranged, orderBy } from "./ordering.ts";
import { allCertified, solutionOf } from "./systems.ts";
import type { Values } from "./values.ts";

export async function interactiveValue(
  mpc: Mpc,
  values: Values,
  index: number,
): Promise<Vector | Bits | Order | Matching> {
  const instruction = values.task.program.instructions[index];
  const length = values.length(index);
  switch (instruction.op) {
    case "truncate": {
      const [value] = await mpc.truncate([{ value: values.secret(instruction.a), bits: instruction.bits }]);
      return value;
    }
    case "inputOr":
    case "encodedOr":
      return withSubstitute(mpc, values, instruction, values.rows(index));
    case "dot":
      return mpc.dot([[values.secret(instruction.a), values.secret(instruction.b)]]);
    case "multiply":
      return productOf(mpc, values.number(instruction.a), values.number(instruction.b), length);
    case "less":
      return topBit(mpc, values.difference(mpc, index), values.planes(index));
    case "equal":
      return isZero(mpc, values.difference(mpc, index), values.planes(index));
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
      const below = await negativePart(mpc, values.difference(mpc, index), values.planes(index));
      return vectorOf(sumOf(mpc, values.number(instruction.b), { vector: below }, length));
    }
    case "larger": {
      const below = await negativePart(mpc, values.difference(mpc, index), values.planes(index));
      return vectorOf(differenceOf(mpc, values.number(instruction.a), { vector: below }, length));
    }
    case "minimum":
    case "maximum": {
      if (values.rows(index) === 0) return mpc.constant(0n, 1, 64);
      const extreme = instruction.op === "minimum" ? leastElement : greatestElement;
      return extreme(mpc, values.secret(instruction.a), values.planes(index));
    }
    case "order": {
      const keys = values.task.keys[index] ?? [];
      return orderBy(
        mpc,
        keys.map((key) => ({ key, column: values.rowsOf(key.value) })),
      );
    }
    case "arrange":
      return arranged(mpc, values.order(instruction.order), values.rowsOf(instruction.a));
    case "match":
      return matchBy(mpc, values, instruction);
    case "matched":
      return matched(mpc, values.matching(instruction.match));
    case "lookUp":
      return lookedUp(mpc, values.matching(instruction.match), values.rowsOf(instruction.a));
    case "solve":
      return solutionOf(mpc, instruction, values.task, (operand) => values.number(operand));
    case "certified":
      return allCertified(
        mpc,
        instruction.solutions.map((solution) => values.secret(solution)),
      );
    case "divide":
    case "squareRoot":
    case "exponential":
    case "logarithm":
    case "sigmoid":
      return functionOf(mpc, instruction, values.task, (operand) => values.number(operand), length);
    default:
      throw new TypeError(`instruction ${index} (${instruction.op}) needs no communication`);
  }
}
