export type ApprovalRulesErrorCode =
  /** Not JSON, or not of the shape that the documentation gives. */
  | "RulesInvalid"
  /** The rule is about the library of another release. */
  | "OtherLibraryVersion";

/** Why the operator's rules are refused; none is half applied. */
export class ApprovalRulesError extends Error {
  readonly code: ApprovalRulesErrorCode;

  constructor(code: ApprovalRulesErrorCode, message: string) {
    super(message);
    this.name = "ApprovalRulesError";
    this.code = code;
  }
}
