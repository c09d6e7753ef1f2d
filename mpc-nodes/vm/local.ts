/** Instructions that each node works out alone. */
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { toSigned, toUnsigned } from "@sharebridge/algorithms/language/words.ts";
import type { Mpc, Vector } from "../protocol/mpc.ts";
import { differenceOf, publicProduct, sumOf } from "./arithmetic.ts";
import type { Value, Values } from "./values.ts";

export function localValue(mpc: Mpc, values: Values, index: number): Value {
  const { program, parameters, rows } = values.task;
  const instruction = program.instructions[index];
  const length = values.length(index);
  switch (instruction.op) {
    case "input":
    case "encoded":
      return { vector: input(values, instruction.column) };
    case "parameter": {
      const position = program.parameters.findIndex(({ name }) => name === instruction.parameter);
      return { word: toUnsigned(parameters[position]) };
    }
    case "constant":
      return { word: toUnsigned(BigInt(instruction.word)) };
    case "rows":
      return { word: BigInt(rows) };
    case "truncate": {
      const value = values.number(instruction.a);
      if ("word" in value) return { word: toUnsigned(toSigned(value.word) >> BigInt(instruction.bits)) };
      throw new TypeError(`instruction ${index} truncates a secret and is not local`);
    }
    case "sum":
      return { vector: mpc.sum(values.secret(instruction.a)) };
    case "add":
      return sumOf(mpc, values.number(instruction.a), values.number(instruction.b), length);
    case "subtract":
      return differenceOf(mpc, values.number(instruction.a), values.number(instruction.b), length);
    case "multiply":
      return publicProduct(mpc, values.number(instruction.a), values.number(instruction.b), length);
    case "xor":
      return {
        bits: mpc.xor(values.bitsFor(mpc, instruction.a, index), values.bitsFor(mpc, instruction.b, index)),
      };
    case "not":
      return { bits: mpc.xorPublic(values.bits(instruction.a), 1n) };
    default:
      throw new TypeError(`instruction ${index} (${instruction.op}) is not local`);
  }
}

function input({ task: { inputs, rows } }: Values, name: string): Vector {
  const column = inputs.get(name);
  if (column === undefined) throw new ProgramError("MissingInput", `column ${name} was not given`);
  const { length } = column;
  if (length === rows) return column;
  throw new ProgramError("WrongInputLength", `column ${name} has ${length} rows, not ${rows}`);
}
