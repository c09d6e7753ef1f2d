/** A program in exact fractions on raw values: what real arithmetic would give, for judging declared errors. */
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import type { Rational } from "@sharebridge/algorithms/language/rational.ts";
import * as rational from "@sharebridge/algorithms/language/rational.ts";

type Exact = { column: Rational[] } | { scalar: Rational };

const operations = { add: rational.add, subtract: rational.subtract, multiply: rational.multiply };

export function evaluateExact(
  program: Program,
  inputs: ReadonlyMap<string, readonly Rational[]>,
  parameters: readonly bigint[],
  rows: number,
): Rational[] {
  const values: Exact[] = [];
  const combine = (a: Exact, b: Exact, operation: (x: Rational, y: Rational) => Rational): Exact => {
    if ("scalar" in a && "scalar" in b) return { scalar: operation(a.scalar, b.scalar) };
    const at = (value: Exact, row: number) => ("scalar" in value ? value.scalar : value.column[row]);
    return { column: Array.from({ length: rows }, (_, row) => operation(at(a, row), at(b, row))) };
  };
  const total = (value: Exact): Exact => {
    if ("scalar" in value) throw new TypeError("a column is needed");
    return { scalar: value.column.reduce(rational.add, rational.ZERO) };
  };
  for (const instruction of program.instructions) {
    switch (instruction.op) {
      case "input":
        values.push({ column: [...(inputs.get(instruction.column) ?? [])] });
        break;
      case "parameter": {
        const index = program.parameters.findIndex(({ name }) => name === instruction.parameter);
        values.push({ scalar: rational.fromWord(parameters[index], program.parameters[index].fractionBits) });
        break;
      }
      case "constant":
        values.push({ scalar: rational.fromWord(BigInt(instruction.word), instruction.fractionBits) });
        break;
      case "rows":
        values.push({ scalar: rational.integer(BigInt(rows)) });
        break;
      case "truncate":
        values.push(values[instruction.a]);
        break;
      case "sum":
        values.push(total(values[instruction.a]));
        break;
      case "dot":
        values.push(total(combine(values[instruction.a], values[instruction.b], rational.multiply)));
        break;
      default:
        values.push(combine(values[instruction.a], values[instruction.b], operations[instruction.op]));
    }
  }
  return program.outputs.map(({ value }) => {
    const output = values[value];
    if ("scalar" in output) return output.scalar;
    throw new TypeError("an output is a column");
  });
}
