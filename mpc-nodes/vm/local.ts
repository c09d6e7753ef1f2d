/** Instructions that each node works out alone. */
import { presenceIn } from "@sharebridge/algorithms/language/missing.ts";
import { positionOf } from "@sharebridge/algorithms/language/position.ts";
import { privateInputsOf } from "@sharebridge/algorithms/language/private-inputs.ts";
import { inputName } from "@sharebridge/algorithms/language/tables.ts";
import { toSigned, toUnsigned } from "@sharebridge/algorithms/language/words.ts";
import { shiftedDown } from "../protocol/functions/rows.ts";
import type { Mpc } from "../protocol/mpc.ts";
import { differenceOf, publicProduct, secretly, sumOf } from "./arithmetic.ts";
import { asValue, type Value, type Values } from "./values.ts";

export function localValue(mpc: Mpc, values: Values, index: number): Value {
  const { program, parameters } = values.task;
  const rows = values.rows(index);
  const instruction = program.instructions[index];
  const length = values.length(index);
  switch (instruction.op) {
    case "input":
    case "encoded":
      return { vector: values.input(inputName(instruction), rows) };
    case "present":
      return { vector: values.input(presenceIn(program, instruction), rows) };
    case "parameter": {
      const position = program.parameters.findIndex(({ name }) => name === instruction.parameter);
      return { word: toUnsigned(parameters[position]) };
    }
    case "privateInput": {
      const position = privateInputsOf(program).findIndex(({ name }) => name === instruction.privateInput);
      return { vector: mpc.slice(values.privateInputs, position, position + 1) };
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
    case "secret":
      return { vector: secretly(mpc, values.number(instruction.a), 1) };
    case "computed": {
      const vector = values.secret(instruction.a);
      return { vector: mpc.slice(vector, 0, vector.length) };
    }
    case "laplace":
    case "gaussian": {
      const scalars = mpc.concatenate(instruction.values.map((value) => values.secret(value)));
      const noise = values.task.noise.get(index);
      if (noise !== undefined) return { vector: mpc.add(scalars, noise) };
      throw new TypeError(`the noise of instruction ${index} has not been drawn`);
    }
    case "unknown":
    case "noised":
      return { vector: mpc.slice(values.secret(instruction.a), instruction.index, instruction.index + 1) };
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
    case "prefixSum":
      return { vector: mpc.prefixSum(values.secret(instruction.a)) };
    case "previous":
      return asValue(shiftedDown(mpc, values.rowsOf(instruction.a)));
    case "at": {
      const row = positionOf(instruction, rows);
      return {
        vector: row === undefined ? mpc.constant(0n, 1, 64) : mpc.slice(values.secret(instruction.a), row, row + 1),
      };
    }
    default:
      throw new TypeError(`instruction ${index} (${instruction.op}) is not local`);
  }
}
