/**
 * Runs a program over any `Arithmetic`: shares in a node, plain words in tests. Knows no party numbers and opens
 * nothing: the outputs stay in the arithmetic's representation.
 *
 * @example
 * const outputs = await runProgram(payGap, clearArithmetic(), new Map([["wage", …], ["sex", …], ["log_wage", …]]), [], 534);
 */
import { checkProgram, operandsOf, type ValueType } from "@sharebridge/algorithms/language/check.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { checkParameters } from "@sharebridge/algorithms/language/parameters.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { toSigned, toUnsigned } from "@sharebridge/algorithms/language/words.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { type InteractiveOperation, levelsOf } from "./levels.ts";

/** A value at run time: a public word in [0, 2^64), or a vector that the arithmetic holds. */
type Value<S> = { readonly word: bigint } | { readonly vector: S };

/**
 * The outputs, in the order that the program declares, one word each.
 *
 * @param inputs the columns that the program reads, each with `rows` words.
 * @param parameters signed words; refused outside the declared ranges, which the overflow analysis relies on.
 */
export async function runProgram<S>(
  program: Program,
  arithmetic: Arithmetic<S>,
  inputs: ReadonlyMap<string, S>,
  parameters: readonly bigint[],
  rows: number,
): Promise<S[]> {
  const types = checkProgram(program);
  checkParameters(program, parameters);
  if (!Number.isSafeInteger(rows) || rows < 0 || rows > program.maximumRows) {
    throw new ProgramError("TooManyRows", `${rows} rows: the program takes 0 to ${program.maximumRows} rows`);
  }
  const run = new Run(program, types, arithmetic, inputs, parameters, rows);
  for (const { local, batch } of levelsOf(program, types)) {
    for (const index of local) run.local(index);
    if (batch !== null) await run.interactive(batch.operation, batch.instructions);
  }
  return program.outputs.map(({ value }) => run.secret(value));
}

class Run<S> {
  readonly #program: Program;
  readonly #types: readonly ValueType[];
  readonly #arithmetic: Arithmetic<S>;
  readonly #inputs: ReadonlyMap<string, S>;
  readonly #parameters: readonly bigint[];
  readonly #rows: number;
  readonly #values: (Value<S> | undefined)[] = [];
  /** Instructions that still have to read a value; at zero it is let go, for columns are large. */
  readonly #readers: number[];

  constructor(
    program: Program,
    types: readonly ValueType[],
    arithmetic: Arithmetic<S>,
    inputs: ReadonlyMap<string, S>,
    parameters: readonly bigint[],
    rows: number,
  ) {
    this.#program = program;
    this.#types = types;
    this.#arithmetic = arithmetic;
    this.#inputs = inputs;
    this.#parameters = parameters;
    this.#rows = rows;
    this.#readers = program.instructions.map(() => 0);
    for (const instruction of program.instructions) {
      for (const operand of operandsOf(instruction)) this.#readers[operand]++;
    }
    for (const { value } of program.outputs) this.#readers[value]++;
  }

  /** Runs an instruction that needs no communication. */
  local(index: number): void {
    this.#values[index] = this.#localValue(index);
    this.#release(index);
  }

  /** Runs one batch. */
  async interactive(operation: InteractiveOperation, indices: readonly number[]): Promise<void> {
    const results = await this.#batch(operation, indices);
    indices.forEach((index, position) => {
      this.#values[index] = { vector: results[position] };
      this.#release(index);
    });
  }

  /** The vector of a secret value. */
  secret(index: number): S {
    const value = this.#value(index);
    if ("vector" in value) return value.vector;
    throw new TypeError(`value ${index} is public`);
  }

  #value(index: number): Value<S> {
    const value = this.#values[index];
    if (value === undefined) throw new TypeError(`value ${index} has not been computed`);
    return value;
  }

  #release(index: number): void {
    for (const operand of operandsOf(this.#program.instructions[index])) {
      this.#readers[operand]--;
      if (this.#readers[operand] === 0) this.#values[operand] = undefined;
    }
    if (this.#readers[index] === 0) this.#values[index] = undefined;
  }

  #batch(operation: InteractiveOperation, indices: readonly number[]): Promise<S[]> {
    if (operation === "truncate") {
      const items = indices.map((index) => {
        const instruction = this.#program.instructions[index];
        if (instruction.op !== "truncate") throw new TypeError(`instruction ${index} is not a truncation`);
        return { value: this.secret(instruction.a), bits: instruction.bits };
      });
      return this.#arithmetic.truncate(items);
    }
    const pairs = indices.map((index): [S, S] => {
      const [a, b] = operandsOf(this.#program.instructions[index]);
      return operation === "dot" ? [this.secret(a), this.secret(b)] : this.#aligned(index, a, b);
    });
    return this.#arithmetic[operation](pairs);
  }

  /** Both operands with the shape of the result. */
  #aligned(index: number, a: number, b: number): [S, S] {
    return [this.#shaped(this.secret(a), a, index), this.#shaped(this.secret(b), b, index)];
  }

  #shaped(vector: S, operand: number, result: number): S {
    if (this.#types[operand].shape === this.#types[result].shape) return vector;
    return this.#arithmetic.broadcast(vector, this.#rows);
  }

  #localValue(index: number): Value<S> {
    const instruction = this.#program.instructions[index];
    switch (instruction.op) {
      case "input":
        return { vector: this.#input(instruction.column) };
      case "parameter": {
        const position = this.#program.parameters.findIndex(({ name }) => name === instruction.parameter);
        return { word: toUnsigned(this.#parameters[position]) };
      }
      case "constant":
        return { word: toUnsigned(BigInt(instruction.word)) };
      case "rows":
        return { word: BigInt(this.#rows) };
      case "truncate": {
        const value = this.#value(instruction.a);
        if ("word" in value) return { word: toUnsigned(toSigned(value.word) >> BigInt(instruction.bits)) };
        throw new TypeError(`instruction ${index} truncates a secret and is not local`);
      }
      case "sum":
        return { vector: this.#arithmetic.sum(this.secret(instruction.a)) };
      case "dot":
        throw new TypeError(`instruction ${index} is a dot product and is not local`);
      default:
        return this.#combine(instruction.op, index, instruction.a, instruction.b);
    }
  }

  #combine(op: "add" | "subtract" | "multiply", index: number, a: number, b: number): Value<S> {
    const left = this.#value(a);
    const right = this.#value(b);
    const arithmetic = this.#arithmetic;
    if ("word" in left && "word" in right) return { word: publicResult(op, left.word, right.word) };
    if ("word" in right) return { vector: withPublic(arithmetic, op, this.secret(a), right.word) };
    if ("word" in left) {
      // p - x = -x + p; the other operations commute.
      const x = op === "subtract" ? arithmetic.multiplyPublic(this.secret(b), toUnsigned(-1n)) : this.secret(b);
      return { vector: withPublic(arithmetic, op === "subtract" ? "add" : op, x, left.word) };
    }
    if (op === "multiply") throw new TypeError(`instruction ${index} multiplies secrets and is not local`);
    const [x, y] = this.#aligned(index, a, b);
    return { vector: op === "subtract" ? arithmetic.subtract(x, y) : arithmetic.add(x, y) };
  }

  #input(name: string): S {
    const column = this.#inputs.get(name);
    if (column === undefined) throw new ProgramError("MissingInput", `column ${name} was not given`);
    const length = this.#arithmetic.length(column);
    if (length === this.#rows) return column;
    throw new ProgramError("WrongInputLength", `column ${name} has ${length} rows, not ${this.#rows}`);
  }
}

function publicResult(op: "add" | "subtract" | "multiply", a: bigint, b: bigint): bigint {
  if (op === "multiply") return toUnsigned(a * b);
  return toUnsigned(op === "add" ? a + b : a - b);
}

function withPublic<S>(arithmetic: Arithmetic<S>, op: "add" | "subtract" | "multiply", x: S, word: bigint): S {
  if (op === "multiply") return arithmetic.multiplyPublic(x, word);
  return arithmetic.addPublic(x, op === "add" ? word : toUnsigned(-word));
}
