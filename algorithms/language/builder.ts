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
import { callSiteOf } from "./call-site.ts";
import { checkOutput } from "./check.ts";
import type {
  Definition,
  GaussianNoise,
  Group,
  GroupMinimum,
  LaplaceNoise,
  ParameterDefinition,
  System,
  Table,
  TableDefinition,
} from "./definition.ts";
import { decodeProgram, encodeProgram } from "./encode.ts";
import { ProgramError, ValueError } from "./errors.ts";
import { NO_CATEGORY } from "./missing.ts";
import type { Position } from "./position.ts";
import {
  type Expression,
  type Instruction,
  type Parameter,
  PROGRAM_VERSION,
  type Program,
  type Protection,
} from "./program.ts";
import { type Declarations, Recorder } from "./recorder.ts";
import type { Column } from "./schema.ts";
import { checkTables, columnsOf } from "./tables.ts";
import type {
  AnyValue,
  Carriable,
  CarriedValues,
  ColumnShape,
  Combined,
  MatchKeys,
  NoisedScalars,
  Public,
  Secret,
  SecretBit,
  SecretMatching,
  SecretOrder,
  SecretRows,
  Shape,
  ShapeOf,
  Solution,
  SortKey,
  Value,
  WithColumn,
  WithSecret,
} from "./values.ts";
import { encodeDecimal, parseDecimal, sourceOf } from "./words.ts";

export type * from "./definition.ts";
export type {
  ColumnShape,
  Combined,
  MatchKeys,
  Public,
  Secret,
  SecretBit,
  SecretMatching,
  SecretOrder,
  Shape,
  Solution,
  SortKey,
  Value,
} from "./values.ts";

/**
 * Traces `body` into a program that has been type-checked and proven free of overflow.
 *
 * @throws ProgramError, ValueError; `site` is the call in the author's source that is at fault.
 */
export function trace(definition: Definition, body: (t: Tracer) => void): Program {
  const calls: Error[] = [];
  try {
    return traced(definition, body, calls);
  } catch (error) {
    if (error instanceof ProgramError || error instanceof ValueError) {
      const instruction = error instanceof ProgramError ? error.instruction : undefined;
      const call = instruction === undefined ? undefined : calls[instruction];
      error.site ??= callSiteOf(call ?? error);
    }
    throw error;
  }
}

/** @param calls is filled with the stack of the call that recorded each instruction. */
function traced(definition: Definition, body: (t: Tracer) => void, calls: Error[]): Program {
  const parameters = (definition.parameters ?? []).map(inWords);
  const privateInputs = definition.privateInputs?.map(inWords);
  const { columns, maximumRows, tables, protection, privacy } = definition;
  const declarations = {
    columns: [...columns],
    maximumRows,
    ...(tables === undefined ? {} : { tables: copied(tables) }),
    ...(privateInputs === undefined ? {} : { privateInputs }),
  };
  const tracer = new Tracer({ ...declarations, parameters }, protection, calls);
  body(tracer);
  const program: Program = {
    version: PROGRAM_VERSION,
    name: definition.name,
    description: definition.description,
    parameters,
    ...declarations,
    ...(privacy === undefined ? {} : { privacy }),
    ...tracer.traced(),
  };
  // What is returned is what everyone else will decode.
  const canonical = decodeProgram(encodeProgram(program));
  analyse(canonical);
  return canonical;
}

function inWords({ name, fractionBits, minimum, maximum }: ParameterDefinition): Parameter {
  const word = (text: string) => encodeDecimal(text, fractionBits).toString();
  return { name, fractionBits, minimum: word(minimum), maximum: word(maximum) };
}

function copied(tables: readonly TableDefinition[]): TableDefinitions {
  return tables.map((table) => ({ ...table, columns: [...table.columns] }));
}

type TableDefinitions = NonNullable<Program["tables"]>;

/** Records operations. Made by `trace`. */
export class Tracer {
  readonly #declarations: Declarations;
  readonly #recorder: Recorder;
  readonly #outputs: Program["outputs"] = [];
  readonly #finish: Program["finish"] = [];
  readonly #minimum: GroupMinimum | undefined;
  readonly #groups: Protection["groups"] = [];

  constructor(declarations: Declarations, minimum?: GroupMinimum, calls: Error[] = []) {
    checkTables(declarations);
    this.#minimum = minimum;
    this.#declarations = declarations;
    this.#recorder = new Recorder(declarations, calls);
  }

  /** A further table that the definition declares; its columns meet those of others through `match`. */
  table<Name extends string>(name: Name): Table<Name> {
    type Own = `column of ${Name}`;
    if (!this.#declarations.tables?.some((table) => table.name === name)) {
      throw new ProgramError("UndeclaredTable", `the definition has no table ${name}`);
    }
    return {
      input: (column) => this.#recorder.source<Secret<Own>>({ op: "input", column, table: name }),
      encoded: (column) => this.#recorder.source<Secret<Own>>({ op: "encoded", column, table: name }),
      present: (column) => this.#present<Own>(column, name),
      presence: (column) => this.#presence<Own>(column, name),
      inputOr: (column, substitute) => this.#substituted<Own>("inputOr", column, substitute, name),
      encodedOr: (column, substitute) => this.#substituted<Own>("encodedOr", column, substitute, name),
      indicator: (column, category) => this.#indicator<Own>(column, category, name),
      isCategory: (column, category) => this.#isCategory<Own>(column, category, name),
      rows: () => this.#recorder.source<Public>({ op: "rows", table: name }),
    };
  }

  /** A declared column of the sellers' tables, which has a value in every row (`OptionalColumn` if it may lack one). */
  input(column: string): Secret<"column"> {
    return this.#recorder.source<Secret<"column">>({ op: "input", column });
  }

  /**
   * A declared number column rounded to its fraction bits, taken as exact: decisions are made about it, and figures of it are about
   * the rounded values. Nothing is computed for it.
   */
  encoded(column: string): Secret<"column"> {
    return this.#recorder.source<Secret<"column">>({ op: "encoded", column });
  }

  /** Which rows have a value of an optional column. */
  present(column: string): SecretBit<"column"> {
    return this.#present<"column">(column);
  }

  /** The same as a number, 1 or 0, for nothing: its sum is how many rows have a value. */
  presence(column: string): Secret<"column"> {
    return this.#presence<"column">(column);
  }

  /**
   * An optional column with what is to stand in for a missing value: a number that its scale holds exactly, also one outside of its range, or one of
   * its categories. A multiplication.
   * @example
   * const total = t.sum(t.inputOr("wage", "0")); // of the rows that have a wage, of which there are t.sum(t.presence("wage"))
   */
  inputOr(column: string, substitute: string): Secret<"column"> {
    return this.#substituted<"column">("inputOr", column, substitute);
  }

  /** The same, rounded and taken as exact like `encoded`. */
  encodedOr(column: string, substitute: string): Secret<"column"> {
    return this.#substituted<"column">("encodedOr", column, substitute);
  }

  /** 1 in rows of that category, 0 in others, as a number; free for a required column of two categories. */
  indicator(column: string, category: string): Secret<"column"> {
    return this.#indicator<"column">(column, category);
  }

  /** Which rows are of that category; a row in which it is missing is of none. */
  isCategory(column: string, category: string): SecretBit<"column"> {
    return this.#isCategory<"column">(column, category);
  }

  /** A declared public parameter of the request. */
  parameter(parameter: string): Public {
    return this.#recorder.source<Public>({ op: "parameter", parameter });
  }

  /** A declared number of the buyer's that nobody else sees: exact, in its range. */
  privateInput(privateInput: string): Secret<"scalar"> {
    return this.#recorder.source<Secret<"scalar">>({ op: "privateInput", privateInput });
  }

  /** A public number with the given scale; refused unless the scale holds it exactly. */
  constant(text: string, fractionBits: number): Public {
    return this.#recorder.source<Public>({
      op: "constant",
      word: exactWord(text, fractionBits).toString(),
      fractionBits,
    });
  }

  /** The public number of rows of the main table. */
  rows(): Public {
    return this.#recorder.source<Public>({ op: "rows" });
  }

  add<A extends Value, B extends Value>(a: A, b: B & WithColumn<A, B>): Combined<A, B> {
    return this.#recorder.binary<Combined<A, B>>("add", a, b);
  }

  subtract<A extends Value, B extends Value>(a: A, b: B & WithColumn<A, B>): Combined<A, B> {
    return this.#recorder.binary<Combined<A, B>>("subtract", a, b);
  }

  /** Fraction bits add up; `truncate` brings them down again. */
  multiply<A extends Value, B extends Value>(a: A, b: B & WithColumn<A, B>): Combined<A, B> {
    return this.#recorder.binary<Combined<A, B>>("multiply", a, b);
  }

  /** The same value with `bits` fraction bits less, off by less than one unit of the result. */
  truncate<A extends Value>(a: A, bits: number): A {
    return this.#recorder.record<A>({ op: "truncate", a: this.#recorder.reference(a), bits });
  }

  sum(a: Secret<ColumnShape>): Secret<"scalar"> {
    return this.#recorder.unary<Secret<"scalar">>("sum", a);
  }

  /** Sum over the rows of a * b, at the cost of one multiplication. */
  dot<S extends ColumnShape>(a: Secret<S>, b: Secret<NoInfer<S>>): Secret<"scalar"> {
    return this.#recorder.binary<Secret<"scalar">>("dot", a, b);
  }

  /** Whether a < b: numbers of one scale, both exact (`encoded` columns, categories, constants, and what is made of them untruncated). */
  less<A extends Value, B extends Value>(a: A, b: B & WithSecret<A, B>): SecretBit<ShapeOf<A, B>> {
    return this.#recorder.binary<SecretBit<ShapeOf<A, B>>>("less", a, b);
  }

  /** Whether a >= b; as `less`. */
  atLeast<A extends Value, B extends Value>(a: A, b: B & WithSecret<A, B>): SecretBit<ShapeOf<A, B>> {
    return this.not(this.#recorder.binary<SecretBit<ShapeOf<A, B>>>("less", a, b));
  }

  /** Whether a = b; as `less`. */
  equal<A extends Value, B extends Value>(a: A, b: B & WithSecret<A, B>): SecretBit<ShapeOf<A, B>> {
    return this.#recorder.binary<SecretBit<ShapeOf<A, B>>>("equal", a, b);
  }

  and<A extends SecretBit, B extends SecretBit>(a: A, b: B & WithColumn<A, B>): SecretBit<ShapeOf<A, B>> {
    return this.#recorder.binary<SecretBit<ShapeOf<A, B>>>("and", a, b);
  }

  or<A extends SecretBit, B extends SecretBit>(a: A, b: B & WithColumn<A, B>): SecretBit<ShapeOf<A, B>> {
    return this.#recorder.binary<SecretBit<ShapeOf<A, B>>>("or", a, b);
  }

  xor<A extends SecretBit, B extends SecretBit>(a: A, b: B & WithColumn<A, B>): SecretBit<ShapeOf<A, B>> {
    return this.#recorder.binary<SecretBit<ShapeOf<A, B>>>("xor", a, b);
  }

  not<A extends SecretBit>(a: A): A {
    return this.#recorder.unary<A>("not", a);
  }

  /** 1 or 0, as a number without fraction bits: what `dot` and `multiply` filter by. */
  number<S extends Shape>(a: SecretBit<S>): Secret<S> {
    return this.#recorder.unary<Secret<S>>("number", a);
  }

  /** In how many rows the bit is 1; cheaper than the sum of `number`. */
  count(a: SecretBit<ColumnShape>): Secret<"scalar"> {
    return this.#recorder.unary<Secret<"scalar">>("count", a);
  }

  /** a where the bit is 1, else b: numbers of one scale. */
  select<C extends SecretBit, A extends Value, B extends Value>(
    bit: C,
    a: A & WithColumn<C, A>,
    b: B & WithColumn<A, B> & WithColumn<C, B>,
  ): Secret<ShapeOf<C, Combined<A, B>>> {
    return this.#recorder.record<Secret<ShapeOf<C, Combined<A, B>>>>({
      op: "select",
      bit: this.#recorder.reference(bit),
      a: this.#recorder.reference(a),
      b: this.#recorder.reference(b),
    });
  }

  /** The smaller of two numbers of one scale, row by row. */
  smaller<A extends Value, B extends Value>(a: A, b: B & WithSecret<A, B>): Secret<ShapeOf<A, B>> {
    return this.#recorder.binary<Secret<ShapeOf<A, B>>>("smaller", a, b);
  }

  larger<A extends Value, B extends Value>(a: A, b: B & WithSecret<A, B>): Secret<ShapeOf<A, B>> {
    return this.#recorder.binary<Secret<ShapeOf<A, B>>>("larger", a, b);
  }

  /** The least number of a column; 0 if there are no rows. Opened, it is the value of a row: the disclosure statement says so. */
  minimum(a: Secret<ColumnShape>): Secret<"scalar"> {
    return this.#recorder.unary<Secret<"scalar">>("minimum", a);
  }

  maximum(a: Secret<ColumnShape>): Secret<"scalar"> {
    return this.#recorder.unary<Secret<"scalar">>("maximum", a);
  }

  /**
   * The order that sorts rows by exact columns: by the first, equal rows by the next, rows equal in all as they stood.
   * @example
   * const order = t.order({ descending: valid }, t.encoded("price")); // rows that a mask leaves out last, the others from the cheapest
   */
  order<S extends ColumnShape>(first: SortKey<S>, ...others: SortKey<NoInfer<S>>[]): SecretOrder<S> {
    const keys = [first, ...others];
    return this.#recorder.record<SecretOrder<S>>({
      op: "order",
      keys: keys.map((key) =>
        "descending" in key
          ? { value: this.#recorder.reference(key.descending), descending: true }
          : { value: this.#recorder.reference(key), descending: false },
      ),
    });
  }

  /** A column's rows in an order. */
  arrange<A extends SecretRows<ColumnShape>>(order: SecretOrder<NoInfer<A["shape"]>>, a: A): A {
    return this.#recorder.record<A>({
      op: "arrange",
      order: this.#recorder.reference(order),
      a: this.#recorder.reference(a),
    });
  }

  /**
   * For each row on the left its partner on the right: a row with equal keys, exact ones of one scale, in one column or several. Of right rows with equal keys
   * the last counts; every left row with these keys has it. The cost is about that of sorting both tables' rows.
   * @example
   * const sold = t.match(t.encoded("product"), prices.encoded("product"));
   * const price = t.lookUp(sold, prices.input("price")); // 0 in rows of products without price: see `matched`
   */
  match<S extends ColumnShape, P extends ColumnShape>(left: MatchKeys<S>, right: MatchKeys<P>): SecretMatching<S, P> {
    return this.#match(left, right, false);
  }

  /**
   * As `match`, but no right row is the partner of two: of left rows with equal keys only the first has a partner. What protected groups
   * need, and cheaper.
   */
  matchOnce<S extends ColumnShape, P extends ColumnShape>(
    left: MatchKeys<S>,
    right: MatchKeys<P>,
  ): SecretMatching<S, P> {
    return this.#match(left, right, true);
  }

  /** Which rows on the left have a partner. */
  matched<S extends ColumnShape>(match: SecretMatching<S>): SecretBit<S> {
    return this.#recorder.record<SecretBit<S>>({ op: "matched", match: this.#recorder.reference(match) });
  }

  /** What a column on the right has in the row of the partner; 0 where there is none. */
  lookUp<S extends ColumnShape, P extends ColumnShape>(match: SecretMatching<S, P>, a: Secret<NoInfer<P>>): Secret<S>;
  lookUp<S extends ColumnShape, P extends ColumnShape>(
    match: SecretMatching<S, P>,
    a: SecretBit<NoInfer<P>>,
  ): SecretBit<S>;
  lookUp<S extends ColumnShape>(match: SecretMatching<S>, a: SecretRows<ColumnShape>): SecretRows<S> {
    return this.#recorder.record<Secret<S>>({
      op: "lookUp",
      match: this.#recorder.reference(match),
      a: this.#recorder.reference(a),
    });
  }

  /** Row i: the sum of rows 0 to i. */
  prefixSum<S extends ColumnShape>(a: Secret<S>): Secret<S> {
    return this.#recorder.unary<Secret<S>>("prefixSum", a);
  }

  /** Row i: row i - 1; the first row is 0. */
  previous<A extends SecretRows<ColumnShape>>(a: A): A {
    return this.#recorder.unary<A>("previous", a);
  }

  /** The row at a public position (`rowAt`, `lower`, `higher`); 0 if there is no such row. Opened, it is the value of a row. */
  at(a: Secret<ColumnShape>, { numerator, offset, denominator }: Position): Secret<"scalar"> {
    return this.#recorder.record<Secret<"scalar">>({
      op: "at",
      a: this.#recorder.reference(a),
      numerator,
      offset,
      denominator,
    });
  }

  /**
   * a / b with that many fraction bits; 0 where b is 0. An inexact b must be known to stay away from 0. The scales of a and b may differ.
   */
  divide<A extends Value, B extends Value>(a: A, b: B & WithSecret<A, B>, fractionBits: number): Secret<ShapeOf<A, B>> {
    return this.#recorder.record<Secret<ShapeOf<A, B>>>({
      op: "divide",
      a: this.#recorder.reference(a),
      b: this.#recorder.reference(b),
      fractionBits,
    });
  }

  /** The square root with that many fraction bits; 0 for negative numbers. */
  squareRoot<S extends Shape>(a: Secret<S>, fractionBits: number): Secret<S> {
    return this.#recorder.record<Secret<S>>({ op: "squareRoot", a: this.#recorder.reference(a), fractionBits });
  }

  /** e^a with that many fraction bits; a has 8 at least. */
  exponential<S extends Shape>(a: Secret<S>, fractionBits: number): Secret<S> {
    return this.#recorder.record<Secret<S>>({ op: "exponential", a: this.#recorder.reference(a), fractionBits });
  }

  /** ln a with that many fraction bits; an inexact a must be known to be positive, an exact one has 0 where it is not. */
  logarithm<S extends Shape>(a: Secret<S>, fractionBits: number): Secret<S> {
    return this.#recorder.record<Secret<S>>({ op: "logarithm", a: this.#recorder.reference(a), fractionBits });
  }

  /** 1 / (1 + e^-a) for |a| < 32, with the 8 to 24 fraction bits of a. */
  sigmoid<S extends Shape>(a: Secret<S>): Secret<S> {
    return this.#recorder.unary<Secret<S>>("sigmoid", a);
  }

  /**
   * Solves A x = b in secret, for a symmetric positive definite A. Where the accuracy that `system` declares cannot be certified, all
   * unknowns are 0; `certified` of every solution must be an output. A ridge is added to the diagonal beforehand, as a constant.
   */
  solve(system: System): Solution {
    const { matrix, right, fractionBits, solutionBits } = system;
    const word = (text: string, { fractionBits: bits }: Value) => encodeDecimal(text, bits).toString();
    return this.#recorder.record<Solution>({
      op: "solve",
      matrix: matrix.map((value) => this.#recorder.reference(value)),
      right: right.map((value) => this.#recorder.reference(value)),
      fractionBits,
      solutionBits,
      tolerance: word(system.tolerance, right[0]),
      smallestEigenvalue: word(system.smallestEigenvalue, matrix[0]),
    });
  }

  unknown(a: Solution, index: number): Secret<"scalar"> {
    return this.#recorder.record<Secret<"scalar">>({ op: "unknown", a: this.#recorder.reference(a), index });
  }

  /**
   * The words of a as the nodes have them, taken as exact. Whatever a is off is no longer bounded: open a measure of it, such as a residual
   * or a gradient, and say in `finish` what it means (`expression.within`).
   */
  computed<S extends Shape>(a: Secret<S>): Secret<S> {
    return this.#recorder.unary<Secret<S>>("computed", a);
  }

  /** A public number as a secret one. Nobody learns less for it: it is what a loop may begin with, or a `select` choose. */
  secret(a: Public): Secret<"scalar"> {
    return this.#recorder.source<Secret<"scalar">>({ op: "secret", a: this.#recorder.reference(a) });
  }

  /**
   * Goes over `body` `count` times, a public number: what it gives is what it is given the next time, each value of one kind, shape and scale throughout.
   * It is traced once and may read what stands outside; nothing is opened in it. Ranges are proven for every iteration: keep them by `smaller` and `larger`, and
   * errors from piling up by `computed`.
   *
   * @returns what the last iteration gives
   * @throws ProgramError LoopNotInvariant, LoopTooLong, NestedLoop, InvalidLoop
   * @example
   * // √a by Heron's rule: x ← (x + a/x)/2, with 20 fraction bits
   * const [root] = t.repeat(6, [t.constant("1", 20)], ([x]) => {
   *   const mean = t.truncate(t.multiply(t.add(x, t.divide(a, x, 20)), t.constant("0.5", 1)), 1);
   *   return [t.computed(t.larger(t.smaller(mean, most), least))];
   * });
   */
  repeat<const V extends readonly Carriable[]>(
    count: number,
    initial: V,
    body: (carried: CarriedValues<V>) => Readonly<CarriedValues<V>>,
  ): CarriedValues<V> {
    const secrets = initial.map((value) => (value.secrecy === "public" ? this.secret(value) : value));
    const given = this.#recorder.repeat(count, secrets, (carried) => body(carried as unknown as CarriedValues<V>));
    return given as unknown as CarriedValues<V>;
  }

  /** 1 if all of these are certified, else 0, as a number. */
  certified(...solutions: Solution[]): Secret<"scalar"> {
    return this.#recorder.record<Secret<"scalar">>({
      op: "certified",
      solutions: solutions.map((solution) => this.#recorder.reference(solution)),
    });
  }

  /**
   * Adds discrete Laplace noise to scalars that are sums over rows, so that all of them together are ε-private for the program's `privacy` unit. How
   * much follows from what one row can change: of a histogram's bins, two counts by one each. In units of the scalars' words.
   */
  laplace(value: Secret<"scalar">, noise: LaplaceNoise): Secret<"scalar">;
  laplace(values: readonly Secret<"scalar">[], noise: LaplaceNoise): Secret<"scalar">[];
  laplace(values: Secret<"scalar"> | readonly Secret<"scalar">[], { epsilon }: LaplaceNoise) {
    return this.#noised(values, (references) => ({
      op: "laplace",
      values: references,
      epsilonMillionths: Number(unitsOf("epsilon", epsilon, 6)),
    }));
  }

  /** Discrete Gaussian noise likewise, for (ε, δ): better than Laplace where one row changes many of the scalars. */
  gaussian(value: Secret<"scalar">, noise: GaussianNoise): Secret<"scalar">;
  gaussian(values: readonly Secret<"scalar">[], noise: GaussianNoise): Secret<"scalar">[];
  gaussian(values: Secret<"scalar"> | readonly Secret<"scalar">[], { epsilon, delta }: GaussianNoise) {
    return this.#noised(values, (references) => ({
      op: "gaussian",
      values: references,
      epsilonMillionths: Number(unitsOf("epsilon", epsilon, 6)),
      deltaE18: Number(unitsOf("delta", delta, 18)),
    }));
  }

  /**
   * A protected group: the rows in which `member`, a bit or an `indicator`, is 1. All groups of a program are pairwise disjoint, provably so:
   * by categories of a column, by bins, by the sign of a bit, or by a conjunction (`and`) with one of these.
   */
  group(name: string, member: SecretBit<"column"> | Secret<"column">): Group {
    if (this.#minimum === undefined) {
      throw new ProgramError(
        "UndeclaredGroup",
        `group ${name}: the definition has no \`protection\` that says how large a group must be`,
      );
    }
    this.#recorder.checkOutside(`group ${name}`);
    this.#groups.push({ name, member: this.#recorder.reference(member) });
    return { group: name };
  }

  /**
   * Opens a value to whoever gets the answer; returns it for use in `finish`. As a figure of a protected group it is opened if the group is large
   * enough; it must then be made of sums over exactly the rows of the group.
   */
  output(name: string, value: Secret<"scalar">, group?: Group): Expression {
    this.#recorder.checkOutside(`output ${name}`);
    const reference = this.#recorder.reference(value);
    checkOutput(name, reference, this.#recorder.types[reference]);
    this.#outputs.push({ name, value: reference, ...group });
    return { output: name };
  }

  /** A figure that the reader computes from what is opened; returns it for use in further ones. */
  finish(name: string, label: string, expression: Expression): Expression {
    this.#finish.push({ name, label, expression });
    return { figure: name };
  }

  /** A step on the way to figures, computed once and not shown. */
  step(expression: Expression): Expression {
    const name = `step_${this.#finish.length}`;
    this.#finish.push({ name, expression });
    return { figure: name };
  }

  /** What has been recorded. */
  traced(): Pick<Program, "instructions" | "loops" | "outputs" | "finish" | "protection"> {
    const traced = {
      ...this.#recorder.recorded(),
      outputs: [...this.#outputs],
      finish: [...this.#finish],
    };
    if (this.#minimum === undefined) return traced;
    const protection = { maximumPercent: 100, ...this.#minimum, groups: [...this.#groups] };
    return { ...traced, protection };
  }

  #match<S extends ColumnShape, P extends ColumnShape>(
    left: MatchKeys<S>,
    right: MatchKeys<P>,
    once: boolean,
  ): SecretMatching<S, P> {
    const references = (keys: MatchKeys<ColumnShape>) =>
      [keys].flat().map((key) => this.#recorder.reference(key as AnyValue));
    return this.#recorder.record<SecretMatching<S, P>>({
      op: "match",
      left: references(left),
      right: references(right),
      once,
    });
  }

  #present<S extends ColumnShape>(column: string, table?: string): SecretBit<S> {
    const [a, b] = [this.#presence<S>(column, table), this.constant("1", 0)];
    return this.#recorder.source<SecretBit<S>>({ op: "equal", a: a.index, b: b.index });
  }

  #presence<S extends ColumnShape>(column: string, table?: string): Secret<S> {
    const declared = this.#column(column, table);
    const source = declared === undefined ? column : sourceOf(declared);
    return this.#recorder.source<Secret<S>>({ op: "present", column: source, ...named(table) });
  }

  #substituted<S extends ColumnShape>(
    op: "inputOr" | "encodedOr",
    column: string,
    substitute: string,
    table?: string,
  ): Secret<S> {
    const word = this.#word(column, substitute, table);
    return this.#recorder.source<Secret<S>>({ op, column, ...named(table), word });
  }

  /** Of what stands in for a missing value; any for a column that is not declared, which is refused for that. */
  #word(column: string, substitute: string, table: string | undefined): string {
    const declared = this.#column(column, table);
    if (declared === undefined) return "0";
    if (declared.kind === "number") return exactWord(substitute, declared.fractionBits).toString();
    return String(this.#category(column, substitute, table).index);
  }

  #column(column: string, table: string | undefined): Column | undefined {
    return columnsOf(this.#declarations, table)?.find(({ name }) => name === column);
  }

  #indicator<S extends ColumnShape>(column: string, category: string, table?: string): Secret<S> {
    const { index, count, optional } = this.#category(column, category, table);
    if (count > 2 || optional) return this.number(this.#isCategory<S>(column, category, table));
    const word = this.#recorder.source<Secret<S>>({ op: "input", column, ...named(table) });
    if (count === 1) return this.add(word, this.constant("1", 0));
    return index === 1 ? word : this.subtract(this.constant("1", 0), word);
  }

  #isCategory<S extends ColumnShape>(column: string, category: string, table?: string): SecretBit<S> {
    const { index, optional } = this.#category(column, category, table);
    const word = this.#recorder.source<Secret<S>>(
      optional
        ? { op: "inputOr", column, ...named(table), word: NO_CATEGORY.toString() }
        : { op: "input", column, ...named(table) },
    );
    return this.#recorder.record<SecretBit<S>>({
      op: "equal",
      a: this.#recorder.reference(word),
      b: this.#recorder.reference(this.constant(String(index), 0)),
    });
  }

  #category(
    column: string,
    category: string,
    table: string | undefined,
  ): { index: number; count: number; optional: boolean } {
    const declared = this.#column(column, table);
    const categories = declared?.kind === "category" ? declared.categories : [];
    const index = categories.indexOf(category);
    if (index >= 0) return { index, count: categories.length, optional: declared?.optional ?? false };
    throw new ProgramError("UndeclaredColumn", `there is no column ${column} that has the category ${category}`);
  }

  /** The scalars with noise, one or as many as were given. */
  #noised(
    values: Secret<"scalar"> | readonly Secret<"scalar">[],
    instruction: (references: number[]) => Instruction,
  ): Secret<"scalar"> | Secret<"scalar">[] {
    const scalars = "kind" in values ? [values] : values;
    const noised = this.#recorder.record<NoisedScalars>(
      instruction(scalars.map((value) => this.#recorder.reference(value))),
    );
    const apart = scalars.map((_, index) =>
      this.#recorder.record<Secret<"scalar">>({ op: "noised", a: noised.index, index }),
    );
    return "kind" in values ? apart[0] : apart;
  }
}

/** Decimal text as a whole number of 10^-places. */
function unitsOf(what: string, text: string, places: number): bigint {
  const { numerator, denominator } = parseDecimal(text);
  const units = numerator * 10n ** BigInt(places);
  if (units > 0n && units % denominator === 0n) return units / denominator;
  throw new ProgramError("InexactConstant", `${what} ${text} is no positive multiple of 10^-${places}`);
}

/** The word of a number that the scale holds exactly. */
function exactWord(text: string, fractionBits: number): bigint {
  const word = encodeDecimal(text, fractionBits);
  const { numerator, denominator } = parseDecimal(text);
  if (numerator << BigInt(fractionBits) === word * denominator) return word;
  throw new ProgramError("InexactConstant", `${text} is no multiple of 2^-${fractionBits}; choose another scale`);
}

/** The main table is not named. */
function named(table: string | undefined): { table?: string } {
  return table === undefined ? {} : { table };
}
