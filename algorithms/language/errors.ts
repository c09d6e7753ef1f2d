/**
 * What can be wrong with a program, a value or a parameter: closed unions of codes, a sentence each. No error carries
 * a value of a table: those are the seller's secret.
 */

import type { CallSite } from "./call-site.ts";

export type ProgramErrorCode =
  // Reading an encoding (encode.ts)
  | "TooLarge"
  | "NotUtf8"
  | "TooDeep"
  | "NotJson"
  | "UnsupportedVersion"
  | "InvalidShape"
  | "NonCanonical"
  // Typing (check.ts)
  | "DuplicateName"
  | "InvalidColumnRange"
  | "InvalidDerivation"
  | "InvalidParameterRange"
  | "InvalidPrivateInputRange"
  | "UndeclaredColumn"
  | "OptionalColumn"
  | "RequiredColumn"
  | "UndeclaredParameter"
  | "UndeclaredPrivateInput"
  | "UndeclaredOutput"
  | "UndeclaredFigure"
  | "ForwardReference"
  | "ConstantOutOfRange"
  | "MixedScales"
  | "FractionBitsOutOfRange"
  | "WrongShape"
  | "WrongKind"
  | "PublicOperands"
  | "OutputNotSecretScalar"
  | "InvalidSystem"
  | "InvalidMatch"
  | "UncertifiedSolve"
  // Several tables (tables.ts, check.ts)
  | "IndistinctTables"
  | "UndeclaredTable"
  | "MixedTables"
  // Protected groups (groups.ts)
  | "NotAGroup"
  | "UndeclaredGroup"
  | "GroupsOverlap"
  | "OutputWithoutGroup"
  | "OutputOutsideGroup"
  | "PresenceNotImplied"
  | "UnprotectedMatch"
  // Loops (loops.ts)
  | "InvalidLoop"
  | "LoopTooLong"
  | "LoopNotInvariant"
  | "NestedLoop"
  | "OutputInLoop"
  // Noise (noise/)
  | "NoSuchValue"
  | "MissingPrivacyUnit"
  | "UnusedPrivacyUnit"
  | "TooMuchNoise"
  | "NoiseInGroups"
  | "NoiseInLoop"
  | "NoisedOperand"
  | "RoundedBeforeNoise"
  | "UnprovenSensitivity"
  | "NoiseOutOfRange"
  | "TooManyRowsOfSeller"
  // Tracing (builder.ts)
  | "InexactConstant"
  | "ForeignValue"
  // Range and error analysis (analysis.ts)
  | "Overflow"
  | "TruncateOutOfRange"
  | "CompareOutOfRange"
  | "InexactDecision"
  | "FunctionOutOfDomain"
  | "SolveOutOfRange"
  | "ErrorOutOfRange"
  | "TooManyRows"
  | "WrongTableCount"
  // Counting the cost (mpc-nodes/vm/cost-limit.ts)
  | "TooCostly"
  // Running and reading results (parameters.ts, private-inputs.ts, reference.ts, finish.ts)
  | "WrongParameterCount"
  | "ParameterOutOfRange"
  | "MissingPrivateInput"
  | "PrivateInputOutOfRange"
  | "MissingInput"
  | "WrongInputLength"
  | "WrongContributions"
  | "WrongOutputCount"
  | "OutputOutOfRange";

/** A program, or what was given to it, is refused. */
export class ProgramError extends Error {
  override readonly name = "ProgramError";
  readonly code: ProgramErrorCode;
  /** Index of the instruction that is at fault, where one is. */
  readonly instruction: number | undefined;
  /** The author's call that caused it, when it was found while tracing (`trace`). */
  site: CallSite | undefined;

  constructor(code: ProgramErrorCode, message: string, instruction?: number) {
    super(message);
    this.code = code;
    this.instruction = instruction;
    this.site = undefined;
  }
}

export type ValueErrorCode = "NotANumber" | "OutOfRange" | "UnknownCategory" | "NotPositive" | "NotAWord";

/** A value of a table cannot be encoded in its column, or a word cannot be decoded. Never quotes the value. */
export class ValueError extends Error {
  override readonly name = "ValueError";
  readonly code: ValueErrorCode;
  /** Row of the column, counted from 0, where it is known. */
  readonly row: number | undefined;
  /** As of a `ProgramError`. */
  site: CallSite | undefined;

  constructor(code: ValueErrorCode, message: string, row?: number) {
    super(message);
    this.code = code;
    this.row = row;
    this.site = undefined;
  }
}
