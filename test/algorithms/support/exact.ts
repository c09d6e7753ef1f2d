/** A program in exact fractions on raw values: what real arithmetic would give, for judging declared errors. */
import { unrolled } from "@sharebridge/algorithms/language/loops.ts";
import { PRIVATE_INPUTS, privateInputsOf } from "@sharebridge/algorithms/language/private-inputs.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import type { Rational } from "@sharebridge/algorithms/language/rational.ts";
import * as rational from "@sharebridge/algorithms/language/rational.ts";
import { declaredColumn, inputName, type Rows, tableNumber } from "@sharebridge/algorithms/language/tables.ts";
import { solveExactly } from "./exact-solve.ts";
import { exponential, logarithm, quotient, root, sigmoid } from "./real-functions.ts";

const functions = { squareRoot: root, exponential, logarithm, sigmoid };

type Exact = { column: Rational[] } | { scalar: Rational } | { solution: Rational[] };
/** Anything with one value per row. */
const columnOf = (value: Exact): Rational[] => {
  if ("column" in value) return value.column;
  throw new TypeError("a column is needed");
};

const [zero, one] = [rational.integer(0n), rational.integer(1n)];
const bit = (value: boolean): Rational => (value ? one : zero);
const isOne = (value: Rational): boolean => value.numerator !== 0n;

const operations = {
  add: rational.add,
  subtract: rational.subtract,
  multiply: rational.multiply,
  less: (a: Rational, b: Rational) => bit(rational.compare(a, b) < 0),
  equal: (a: Rational, b: Rational) => bit(rational.compare(a, b) === 0),
  smaller: rational.minimum,
  larger: rational.maximum,
  and: (a: Rational, b: Rational) => bit(isOne(a) && isOne(b)),
  or: (a: Rational, b: Rational) => bit(isOne(a) || isOne(b)),
  xor: (a: Rational, b: Rational) => bit(isOne(a) !== isOne(b)),
  divide: quotient,
};

/** The fraction rounded to a multiple of 2^-bits, half away from zero. */
function rounded(value: Rational, bits: number): Rational {
  const doubled = { numerator: value.numerator << BigInt(bits + 1), denominator: value.denominator };
  const size = doubled.numerator < 0n ? -doubled.numerator : doubled.numerator;
  const word = (size / doubled.denominator + 1n) / 2n;
  return rational.fromWord(value.numerator < 0n ? -word : word, bits);
}

export function evaluateExact(
  declared: Program,
  inputs: ReadonlyMap<string, readonly Rational[]>,
  parameters: readonly bigint[],
  rows: Rows,
): Rational[] {
  const values: Exact[] = [];
  const combine = (a: Exact, b: Exact, operation: (x: Rational, y: Rational) => Rational): Exact => {
    if ("solution" in a || "solution" in b) throw new TypeError("a solution is no number");
    if ("scalar" in a && "scalar" in b) return { scalar: operation(a.scalar, b.scalar) };
    const at = (value: Exclude<Exact, { solution: Rational[] }>, row: number) =>
      "scalar" in value ? value.scalar : value.column[row];
    const { length } = "column" in a ? a.column : columnOf(b);
    return { column: Array.from({ length }, (_, row) => operation(at(a, row), at(b, row))) };
  };
  const total = (value: Exact): Exact => {
    if (!("column" in value)) throw new TypeError("a column is needed");
    return { scalar: value.column.reduce(rational.add, rational.ZERO) };
  };
  const scalar = (reference: number): Rational => {
    const value = values[reference];
    if ("scalar" in value) return value.scalar;
    throw new TypeError("a scalar is needed");
  };
  const { program } = unrolled(declared);
  for (const instruction of program.instructions) {
    switch (instruction.op) {
      case "input":
        values.push({ column: [...(inputs.get(inputName(instruction)) ?? [])] });
        break;
      case "encoded": {
        const column = declaredColumn(program, instruction);
        const bits = column.kind === "number" ? column.fractionBits : 0;
        values.push({ column: (inputs.get(inputName(instruction)) ?? []).map((value) => rounded(value, bits)) });
        break;
      }
      case "present":
        values.push({ column: [...(inputs.get(`${instruction.column}.present`) ?? [])] });
        break;
      case "inputOr":
      case "encodedOr": {
        const column = program.columns.find(({ name }) => name === instruction.column);
        const bits = column?.kind === "number" ? column.fractionBits : 0;
        const presence = inputs.get(`${instruction.column}.present`) ?? [];
        const substitute = rational.fromWord(BigInt(instruction.word), bits);
        const read = (value: Rational) => (instruction.op === "encodedOr" ? rounded(value, bits) : value);
        const words = inputs.get(instruction.column) ?? [];
        values.push({
          column: words.map((value, row) => (presence[row].numerator === 0n ? substitute : read(value))),
        });
        break;
      }
      case "parameter": {
        const index = program.parameters.findIndex(({ name }) => name === instruction.parameter);
        values.push({ scalar: rational.fromWord(parameters[index], program.parameters[index].fractionBits) });
        break;
      }
      case "privateInput": {
        const index = privateInputsOf(program).findIndex(({ name }) => name === instruction.privateInput);
        values.push({ scalar: inputs.get(PRIVATE_INPUTS)![index] });
        break;
      }
      case "constant":
        values.push({ scalar: rational.fromWord(BigInt(instruction.word), instruction.fractionBits) });
        break;
      case "rows":
        values.push({ scalar: rational.integer(BigInt([rows].flat()[tableNumber(program, instruction.table)])) });
        break;
      case "computed":
        throw new TypeError("what nodes compute has no exact value");
      case "truncate":
        values.push(values[instruction.a]);
        break;
      case "number":
      case "secret":
        values.push(values[instruction.a]);
        break;
      case "not":
        values.push(combine(values[instruction.a], { scalar: one }, operations.xor));
        break;
      case "select": {
        // bit·a + (1 − bit)·b
        const [condition, a, b] = [instruction.bit, instruction.a, instruction.b].map((operand) => values[operand]);
        const other = combine({ scalar: one }, condition, rational.subtract);
        values.push(
          combine(combine(condition, a, rational.multiply), combine(other, b, rational.multiply), rational.add),
        );
        break;
      }
      case "minimum":
      case "maximum": {
        const operand = values[instruction.a];
        if (!("column" in operand)) throw new TypeError("a column is needed");
        const [first = zero, ...rest] = operand.column;
        const extreme = instruction.op === "minimum" ? rational.minimum : rational.maximum;
        values.push({ scalar: rest.reduce(extreme, first) });
        break;
      }
      case "order": {
        // Sorted by insertion, each row after all that are not above it; the "column" of an order is its rows' numbers.
        const keys = instruction.keys.map(({ value, descending }) => ({ column: columnOf(values[value]), descending }));
        const isAbove = (left: number, right: number): boolean => {
          const { column, descending } =
            keys.find(({ column: key }) => rational.compare(key[left], key[right]) !== 0) ?? {};
          return column !== undefined && rational.compare(column[left], column[right]) > 0 !== descending;
        };
        const sorted: number[] = [];
        for (let row = 0; row < keys[0].column.length; row++) {
          let place = row;
          while (place > 0 && isAbove(sorted[place - 1], row)) place--;
          sorted.splice(place, 0, row);
        }
        values.push({ column: sorted.map((row) => rational.integer(BigInt(row))) });
        break;
      }
      case "arrange": {
        const column = columnOf(values[instruction.a]);
        values.push({ column: columnOf(values[instruction.order]).map(({ numerator }) => column[Number(numerator)]) });
        break;
      }
      case "prefixSum": {
        const column = columnOf(values[instruction.a]);
        values.push({ column: column.map((_, row) => column.slice(0, row + 1).reduce(rational.add, zero)) });
        break;
      }
      case "previous": {
        const column = columnOf(values[instruction.a]);
        values.push({ column: [zero, ...column].slice(0, column.length) });
        break;
      }
      case "at": {
        const { a, numerator, offset, denominator } = instruction;
        const row = rational.floorDivide(BigInt(numerator * columnOf(values[a]).length + offset), BigInt(denominator));
        values.push({ scalar: row < 0n ? zero : (columnOf(values[a])[Number(row)] ?? zero) });
        break;
      }
      case "squareRoot":
      case "exponential":
      case "logarithm":
      case "sigmoid": {
        const { op } = instruction;
        values.push(combine(values[instruction.a], { scalar: zero }, (x) => functions[op](x)));
        break;
      }
      // Without noise: to the analysis, errors are what there is beside it.
      case "laplace":
      case "gaussian":
        values.push({ solution: instruction.values.map(scalar) });
        break;
      case "solve": {
        const { matrix, right } = instruction;
        const row = (i: number) =>
          right.map((_, j) => scalar(matrix[i >= j ? (i * (i + 1)) / 2 + j : (j * (j + 1)) / 2 + i]));
        values.push({
          solution: solveExactly(
            right.map((_, i) => row(i)),
            right.map(scalar),
          ),
        });
        break;
      }
      case "unknown":
      case "noised": {
        const operand = values[instruction.a];
        if (!("solution" in operand)) throw new TypeError("a solution is needed");
        values.push({ scalar: operand.solution[instruction.index] });
        break;
      }
      // Judged where it is: what is computed says whether it is so.
      case "certified":
        values.push({ scalar: one });
        break;
      case "match": {
        // The "column" of a matching is the partners' numbers, -1 for none.
        const [left, right] = [instruction.left, instruction.right].map((keys) =>
          keys.map((key) => columnOf(values[key])),
        );
        const isLike = (one: Rational[][], row: number, two: Rational[][], other: number) =>
          one.every((column, key) => rational.compare(column[row], two[key][other]) === 0);
        const partners = left[0].map((_, row) => {
          const isLater =
            instruction.once && left[0].slice(0, row).some((_, before) => isLike(left, row, left, before));
          return isLater ? -1 : right[0].findLastIndex((_, other) => isLike(left, row, right, other));
        });
        values.push({ column: partners.map((partner) => rational.integer(BigInt(partner))) });
        break;
      }
      case "matched":
        values.push({ column: columnOf(values[instruction.match]).map(({ numerator }) => bit(numerator >= 0n)) });
        break;
      case "lookUp": {
        const column = columnOf(values[instruction.a]);
        const partners = columnOf(values[instruction.match]);
        values.push({ column: partners.map(({ numerator }) => column[Number(numerator)] ?? zero) });
        break;
      }
      case "count":
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
