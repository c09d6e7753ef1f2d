/** Everything that can go wrong in the SDK, by name. */
export type SdkErrorCode =
  // table/
  | "EmptyFile"
  | "MalformedCsv"
  | "TooManyRows"
  | "TooManyRowsOfSeller"
  | "TooManyColumns"
  | "MissingColumn"
  | "AmbiguousColumn"
  | "AmbiguousTable"
  | "MissingValue"
  | "NotANumber"
  | "OutOfRange"
  | "UnknownCategory"
  | "LogarithmUndefined"
  | "InvalidSchema"
  | "NoUsableColumn"
  // network/
  | "InvalidNetworkFile"
  | "UnknownAccount"
  | "NoSigner"
  | "ChainUnreachable"
  | "WrongChain"
  | "NoContract"
  | "UnknownMarket"
  | "UnknownProgram"
  | "ProgramMismatch"
  | "NodeUnreachable"
  | "NodeRefused"
  | "NodeAnswerInvalid"
  // seller/
  | "InvalidPolicy"
  | "PolicyForbidsMarket"
  | "WrongTerms"
  | "SchemaDoesNotFit"
  | "PublicationChanged"
  | "InvalidPublication"
  | "TooLarge"
  | "PoolFull"
  | "TooFewUploads"
  | "TooFewReceipts"
  | "NoValidRows"
  | "NothingEarned"
  | "TooFewConfirmations"
  // author/
  | "AlreadyRegistered"
  | "UriTooLong"
  // owner/
  | "InvalidTerms"
  // buyer/
  | "InvalidParameters"
  | "InvalidPrivateInputs"
  | "InsufficientBalance"
  | "PriceAboveMaximum"
  | "UnknownGateway"
  | "OracleFeeAboveMaximum"
  | "AlgorithmNotRunnable"
  | "TooFewRows"
  | "TooFewDatasets"
  | "PolicyNotSatisfied"
  | "UsesExhausted"
  | "BudgetExhausted"
  | "UnknownRequest"
  | "AnswerOverdue"
  | "RequestCancelled"
  | "NotAnswered"
  | "AnswerKeyMissing"
  | "InvalidAnswerKey"
  | "AnswerUnavailable"
  | "ProofNotFound"
  // chain
  | "Reverted"
  | "Aborted"
  // cli/
  | "ModuleFailed"
  | "ModuleTimedOut"
  | "NotAProgram"
  | "ProgramRefused"
  | "Usage"
  | "FileUnreadable"
  | "FileExists";

export interface SdkErrorOptions {
  /** What caused it, for `--debug`. */
  cause?: unknown;
  /** Row (1 = the first row under the header) and column of a table's error. */
  row?: number;
  column?: string;
  /**
   * The offending text of a private table. It never enters the message, nor JSON (the property is not enumerable): the
   * CLI shows it on the seller's own terminal, nobody else sees it.
   */
  privateText?: string;
  /** Of `ProgramRefused`: the language's own code, and the line of the author's source that is at fault. */
  programCode?: string;
  site?: { readonly file: string; readonly line: number; readonly column: number };
}

/**
 * An error of the SDK: the code says which, the message is a sentence that says what was wrong and what to do.
 * A message holds no key, no share and no value of a table, so that it may be logged or sent.
 */
export class SdkError extends Error {
  readonly code: SdkErrorCode;
  readonly row?: number;
  readonly column?: string;
  declare readonly privateText?: string;
  readonly programCode?: string;
  readonly site?: SdkErrorOptions["site"];

  constructor(code: SdkErrorCode, message: string, options: SdkErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "SdkError";
    this.code = code;
    if (options.row !== undefined) this.row = options.row;
    if (options.column !== undefined) this.column = options.column;
    if (options.programCode !== undefined) this.programCode = options.programCode;
    if (options.site !== undefined) this.site = options.site;
    if (options.privateText !== undefined) {
      Object.defineProperty(this, "privateText", { value: options.privateText, enumerable: false });
    }
  }
}
