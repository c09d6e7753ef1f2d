/**
 * A program: what an algorithm is traced into, what nodes execute, what is hashed (DESIGN §5).
 *
 * Party-blind, vectorised, SSA: instruction k defines value k; operands are indices of earlier values. Values are numbers
 * (words of Z_2^64 with a known number of fraction bits), secret or public, or secret bits (what comparisons give);
 * columns (one per row of a table) or scalars; or a secret order of the rows; or for each row its partner in another table; or the solution of a
 * linear system, which `unknown` takes apart, as `noised` does values with noise. Version 2 brought all but the arithmetic on numbers. Loops are kept as
 * such, and run a public number of times.
 * `finish` is public arithmetic that whoever reads the outputs does in the clear: it reveals nothing that the outputs
 * do not, and it is part of the hash.
 */
import { z } from "zod";
import { columnSchema, MAX_COLUMNS, MAX_ROWS } from "./schema.ts";

export const PROGRAM_VERSION = 2;
export const MAX_PROGRAM_BYTES = 65_536;
export const MAX_INSTRUCTIONS = 4_096;
export const MAX_FIGURES = 1_024;
export const MAX_PRIVATE_INPUTS = 256;
/** Most loops of a program, and most iterations of one; how many instructions all of them come to is bounded in `loops.ts`. */
const MAX_LOOPS = 64;
export const MAX_ITERATIONS = 1_024;

/** Largest numerator and denominator of a row's position: times MAX_ROWS they are whole in a double. */
const MAX_FRACTION = 65_536;

/** An ε of 20, beyond which noise hides nothing, and a δ of a thousandth. */
const MAX_EPSILON_MILLIONTHS = 20_000_000;
const MAX_DELTA_E18 = 10 ** 15;
/** Most columns that one order or match compares. */
const MAX_KEYS = 8;
const MAX_FURTHER_TABLES = 7;

const identifier = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/);
const ref = z
  .int()
  .min(0)
  .max(MAX_INSTRUCTIONS - 1);
const resultBits = z.int().min(0).max(61);
const noisedValues = z.array(ref).min(1).max(256);
const epsilon = z.int().min(1).max(MAX_EPSILON_MILLIONTHS);
const int64 = z.string().regex(/^(0|-?[1-9][0-9]{0,18})$/);
/** A number of the buyer's: `minimum` and `maximum` are words, scaled by 2^fractionBits, inclusive. */
const buyersNumber = z.strictObject({
  name: identifier,
  fractionBits: z.int().min(0).max(40),
  minimum: int64,
  maximum: int64,
});
/** One line of visible text: operators and sellers read it, so it must not be able to look like something else. */
const visible = z.string().regex(/^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+$/u, "must be one line of visible characters");

export const instructionSchema = z.discriminatedUnion("op", [
  /** Secret column of the sellers' tables, rows of all datasets of one table appended in the order they joined; of the main table if none is named. */
  z.strictObject({ op: z.literal("input"), column: identifier, table: identifier.optional() }),
  /** The same words, taken as exact: what follows is about the encoded values (`round(x * 2^f) / 2^f`), not the raw ones. */
  z.strictObject({ op: z.literal("encoded"), column: identifier, table: identifier.optional() }),
  /** 1 in rows in which an optional column has a value, else 0. */
  z.strictObject({ op: z.literal("present"), column: identifier, table: identifier.optional() }),
  /** An optional column, with this word in rows in which it has no value; of a category an index, or -1 for none. */
  z.strictObject({ op: z.literal("inputOr"), column: identifier, table: identifier.optional(), word: int64 }),
  /** The same words, taken as exact. */
  z.strictObject({ op: z.literal("encodedOr"), column: identifier, table: identifier.optional(), word: int64 }),
  /** Public scalar of the request. */
  z.strictObject({ op: z.literal("parameter"), parameter: identifier }),
  /** Secret scalar of the request: the buyer's own, put into its declared range, exact. */
  z.strictObject({ op: z.literal("privateInput"), privateInput: identifier }),
  /** Public scalar; `word` is the scaled integer. */
  z.strictObject({ op: z.literal("constant"), word: int64, fractionBits: z.int().min(0).max(40) }),
  /** Public scalar: the number of rows of a table, 0 fraction bits. */
  z.strictObject({ op: z.literal("rows"), table: identifier.optional() }),
  z.strictObject({ op: z.literal("add"), a: ref, b: ref }),
  z.strictObject({ op: z.literal("subtract"), a: ref, b: ref }),
  /** Product; fraction bits add up. One operand may be public (local), a scalar is broadcast over a column. */
  z.strictObject({ op: z.literal("multiply"), a: ref, b: ref }),
  /** The value over 2^bits, rounded down or up to a whole word (which of the two is not fixed); fraction bits go down. */
  z.strictObject({ op: z.literal("truncate"), a: ref, bits: z.int().min(1).max(62) }),
  /** Sum over the rows of a column. */
  z.strictObject({ op: z.literal("sum"), a: ref }),
  /** Sum over the rows of the product of two columns, at the cost of one multiplication. */
  z.strictObject({ op: z.literal("dot"), a: ref, b: ref }),
  /** Bit: a < b, for two numbers of one scale, exact ones; one may be public. */
  z.strictObject({ op: z.literal("less"), a: ref, b: ref }),
  /** Bit: a = b; likewise. */
  z.strictObject({ op: z.literal("equal"), a: ref, b: ref }),
  z.strictObject({ op: z.literal("and"), a: ref, b: ref }),
  z.strictObject({ op: z.literal("or"), a: ref, b: ref }),
  z.strictObject({ op: z.literal("xor"), a: ref, b: ref }),
  z.strictObject({ op: z.literal("not"), a: ref }),
  /** The bit as a number, 0 or 1, with 0 fraction bits. */
  z.strictObject({ op: z.literal("number"), a: ref }),
  /** How many rows of a column of bits are 1; cheaper than the sum of `number`. */
  z.strictObject({ op: z.literal("count"), a: ref }),
  /** `a` where the bit is 1, else `b`: numbers of one scale. */
  z.strictObject({ op: z.literal("select"), bit: ref, a: ref, b: ref }),
  /** The smaller of two numbers of one scale, row by row; one may be public. */
  z.strictObject({ op: z.literal("smaller"), a: ref, b: ref }),
  z.strictObject({ op: z.literal("larger"), a: ref, b: ref }),
  /** The least number of a column; 0 if it has no rows. */
  z.strictObject({ op: z.literal("minimum"), a: ref }),
  z.strictObject({ op: z.literal("maximum"), a: ref }),
  /**
   * The order that sorts rows by secret columns, exact numbers or bits: by the first of them, equal rows by the next, rows equal in
   * all of them in the order they had.
   */
  z.strictObject({
    op: z.literal("order"),
    keys: z
      .array(z.strictObject({ value: ref, descending: z.boolean() }))
      .min(1)
      .max(MAX_KEYS),
  }),
  /** The rows of a column of numbers or bits in that order. */
  z.strictObject({ op: z.literal("arrange"), order: ref, a: ref }),
  /**
   * For each row of one table its partner in another (or the same): the last of the rows that have equal keys, exact numbers or bits, column by
   * column. If `once`, of left rows with equal keys only the first has a partner, so that no right row is the partner of two.
   */
  z.strictObject({
    op: z.literal("match"),
    left: z.array(ref).min(1).max(MAX_KEYS),
    right: z.array(ref).min(1).max(MAX_KEYS),
    once: z.boolean(),
  }),
  /** Column of bits of the left table: whether a row has a partner. */
  z.strictObject({ op: z.literal("matched"), match: ref }),
  /** Column of the left table: what a column of numbers or bits of the right one has in the partner's row; 0 where there is none. */
  z.strictObject({ op: z.literal("lookUp"), match: ref, a: ref }),
  /** Row i: the sum of rows 0 to i. */
  z.strictObject({ op: z.literal("prefixSum"), a: ref }),
  /** Row i: row i - 1 of a column of numbers or bits; the first row 0. */
  z.strictObject({ op: z.literal("previous"), a: ref }),
  /** Row floor((numerator * rows + offset) / denominator) of a column of numbers, counted from 0; 0 if there is no such row. */
  z.strictObject({
    op: z.literal("at"),
    a: ref,
    numerator: z.int().min(0).max(MAX_FRACTION),
    offset: z.int().min(-MAX_ROWS).max(MAX_ROWS),
    denominator: z.int().min(1).max(MAX_FRACTION),
  }),
  /** a / b with that many fraction bits, 0 where b is 0; one operand may be public. Errors: `function-errors.ts`. */
  z.strictObject({ op: z.literal("divide"), a: ref, b: ref, fractionBits: resultBits }),
  /** The root of a, 0 where a is negative. */
  z.strictObject({ op: z.literal("squareRoot"), a: ref, fractionBits: resultBits }),
  /** e^a. */
  z.strictObject({ op: z.literal("exponential"), a: ref, fractionBits: resultBits }),
  /** The natural logarithm, 0 where a is 0 or negative. */
  z.strictObject({ op: z.literal("logarithm"), a: ref, fractionBits: resultBits }),
  /** 1 / (1 + e^-a), with the fraction bits of a. */
  z.strictObject({ op: z.literal("sigmoid"), a: ref }),
  /**
   * The solution of A x = b for a symmetric positive definite A, given as its lower triangle by rows, if the nodes can certify it
   * (`solve.ts`); else 0. Scalars; those of A have one scale, those of b another. `tolerance` is a word of b's scale, `smallestEigenvalue` one of A's;
   * unknowns are below 2^solutionBits and have `fractionBits`.
   */
  z.strictObject({
    op: z.literal("solve"),
    matrix: z.array(ref).min(1).max(136),
    right: z.array(ref).min(1).max(16),
    fractionBits: resultBits,
    solutionBits: z.int().min(-61).max(61),
    tolerance: int64,
    smallestEigenvalue: int64,
  }),
  /**
   * The same words, taken as exact: what follows is about what the nodes computed, whatever that is off. For iterations, whose result
   * is judged afterwards (PROTOCOL 15).
   */
  z.strictObject({ op: z.literal("computed"), a: ref }),
  /** One unknown of a solution. */
  z.strictObject({ op: z.literal("unknown"), a: ref, index: z.int().min(0).max(15) }),
  /**
   * These secret scalars, of one scale, each with discrete Laplace noise in units of its word: so much that all of them together are private with
   * this ε for the program's unit (`noise/`). `noised` takes them apart.
   */
  z.strictObject({ op: z.literal("laplace"), values: noisedValues, epsilonMillionths: epsilon }),
  /** The same with discrete Gaussian noise, for ε and δ. */
  z.strictObject({
    op: z.literal("gaussian"),
    values: noisedValues,
    epsilonMillionths: epsilon,
    /** In units of 10^-18. */
    deltaE18: z.int().min(1).max(MAX_DELTA_E18),
  }),
  /** One of the scalars that noise was added to. */
  z.strictObject({ op: z.literal("noised"), a: ref, index: z.int().min(0).max(255) }),
  /** 1 if all of these solutions are certified, else 0; a number. */
  z.strictObject({ op: z.literal("certified"), solutions: z.array(ref).min(1).max(64) }),
  /** A public number as a secret one: what a loop that goes on with secrets may begin with. */
  z.strictObject({ op: z.literal("secret"), a: ref }),
]);

/**
 * At the head of a loop's body: in the first iteration `initial`, a value before the loop; in every other one what `next` was in the iteration
 * before.
 */
const carriedSchema = z.strictObject({ op: z.literal("carried"), initial: ref, next: ref });

/** An expression over outputs, figures before it, the (public) number of rows of the main or a named table and whole numbers, in real units. */
export type Expression =
  | { output: string }
  | { figure: string }
  | { rows: true | string }
  | { number: string }
  | { add: [Expression, Expression] }
  | { subtract: [Expression, Expression] }
  | { multiply: [Expression, Expression] }
  | { divide: [Expression, Expression] }
  | { squareRoot: [Expression] }
  /** The first, known to be no further than the second from what is meant: an error that was measured in the run. */
  | { within: [Expression, Expression] };

const expressionSchema: z.ZodType<Expression> = z.lazy(() =>
  z.union([
    z.strictObject({ output: identifier }),
    z.strictObject({ figure: identifier }),
    z.strictObject({ rows: z.literal(true).or(identifier) }),
    z.strictObject({ number: int64 }),
    z.strictObject({ add: z.tuple([expressionSchema, expressionSchema]) }),
    z.strictObject({ subtract: z.tuple([expressionSchema, expressionSchema]) }),
    z.strictObject({ multiply: z.tuple([expressionSchema, expressionSchema]) }),
    z.strictObject({ divide: z.tuple([expressionSchema, expressionSchema]) }),
    z.strictObject({ squareRoot: z.tuple([expressionSchema]) }),
    z.strictObject({ within: z.tuple([expressionSchema, expressionSchema]) }),
  ]),
);

export const programSchema = z.strictObject({
  version: z.literal(PROGRAM_VERSION),
  name: identifier,
  description: visible.max(1_000),
  /** Columns that a dataset must have, with the ranges that the analysis relies on. */
  columns: z.array(columnSchema).min(1).max(MAX_COLUMNS),
  parameters: z.array(buyersNumber).max(64),
  /** Numbers of the buyer's that nobody else sees (`private-inputs.ts`). */
  privateInputs: z.array(buyersNumber).min(1).max(MAX_PRIVATE_INPUTS).optional(),
  /** Most rows that the program accepts; range analysis holds up to here. */
  maximumRows: z.int().min(1).max(MAX_ROWS),
  /** Tables beside this main one (`tables.ts`): a dataset is of the table whose columns it has. */
  tables: z
    .array(
      z.strictObject({
        name: identifier,
        columns: z.array(columnSchema).min(1).max(MAX_COLUMNS),
        maximumRows: z.int().min(1).max(MAX_ROWS),
      }),
    )
    .min(1)
    .max(MAX_FURTHER_TABLES)
    .optional(),
  instructions: z
    .array(z.discriminatedUnion("op", [instructionSchema, carriedSchema]))
    .min(1)
    .max(MAX_INSTRUCTIONS),
  /** Instructions `from` to before `to` are run `count` times (`loops.ts`); in order, and none within another. */
  loops: z
    .array(
      z.strictObject({
        from: ref,
        to: z.int().min(1).max(MAX_INSTRUCTIONS),
        count: z.int().min(1).max(MAX_ITERATIONS),
      }),
    )
    .min(1)
    .max(MAX_LOOPS)
    .optional(),
  /** Scalars that are opened, to the buyer alone or to all, in this order. */
  outputs: z
    .array(z.strictObject({ name: identifier, value: ref, group: identifier.optional() }))
    .min(1)
    .max(256),
  /**
   * Groups that are too small are not opened, nor what would give them away (`groups.ts`). A group is the rows in which `member`, a column
   * of bits or of a number that is 0 or 1, is 1. Then every output is a figure of one of the groups.
   */
  protection: z
    .strictObject({
      minimumRows: z.int().min(1).max(MAX_ROWS),
      minimumSellers: z.int().min(1).max(1_000),
      /** Most of a group's rows that may be of one seller, in percent. */
      maximumPercent: z.int().min(1).max(100),
      groups: z
        .array(z.strictObject({ name: identifier, member: ref }))
        .min(1)
        .max(256),
    })
    .optional(),
  /**
   * Whose data noise hides: pools that noise makes hard to tell apart have other values in one row, or in all rows of one seller, of whom the
   * program then takes no more than `maximumRows`. Declared by programs that add noise, and by no others.
   */
  privacy: z
    .discriminatedUnion("unit", [
      z.strictObject({ unit: z.literal("row") }),
      z.strictObject({ unit: z.literal("seller"), maximumRows: z.int().min(1).max(MAX_ROWS) }),
    ])
    .optional(),
  /** Figures that the reader computes from the outputs; one without a label is a step on the way to others, and not shown. */
  finish: z
    .array(z.strictObject({ name: identifier, label: visible.max(120).optional(), expression: expressionSchema }))
    .max(MAX_FIGURES),
});

/** Public parameter of a request; `minimum` and `maximum` are words (scaled by 2^fractionBits), inclusive. */
export type Parameter = Program["parameters"][number];
/** Private input of a request, likewise. */
export type PrivateInput = NonNullable<Program["privateInputs"]>[number];
export type Protection = NonNullable<Program["protection"]>;
export type PrivacyUnit = NonNullable<Program["privacy"]>;
/** What is run; `Carried` only says what a value of a loop's body stands for. */
export type Instruction = z.infer<typeof instructionSchema>;
export type Carried = z.infer<typeof carriedSchema>;
export type Program = z.infer<typeof programSchema>;
/** A program without loops: its own, or what `unrolled` makes of one with loops. */
export type FlatProgram = Omit<Program, "instructions" | "loops"> & { readonly instructions: Instruction[] };
