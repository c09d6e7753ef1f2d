/**
 * Runs a program over any `Mpc`: shares in a node, plain words in tests, lengths where only the cost counts. Knows no party
 * numbers and opens nothing: the outputs stay secret.
 *
 * @example
 * const outputs = await runProgram(payGap, mpc, new Map([["wage", …], ["sex", …], ["log_wage", …]]), [], 534);
 */
import { checkProgram, operandsOf, type ValueType } from "@sharebridge/algorithms/language/check.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { checkParameters } from "@sharebridge/algorithms/language/parameters.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { toSigned, toUnsigned } from "@sharebridge/algorithms/language/words.ts";
import type { Mpc, Vector } from "../protocol/mpc.ts";
import { levelsOf } from "./levels.ts";

/** A value at run time: a public word in [0, 2^64), or a secret vector. */
type Value = { readonly word: bigint } | { readonly vector: Vector };

/**
 * The outputs, in the order that the program declares, one word each.
 *
 * @param inputs the columns that the program reads, each with `rows` words.
 * @param parameters signed words; refused outside the declared ranges, which the overflow analysis relies on.
 */
export async function runProgram(
  program: Program,
  mpc: Mpc,
  inputs: ReadonlyMap<string, Vector>,
  parameters: readonly bigint[],
  rows: number,
): Promise<Vector[]> {
  const types = checkProgram(program);
  checkParameters(program, parameters);
  if (!Number.isSafeInteger(rows) || rows < 0 || rows > program.maximumRows) {
    throw new ProgramError("TooManyRows", `${rows} rows: the program takes 0 to ${program.maximumRows} rows`);
  }
  const run = new Run(program, types, mpc, inputs, parameters, rows);
  for (const { local, interactive } of levelsOf(program, types)) {
    for (const index of local) run.local(index);
    await run.interactive(interactive);
  }
  return program.outputs.map(({ value }) => run.secret(value));
}

class Run {
  readonly #program: Program;
  readonly #types: readonly ValueType[];
  readonly #mpc: Mpc;
  readonly #inputs: ReadonlyMap<string, Vector>;
  readonly #parameters: readonly bigint[];
  readonly #rows: number;
  readonly #values: (Value | undefined)[] = [];
  /** Instructions that still have to read a value; at zero it is let go, for columns are large. */
  readonly #readers: number[];

  constructor(
    program: Program,
    types: readonly ValueType[],
    mpc: Mpc,
    inputs: ReadonlyMap<string, Vector>,
    parameters: readonly bigint[],
    rows: number,
  ) {
    this.#program = program;
    this.#types = types;
    this.#mpc = mpc;
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

  /** Runs instructions side by side. */
  async interactive(indices: readonly number[]): Promise<void> {
    const results = await this.#mpc.parallel(
      indices.map((index) => (task: Mpc) => this.#interactiveValue(task, index)),
    );
    for (const [position, index] of indices.entries()) {
      this.#values[index] = { vector: results[position] };
      this.#release(index);
    }
  }

  /** The vector of a secret value. */
  secret(index: number): Vector {
    const value = this.#value(index);
    if ("vector" in value) return value.vector;
    throw new TypeError(`value ${index} is public`);
  }

  #value(index: number): Value {
    const value = this.#values[index];
    if (value === undefined) throw new TypeError(`value ${index} has not been computed`);
    return value;
  }

  #release(index: number): void {
    for (const operand of operandsOf(this.#program.instructions[index])) {
      this.#readers[operand]--;
      if (this.#readers[operand] === 0) this.#letGo(operand);
    }
    if (this.#readers[index] === 0) this.#letGo(index);
  }

  /** Inputs are the caller's. */
  #letGo(index: number): void {
    const value = this.#values[index];
    this.#values[index] = undefined;
    if (value !== undefined && "vector" in value && this.#program.instructions[index].op !== "input") {
      this.#mpc.release(value.vector);
    }
  }

  async #interactiveValue(task: Mpc, index: number): Promise<Vector> {
    const instruction = this.#program.instructions[index];
    switch (instruction.op) {
      case "truncate": {
        const [value] = await task.truncate([{ value: this.secret(instruction.a), bits: instruction.bits }]);
        return value;
      }
      case "dot":
        return task.dot([[this.secret(instruction.a), this.secret(instruction.b)]]);
      case "multiply": {
        const [a, b] = this.#aligned(task, index, instruction.a, instruction.b);
        return task.multiply(a, b);
      }
      default:
        throw new TypeError(`instruction ${index} (${instruction.op}) needs no communication`);
    }
  }

  /** Both operands with the shape of the result. */
  #aligned(mpc: Mpc, index: number, a: number, b: number): [Vector, Vector] {
    return [this.#shaped(mpc, this.secret(a), a, index), this.#shaped(mpc, this.secret(b), b, index)];
  }

  #shaped(mpc: Mpc, vector: Vector, operand: number, result: number): Vector {
    if (this.#types[operand].shape === this.#types[result].shape) return vector;
    return mpc.broadcast(vector, this.#rows);
  }

  #localValue(index: number): Value {
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
        return { vector: this.#mpc.sum(this.secret(instruction.a)) };
      case "dot":
        throw new TypeError(`instruction ${index} is a dot product and is not local`);
      default:
        return this.#combine(instruction.op, index, instruction.a, instruction.b);
    }
  }

  #combine(op: "add" | "subtract" | "multiply", index: number, a: number, b: number): Value {
    const left = this.#value(a);
    const right = this.#value(b);
    const mpc = this.#mpc;
    if ("word" in left && "word" in right) return { word: publicResult(op, left.word, right.word) };
    if ("word" in right) return { vector: withPublic(mpc, op, this.secret(a), right.word) };
    if ("word" in left) {
      // p - x = -x + p; the other operations commute.
      const x = op === "subtract" ? mpc.negate(this.secret(b)) : this.secret(b);
      return { vector: withPublic(mpc, op === "subtract" ? "add" : op, x, left.word) };
    }
    if (op === "multiply") throw new TypeError(`instruction ${index} multiplies secrets and is not local`);
    const [x, y] = this.#aligned(mpc, index, a, b);
    return { vector: op === "subtract" ? mpc.subtract(x, y) : mpc.add(x, y) };
  }

  #input(name: string): Vector {
    const column = this.#inputs.get(name);
    if (column === undefined) throw new ProgramError("MissingInput", `column ${name} was not given`);
    const { length } = column;
    if (length === this.#rows) return column;
    throw new ProgramError("WrongInputLength", `column ${name} has ${length} rows, not ${this.#rows}`);
  }
}

function publicResult(op: "add" | "subtract" | "multiply", a: bigint, b: bigint): bigint {
  if (op === "multiply") return toUnsigned(a * b);
  return toUnsigned(op === "add" ? a + b : a - b);
}

function withPublic(mpc: Mpc, op: "add" | "subtract" | "multiply", x: Vector, word: bigint): Vector {
  if (op === "multiply") return mpc.multiplyPublic(x, word);
  return mpc.addPublic(x, op === "add" ? word : -word);
}
