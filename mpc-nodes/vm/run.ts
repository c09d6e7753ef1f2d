/**
 * Runs a program over any `Mpc`: shares in a node, plain words in tests, lengths where only the cost counts. Knows no party
 * numbers and opens nothing: the outputs stay secret.
 *
 * @example
 * const outputs = await runProgram(payGap, mpc, new Map([["wage", …], ["sex", …], ["log_wage", …]]), [], 534);
 */
import { type Analysis, analyse } from "@sharebridge/algorithms/language/analysis.ts";
import type { ValueType } from "@sharebridge/algorithms/language/check.ts";
import { type Contributions, checkContributions, ofOneSeller } from "@sharebridge/algorithms/language/contributions.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { groupIndices } from "@sharebridge/algorithms/language/groups.ts";
import { operandsOf } from "@sharebridge/algorithms/language/operands.ts";
import { checkParameters } from "@sharebridge/algorithms/language/parameters.ts";
import { positionOf } from "@sharebridge/algorithms/language/position.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { toSigned, toUnsigned } from "@sharebridge/algorithms/language/words.ts";
import { topBit } from "../protocol/functions/compare.ts";
import { isZero } from "../protocol/functions/equal.ts";
import { greatestElement, leastElement, negativePart } from "../protocol/functions/extremes.ts";
import type { Order } from "../protocol/functions/order.ts";
import type { Bits, Mpc, Vector } from "../protocol/mpc.ts";
import { differenceOf, type NumberValue, productOf, publicProduct, shapedBits, sumOf, vectorOf } from "./arithmetic.ts";
import { functionOf } from "./functions.ts";
import { levelsOf } from "./levels.ts";
import { arranged, orderBy, type SortKey, shiftedDown, sortKeys } from "./ordering.ts";
import { comparedPlanes } from "./planes.ts";
import { type Membership, openGroups } from "./suppress.ts";
import { allCertified, solutionOf } from "./systems.ts";

type Value = NumberValue | { readonly bits: Bits } | { readonly order: Order };

/**
 * The answer, one word each: the outputs in the order that the program declares, those of suppressed groups 0; then for each protected group
 * whether it is opened.
 *
 * @param inputs the columns that the program reads, each with `rows` words.
 * @param parameters signed words; refused outside the declared ranges, which the overflow analysis relies on.
 * @param contributions whose rows are whose, for the protection of groups; by default all are one seller's.
 */
export async function runProgram(
  program: Program,
  mpc: Mpc,
  inputs: ReadonlyMap<string, Vector>,
  parameters: readonly bigint[],
  rows: number,
  contributions: Contributions = ofOneSeller(rows),
): Promise<Vector[]> {
  const { types, values } = analyse(program);
  const planes = comparedPlanes(program);
  const keys = sortKeys(program);
  checkParameters(program, parameters);
  if (!Number.isSafeInteger(rows) || rows < 0 || rows > program.maximumRows) {
    throw new ProgramError("TooManyRows", `${rows} rows: the program takes 0 to ${program.maximumRows} rows`);
  }
  checkContributions(contributions, rows);
  const run = new Run({ program, types, values, planes, keys, inputs, parameters, rows }, mpc);
  for (const { local, interactive } of levelsOf(program, types)) {
    for (const index of local) run.local(index);
    await run.interactive(interactive);
  }
  const outputs = program.outputs.map(({ value }) => run.secret(value));
  if (program.protection === undefined) return outputs;
  const members = program.protection.groups.map(({ member }) => run.membership(member));
  const opened = await openGroups(mpc, program.protection, members, contributions);
  const groups = Uint32Array.from(groupIndices(program), (group) => group as number);
  const masked = await mpc.scope(async (scope) =>
    scope.multiply(scope.concatenate(outputs), scope.gather(opened, groups)),
  );
  const words = (vector: Vector) => Array.from({ length: vector.length }, (_, row) => mpc.slice(vector, row, row + 1));
  return [...words(masked), ...words(opened)];
}

/** What a run is about. */
interface Task {
  readonly program: Program;
  readonly types: readonly ValueType[];
  readonly values: Analysis["values"];
  readonly planes: readonly (number | undefined)[];
  readonly keys: readonly (readonly SortKey[] | undefined)[];
  readonly inputs: ReadonlyMap<string, Vector>;
  readonly parameters: readonly bigint[];
  readonly rows: number;
}

class Run {
  readonly #task: Task;
  readonly #mpc: Mpc;
  readonly #values: (Value | undefined)[] = [];
  /** Instructions that still have to read a value; at zero it is let go, for columns are large. */
  readonly #readers: number[];

  constructor(task: Task, mpc: Mpc) {
    const { program } = task;
    this.#task = task;
    this.#mpc = mpc;
    this.#readers = program.instructions.map(() => 0);
    for (const instruction of program.instructions) {
      for (const operand of operandsOf(instruction)) this.#readers[operand]++;
    }
    for (const { value } of program.outputs) this.#readers[value]++;
    for (const { member } of program.protection?.groups ?? []) this.#readers[member]++;
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
      this.#values[index] = asValue(results[position]);
      this.#release(index);
    }
  }

  /** The vector of a secret number. */
  secret(index: number): Vector {
    return vectorOf(this.#number(index));
  }

  /** The column of bits, or of numbers, that says which rows are in a group. */
  membership(index: number): Membership {
    const value = this.#value(index);
    return "bits" in value ? value.bits : this.secret(index);
  }

  #number(index: number): NumberValue {
    const value = this.#value(index);
    if ("bits" in value || "order" in value) throw new TypeError(`value ${index} is no number`);
    return value;
  }

  #bits(index: number): Bits {
    const value = this.#value(index);
    if ("bits" in value) return value.bits;
    throw new TypeError(`value ${index} is no bit`);
  }

  /** A column of numbers or bits. */
  #rowsOf(index: number): Vector | Bits {
    const value = this.#value(index);
    return "bits" in value ? value.bits : this.secret(index);
  }

  #order(index: number): Order {
    const value = this.#value(index);
    if ("order" in value) return value.order;
    throw new TypeError(`value ${index} is no order`);
  }

  #value(index: number): Value {
    const value = this.#values[index];
    if (value === undefined) throw new TypeError(`value ${index} has not been computed`);
    return value;
  }

  #release(index: number): void {
    for (const operand of operandsOf(this.#task.program.instructions[index])) {
      this.#readers[operand]--;
      if (this.#readers[operand] === 0) this.#letGo(operand);
    }
    if (this.#readers[index] === 0) this.#letGo(index);
  }

  /** Inputs are the caller's. */
  #letGo(index: number): void {
    const value = this.#values[index];
    this.#values[index] = undefined;
    if (value === undefined || "word" in value || "column" in this.#task.program.instructions[index]) return;
    this.#mpc.release("vector" in value ? value.vector : "bits" in value ? value.bits : value.order.permutation);
  }

  async #interactiveValue(task: Mpc, index: number): Promise<Vector | Bits | Order> {
    const instruction = this.#task.program.instructions[index];
    const length = this.#length(index);
    switch (instruction.op) {
      case "truncate": {
        const [value] = await task.truncate([{ value: this.secret(instruction.a), bits: instruction.bits }]);
        return value;
      }
      case "dot":
        return task.dot([[this.secret(instruction.a), this.secret(instruction.b)]]);
      case "multiply":
        return productOf(task, this.#number(instruction.a), this.#number(instruction.b), length);
      case "less":
        return topBit(task, this.#difference(task, index), this.#planes(index));
      case "equal":
        return isZero(task, this.#difference(task, index), this.#planes(index));
      case "and":
        return task.and(this.#shapedBits(task, instruction.a, length), this.#shapedBits(task, instruction.b, length));
      case "or": {
        const [a, b] = [instruction.a, instruction.b].map((operand) => this.#shapedBits(task, operand, length));
        return task.xor(task.xor(a, b), await task.and(a, b));
      }
      case "number": {
        const [number] = await task.inject(this.#bits(instruction.a), 64);
        return number;
      }
      case "count":
        return task.count(this.#bits(instruction.a), 64);
      case "select": {
        // b + bit·(a − b)
        const { bit, a, b } = instruction;
        const [chosen] = await task.inject(this.#bits(bit), 64);
        const [left, right] = [this.#number(a), this.#number(b)];
        const difference = differenceOf(task, left, right, this.#lengthOfBoth(a, b));
        const product = await productOf(task, { vector: chosen }, difference, length);
        return vectorOf(sumOf(task, { vector: product }, right, length));
      }
      case "smaller": {
        const below = await negativePart(task, this.#difference(task, index), this.#planes(index));
        return vectorOf(sumOf(task, this.#number(instruction.b), { vector: below }, length));
      }
      case "larger": {
        const below = await negativePart(task, this.#difference(task, index), this.#planes(index));
        return vectorOf(differenceOf(task, this.#number(instruction.a), { vector: below }, length));
      }
      case "minimum":
      case "maximum": {
        if (this.#task.rows === 0) return task.constant(0n, 1, 64);
        const extreme = instruction.op === "minimum" ? leastElement : greatestElement;
        return extreme(task, this.secret(instruction.a), this.#planes(index));
      }
      case "order": {
        const keys = this.#task.keys[index] ?? [];
        return orderBy(
          task,
          keys.map((key) => ({ key, column: this.#rowsOf(key.value) })),
        );
      }
      case "arrange":
        return arranged(task, this.#order(instruction.order), this.#rowsOf(instruction.a));
      case "solve":
        return solutionOf(task, instruction, this.#task, (operand) => this.#number(operand));
      case "certified":
        return allCertified(
          task,
          instruction.solutions.map((solution) => this.secret(solution)),
        );
      case "divide":
      case "squareRoot":
      case "exponential":
      case "logarithm":
      case "sigmoid":
        return functionOf(task, instruction, this.#task, (operand) => this.#number(operand), length);
      default:
        throw new TypeError(`instruction ${index} (${instruction.op}) needs no communication`);
    }
  }

  /** a − b of an instruction. */
  #difference(mpc: Mpc, index: number): Vector {
    const [a, b] = operandsOf(this.#task.program.instructions[index]);
    return vectorOf(differenceOf(mpc, this.#number(a), this.#number(b), this.#length(index)));
  }

  #shapedBits(mpc: Mpc, operand: number, length: number): Bits {
    return shapedBits(mpc, this.#bits(operand), length);
  }

  #planes(index: number): number {
    const planes = this.#task.planes[index];
    if (planes === undefined) throw new TypeError(`instruction ${index} compares nothing`);
    return planes;
  }

  #length(index: number): number {
    return this.#task.types[index].shape === "column" ? this.#task.rows : 1;
  }

  #lengthOfBoth(a: number, b: number): number {
    return [a, b].some((operand) => this.#task.types[operand].shape === "column") ? this.#task.rows : 1;
  }

  #localValue(index: number): Value {
    const { program, parameters, rows } = this.#task;
    const instruction = program.instructions[index];
    const length = this.#length(index);
    const mpc = this.#mpc;
    switch (instruction.op) {
      case "input":
      case "encoded":
        return { vector: this.#input(instruction.column) };
      case "parameter": {
        const position = program.parameters.findIndex(({ name }) => name === instruction.parameter);
        return { word: toUnsigned(parameters[position]) };
      }
      case "constant":
        return { word: toUnsigned(BigInt(instruction.word)) };
      case "rows":
        return { word: BigInt(rows) };
      case "truncate": {
        const value = this.#number(instruction.a);
        if ("word" in value) return { word: toUnsigned(toSigned(value.word) >> BigInt(instruction.bits)) };
        throw new TypeError(`instruction ${index} truncates a secret and is not local`);
      }
      case "computed": {
        const vector = this.secret(instruction.a);
        return { vector: mpc.slice(vector, 0, vector.length) };
      }
      case "unknown":
        return { vector: mpc.slice(this.secret(instruction.a), instruction.index, instruction.index + 1) };
      case "sum":
        return { vector: mpc.sum(this.secret(instruction.a)) };
      case "add":
        return sumOf(mpc, this.#number(instruction.a), this.#number(instruction.b), length);
      case "subtract":
        return differenceOf(mpc, this.#number(instruction.a), this.#number(instruction.b), length);
      case "multiply":
        return publicProduct(mpc, this.#number(instruction.a), this.#number(instruction.b), length);
      case "xor":
        return {
          bits: mpc.xor(this.#shapedBits(mpc, instruction.a, length), this.#shapedBits(mpc, instruction.b, length)),
        };
      case "not":
        return { bits: mpc.xorPublic(this.#bits(instruction.a), 1n) };
      case "prefixSum":
        return { vector: mpc.prefixSum(this.secret(instruction.a)) };
      case "previous":
        return asValue(shiftedDown(mpc, this.#rowsOf(instruction.a)));
      case "at": {
        const row = positionOf(instruction, rows);
        return {
          vector: row === undefined ? mpc.constant(0n, 1, 64) : mpc.slice(this.secret(instruction.a), row, row + 1),
        };
      }
      default:
        throw new TypeError(`instruction ${index} (${instruction.op}) is not local`);
    }
  }

  #input(name: string): Vector {
    const { inputs, rows } = this.#task;
    const column = inputs.get(name);
    if (column === undefined) throw new ProgramError("MissingInput", `column ${name} was not given`);
    const { length } = column;
    if (length === rows) return column;
    throw new ProgramError("WrongInputLength", `column ${name} has ${length} rows, not ${rows}`);
  }
}

function asValue(result: Vector | Bits | Order): Value {
  if (!("kind" in result)) return { order: result };
  return result.kind === "vector" ? { vector: result } : { bits: result };
}
