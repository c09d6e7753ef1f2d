/** What an author says of a program, and of its parts, in real units: numbers as decimal text. */
import type { PrivacyUnit } from "./program.ts";
import type { Column } from "./schema.ts";
import type { Public, Secret, SecretBit, Value } from "./values.ts";

/** A number that the buyer sets in a request, with its range in real units as decimal text, e.g. "-0.5". */
export interface ParameterDefinition {
  readonly name: string;
  readonly fractionBits: number;
  readonly minimum: string;
  readonly maximum: string;
}

/** A linear system and the accuracy to which it must be solved. */
export interface System {
  /** The lower triangle by rows: a_00, a_10, a_11, a_20, ... Scalars of one scale. */
  readonly matrix: readonly Value[];
  /** Scalars of one scale. */
  readonly right: readonly Value[];
  /** Of the unknowns. */
  readonly fractionBits: number;
  /** Unknowns are below 2^solutionBits in magnitude. */
  readonly solutionBits: number;
  /** Most that A x - b may be off, as decimal text, in the scale of the right-hand side. */
  readonly tolerance: string;
  /** No eigenvalue of A may be below this, decimal text in the scale of the matrix. The larger, the better the bound on the error. */
  readonly smallestEigenvalue: string;
}

/** How private the answers are that noise is added to. */
export interface LaplaceNoise {
  /** ε as decimal text, e.g. "0.5": a multiple of 0.000001, at most 20. */
  readonly epsilon: string;
}

export interface GaussianNoise extends LaplaceNoise {
  /** δ as decimal text, e.g. "0.000001": a multiple of 10^-18, at most 0.001. */
  readonly delta: string;
}

export interface Definition {
  readonly name: string;
  readonly description: string;
  readonly columns: readonly Column[];
  readonly parameters?: readonly ParameterDefinition[];
  /** Numbers of the buyer's that nobody else sees; words outside their ranges are put to the nearest end by the nodes. */
  readonly privateInputs?: readonly ParameterDefinition[];
  readonly maximumRows: number;
  /** Tables beside this main one, of other sellers or of the same: a dataset is of the table whose columns it has. */
  readonly tables?: readonly TableDefinition[];
  /** Whose data noise hides: whether neighbouring pools differ in the values of one row, or of all rows of one seller. */
  readonly privacy?: PrivacyUnit;
  /** What each group (`Tracer.group`) must have to be opened; with it every output is a figure of a group. */
  readonly protection?: GroupMinimum;
}

export interface TableDefinition {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly maximumRows: number;
}

/** A further table of the program, to read columns of. */
export interface Table<Name extends string> {
  /** As `Tracer.input`. */
  input(column: string): Secret<`column of ${Name}`>;
  /** As `Tracer.encoded`. */
  encoded(column: string): Secret<`column of ${Name}`>;
  /** As `Tracer.present`. */
  present(column: string): SecretBit<`column of ${Name}`>;
  /** As `Tracer.presence`. */
  presence(column: string): Secret<`column of ${Name}`>;
  /** As `Tracer.inputOr`. */
  inputOr(column: string, substitute: string): Secret<`column of ${Name}`>;
  /** As `Tracer.encodedOr`. */
  encodedOr(column: string, substitute: string): Secret<`column of ${Name}`>;
  /** As `Tracer.indicator`. */
  indicator(column: string, category: string): Secret<`column of ${Name}`>;
  /** As `Tracer.isCategory`. */
  isCategory(column: string, category: string): SecretBit<`column of ${Name}`>;
  /** The public number of its rows. */
  rows(): Public;
}

export interface GroupMinimum {
  readonly minimumRows: number;
  /** Rows of so many distinct sellers, the buyer not counted. */
  readonly minimumSellers: number;
  /** Most of a group's rows that may be one seller's, in percent; 100 (the default) says nothing. */
  readonly maximumPercent?: number;
}

/** A group of rows that is opened only if it is large enough. */
export interface Group {
  readonly group: string;
}
