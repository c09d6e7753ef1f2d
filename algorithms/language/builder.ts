/**
 * Writing an algorithm: ordinary TypeScript, run once, leaves a program behind. Types say what is secret and what is a
 * column; scales are checked as each operation is traced; what is left is analysed at the end, so that a program that
 * nodes would refuse is refused here. The same source always gives the same program.
 *
 * @example
 * const mean = trace({ name: "mean_wage", description: "Mean wage.", columns: [wage], maximumRows: 1_000_000 }, (t) => {
 *   const total = t.output("total", t.sum(t.input("wage")));
 *   t.finish("mean", "Mean wage", expression.divide(total, expression.rows));
 * });
 */
import { analyse } from "./analysis.ts";
import { typeOfInstruction, type ValueType } from "./check.ts";
import { checkColumns } from "./columns.ts";
import { decodeProgram, encodeProgram } from "./encode.ts";
import { ProgramError } from "./errors.ts";
import { type Expression, type Instruction, type Parameter, PROGRAM_VERSION, type Program } from "./program.ts";
import type { Column } from "./schema.ts";
import { encodeDecimal, parseDecimal } from "./words.ts";

export type Shape = "column" | "scalar";

/** A value that no node knows. */
export interface Secret<S extends Shape = Shape> {
  readonly secrecy: "secret";
  readonly shape: S;
  readonly fractionBits: number;
  readonly index: number;
}

/** A value that everyone knows: a constant, a parameter, the number of rows. */
export interface Public {
  readonly secrecy: "public";
  readonly shape: "scalar";
  readonly fractionBits: number;
  readonly index: number;
}

export type Value = Secret | Public;

/** Secret if one operand is; a column if one operand is. */
export type Combined<A extends Value, B extends Value> = A extends Public
  ? B
  : B extends Public
    ? A
    : A["shape"] | B["shape"] extends "scalar"
      ? Secret<"scalar">
      : Secret<"column">;

/** A public parameter of the request, with its range in real units as decimal text, e.g. "-0.5". */
export interface ParameterDefinition {
  readonly name: string;
  readonly fractionBits: number;
  readonly minimum: string;
  readonly maximum: string;
}

export interface Definition {
  readonly name: string;
  readonly description: string;
  readonly columns: readonly Column[];
  readonly parameters?: readonly ParameterDefinition[];
  readonly maximumRows: number;
}

/** Traces `body` into a program that has been type-checked and proven free of overflow. */
export function trace(definition: Definition, body: (t: Tracer) => void): Program {
  const parameters = (definition.parameters ?? []).map(
    (parameter): Parameter => ({
      name: parameter.name,
      fractionBits: parameter.fractionBits,
      minimum: encodeDecimal(parameter.minimum, parameter.fractionBits).toString(),
      maximum: encodeDecimal(parameter.maximum, parameter.fractionBits).toString(),
    }),
  );
  const tracer = new Tracer(definition.columns, parameters);
  body(tracer);
  const program: Program = {
    version: PROGRAM_VERSION,
    name: definition.name,
    description: definition.description,
    columns: [...definition.columns],
    parameters,
    maximumRows: definition.maximumRows,
    ...tracer.traced(),
  };
  // What is returned is what everyone else will decode.
  const canonical = decodeProgram(encodeProgram(program));
  analyse(canonical);
  return canonical;
}

/** Records operations. Made by `trace`. */
export class Tracer {
  readonly #declarations: { columns: Column[]; parameters: Parameter[] };
  readonly #instructions: Instruction[] = [];
  readonly #types: ValueType[] = [];
  readonly #values = new WeakSet<Value>();
  readonly #outputs: Program["outputs"] = [];
  readonly #finish: Program["finish"] = [];
  /** Values of the operations without operands: each stands in the program once. */
  readonly #sources = new Map<string, Value>();

  constructor(columns: readonly Column[], parameters: readonly Parameter[]) {
    checkColumns(columns);
    this.#declarations = { columns: [...columns], parameters: [...parameters] };
  }

  /** A declared column of the sellers' tables. */
  input(column: string): Secret<"column"> {
    return this.#source<Secret<"column">>({ op: "input", column });
  }

  /**
   * For a category column: 1 in rows of that category, 0 in others. Only for two categories, where the index itself (or
   * one minus it) is the indicator.
   */
  indicator(column: string, category: string): Secret<"column"> {
    const declared = this.#declarations.columns.find(({ name }) => name === column);
    const categories = declared?.kind === "category" ? declared.categories : [];
    if (categories.length !== 2 || !categories.includes(category)) {
      throw new ProgramError(
        "UndeclaredColumn",
        `there is no column ${column} with two categories, one of them ${category}`,
      );
    }
    const index = this.input(column);
    return categories[1] === category ? index : this.subtract(this.constant("1", 0), index);
  }

  /** A declared public parameter of the request. */
  parameter(parameter: string): Public {
    return this.#source<Public>({ op: "parameter", parameter });
  }

  /** A public number with the given scale; refused unless the scale holds it exactly. */
  constant(text: string, fractionBits: number): Public {
    const word = encodeDecimal(text, fractionBits);
    const { numerator, denominator } = parseDecimal(text);
    if (numerator << BigInt(fractionBits) !== word * denominator) {
      throw new ProgramError("InexactConstant", `${text} is no multiple of 2^-${fractionBits}; choose another scale`);
    }
    return this.#source<Public>({ op: "constant", word: word.toString(), fractionBits });
  }

  /** The public number of rows. */
  rows(): Public {
    return this.#source<Public>({ op: "rows" });
  }

  add<A extends Value, B extends Value>(a: A, b: B): Combined<A, B> {
    return this.#record<Combined<A, B>>({ op: "add", a: this.#reference(a), b: this.#reference(b) });
  }

  subtract<A extends Value, B extends Value>(a: A, b: B): Combined<A, B> {
    return this.#record<Combined<A, B>>({ op: "subtract", a: this.#reference(a), b: this.#reference(b) });
  }

  /** Fraction bits add up; `truncate` brings them down again. */
  multiply<A extends Value, B extends Value>(a: A, b: B): Combined<A, B> {
    return this.#record<Combined<A, B>>({ op: "multiply", a: this.#reference(a), b: this.#reference(b) });
  }

  /** The same value with `bits` fraction bits less, off by less than one unit of the result. */
  truncate<A extends Value>(a: A, bits: number): A {
    return this.#record<A>({ op: "truncate", a: this.#reference(a), bits });
  }

  sum(a: Secret<"column">): Secret<"scalar"> {
    return this.#record<Secret<"scalar">>({ op: "sum", a: this.#reference(a) });
  }

  /** Sum over the rows of a * b, at the cost of one multiplication. */
  dot(a: Secret<"column">, b: Secret<"column">): Secret<"scalar"> {
    return this.#record<Secret<"scalar">>({ op: "dot", a: this.#reference(a), b: this.#reference(b) });
  }

  /** Opens a value to whoever gets the answer; returns it for use in `finish`. */
  output(name: string, value: Secret<"scalar">): Expression {
    this.#outputs.push({ name, value: this.#reference(value) });
    return { output: name };
  }

  /** A figure that the reader computes from what is opened. */
  finish(name: string, label: string, expression: Expression): void {
    this.#finish.push({ name, label, expression });
  }

  /** What has been recorded. */
  traced(): Pick<Program, "instructions" | "outputs" | "finish"> {
    return { instructions: [...this.#instructions], outputs: [...this.#outputs], finish: [...this.#finish] };
  }

  #source<V extends Value>(instruction: Instruction): V {
    const key = JSON.stringify(instruction);
    const known = this.#sources.get(key);
    if (known !== undefined) return known as V;
    const value = this.#record<V>(instruction);
    this.#sources.set(key, value);
    return value;
  }

  #record<V extends Value>(instruction: Instruction): V {
    const index = this.#instructions.length;
    const type = typeOfInstruction(this.#declarations, this.#types, instruction, index);
    this.#instructions.push(instruction);
    this.#types.push(type);
    const secrecy = type.secret ? "secret" : "public";
    const value = { secrecy, shape: type.shape, fractionBits: type.fractionBits, index } as V;
    this.#values.add(value);
    return value;
  }

  #reference(value: Value): number {
    if (this.#values.has(value)) return value.index;
    throw new ProgramError("ForeignValue", "the operand was not made by this trace");
  }
}
