/** The values of one run, by instruction: kept until the last instruction that reads them, and read with the kind that is expected. */
import type { Analysis } from "@sharebridge/algorithms/language/analysis.ts";
import type { ValueType } from "@sharebridge/algorithms/language/check.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import type { ProtectedMatch } from "@sharebridge/algorithms/language/matched-groups.ts";
import { operandsOf, tableOf } from "@sharebridge/algorithms/language/operands.ts";
import type { FlatProgram, Instruction } from "@sharebridge/algorithms/language/program.ts";
import { tableNumber } from "@sharebridge/algorithms/language/tables.ts";
import { type Matching, secretsOf } from "../protocol/functions/match.ts";
import type { Order } from "../protocol/functions/order.ts";
import type { Bits, Mpc, Vector } from "../protocol/mpc.ts";
import { differenceOf, type NumberValue, shapedBits, vectorOf } from "./arithmetic.ts";
import type { DrawnNoise } from "./noise.ts";
import type { SortKey } from "./ordering.ts";

export type Value = NumberValue | { readonly bits: Bits } | { readonly order: Order } | { readonly matching: Matching };

export function asValue(result: Vector | Bits | Order | Matching): Value {
  if ("sorted" in result) return { matching: result };
  if (!("kind" in result)) return { order: result };
  return result.kind === "vector" ? { vector: result } : { bits: result };
}

/** What a run is about. */
export interface Task {
  readonly program: FlatProgram;
  readonly types: readonly ValueType[];
  readonly values: Analysis["values"];
  readonly planes: readonly (number | undefined)[];
  readonly keys: readonly (readonly SortKey[] | undefined)[];
  readonly inputs: ReadonlyMap<string, Vector>;
  readonly parameters: readonly bigint[];
  /** Of each table, the main one first. */
  readonly rows: readonly number[];
  /** Filled in with the first level. */
  readonly noise: DrawnNoise;
  /** The buyer's own words, in their ranges; null where the program declares none. */
  readonly privateInputs: Vector | null;
}

export class Values {
  readonly task: Task;
  readonly #mpc: Mpc;
  readonly #values: (Value | undefined)[] = [];
  /** Instructions that still have to read a value; at zero it is let go, for columns are large. */
  readonly #readers: number[];

  /** @param matches those that are read once more, for the protection of groups */
  constructor(task: Task, mpc: Mpc, matches: readonly ProtectedMatch[] = []) {
    const { program } = task;
    this.task = task;
    this.#mpc = mpc;
    this.#readers = program.instructions.map(() => 0);
    for (const instruction of program.instructions) {
      for (const operand of operandsOf(instruction)) this.#readers[operand]++;
    }
    for (const { value } of program.outputs) this.#readers[value]++;
    for (const { member } of program.protection?.groups ?? []) this.#readers[member]++;
    for (const { match } of matches) this.#readers[match]++;
  }

  /** A stored column of the sellers' tables; the caller's, so that nobody lets it go. */
  input(name: string, rows: number): Vector {
    const column = this.task.inputs.get(name);
    if (column === undefined) throw new ProgramError("MissingInput", `column ${name} was not given`);
    if (column.length === rows) return column;
    throw new ProgramError("WrongInputLength", `column ${name} has ${column.length} rows, not ${rows}`);
  }

  /** The value of an instruction that has run; lets go of what nothing will read any more. */
  set(index: number, value: Value): void {
    this.#values[index] = value;
    for (const operand of operandsOf(this.task.program.instructions[index])) {
      this.#readers[operand]--;
      if (this.#readers[operand] === 0) this.#letGo(operand);
    }
    if (this.#readers[index] === 0) this.#letGo(index);
  }

  number(index: number): NumberValue {
    const value = this.#value(index);
    if ("bits" in value || "order" in value || "matching" in value) throw new TypeError(`value ${index} is no number`);
    return value;
  }

  /** The vector of a secret number. */
  secret(index: number): Vector {
    return vectorOf(this.number(index));
  }

  /** The buyer's own words, in the order that the program declares. */
  get privateInputs(): Vector {
    const { privateInputs } = this.task;
    if (privateInputs !== null) return privateInputs;
    throw new TypeError("the program declares no private inputs");
  }

  bits(index: number): Bits {
    const value = this.#value(index);
    if ("bits" in value) return value.bits;
    throw new TypeError(`value ${index} is no bit`);
  }

  /** A column of numbers or bits. */
  rowsOf(index: number): Vector | Bits {
    const value = this.#value(index);
    return "bits" in value ? value.bits : this.secret(index);
  }

  order(index: number): Order {
    const value = this.#value(index);
    if ("order" in value) return value.order;
    throw new TypeError(`value ${index} is no order`);
  }

  matching(index: number): Matching {
    const value = this.#value(index);
    if ("matching" in value) return value.matching;
    throw new TypeError(`value ${index} is no matching`);
  }

  /** The bits of an operand with the length of the instruction's result. */
  bitsFor(mpc: Mpc, operand: number, index: number): Bits {
    return shapedBits(mpc, this.bits(operand), this.length(index));
  }

  /** a − b of an instruction, with the length of its result. */
  difference(mpc: Mpc, index: number): Vector {
    const [a, b] = operandsOf(this.task.program.instructions[index]);
    return vectorOf(differenceOf(mpc, this.number(a), this.number(b), this.length(index)));
  }

  planes(index: number): number {
    const planes = this.task.planes[index];
    if (planes === undefined) throw new TypeError(`instruction ${index} compares nothing`);
    return planes;
  }

  /** Rows of a value, or of several that are combined: one if all are scalars. */
  length(...indices: readonly number[]): number {
    const { program, types, rows } = this.task;
    const column = indices.find((index) => types[index].shape === "column");
    return column === undefined ? 1 : rows[tableNumber(program, types[column].table)];
  }

  /** Rows of the table that an instruction counts, goes over, or gives a column of. */
  rows(index: number): number {
    const { program, types, rows } = this.task;
    return rows[tableNumber(program, tableOf(program.instructions[index], types, index))];
  }

  #value(index: number): Value {
    const value = this.#values[index];
    if (value === undefined) throw new TypeError(`value ${index} has not been computed`);
    return value;
  }

  /** Inputs are the caller's. */
  #letGo(index: number): void {
    const value = this.#values[index];
    this.#values[index] = undefined;
    if (value === undefined || "word" in value || isStored(this.task.program.instructions[index])) return;
    if ("matching" in value) this.#mpc.release(...secretsOf(value.matching));
    else this.#mpc.release("vector" in value ? value.vector : "bits" in value ? value.bits : value.order.permutation);
  }
}

/** Whether an instruction's value is a stored column itself. */
function isStored({ op }: Instruction): boolean {
  return op === "input" || op === "encoded" || op === "present";
}
