/** The fixed-point functions as instructions: which format of the engine's function an instruction of a program means. */
import type { Analysis } from "@sharebridge/algorithms/language/analysis.ts";
import { quotientWordBits } from "@sharebridge/algorithms/language/function-errors.ts";
import { exponentialRangeBits, type FunctionInstruction } from "@sharebridge/algorithms/language/functions.ts";
import { divide } from "../protocol/functions/divide.ts";
import { exponential } from "../protocol/functions/exponential.ts";
import { logarithm } from "../protocol/functions/logarithm.ts";
import { sigmoid } from "../protocol/functions/sigmoid.ts";
import { squareRoot } from "../protocol/functions/square-root.ts";
import type { Mpc, Vector } from "../protocol/mpc.ts";
import { type NumberValue, secretly } from "./arithmetic.ts";

/** The function's value, `length` rows. Operands are in its domain: the analysis has proven it. */
export function functionOf(
  mpc: Mpc,
  instruction: FunctionInstruction,
  { types, values }: Pick<Analysis, "types" | "values">,
  operand: (index: number) => NumberValue,
  length: number,
): Promise<Vector> {
  const vector = (index: number) => secretly(mpc, operand(index), length);
  const { fractionBits } = types[instruction.a];
  switch (instruction.op) {
    case "divide": {
      const divisorBits = types[instruction.b].fractionBits;
      const resultBits = quotientWordBits(fractionBits, divisorBits, instruction.fractionBits);
      return divide(mpc, vector(instruction.a), vector(instruction.b), { fractionBits: divisorBits, resultBits });
    }
    case "squareRoot":
      return squareRoot(mpc, vector(instruction.a), { fractionBits, resultBits: instruction.fractionBits });
    case "exponential": {
      const rangeBits = exponentialRangeBits(values[instruction.a].words, fractionBits);
      if (rangeBits === undefined) throw new TypeError("the exponential's operand is out of its domain");
      return exponential(mpc, vector(instruction.a), { fractionBits, resultBits: instruction.fractionBits, rangeBits });
    }
    case "logarithm":
      return logarithm(mpc, vector(instruction.a), { fractionBits, resultBits: instruction.fractionBits });
    case "sigmoid":
      return sigmoid(mpc, vector(instruction.a), { fractionBits });
  }
}
