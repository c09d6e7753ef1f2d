export type ApprovalRulesErrorCode =
  /** Not JSON, or not of the shape that the documentation gives. */
  | "RulesInvalid"
  /** A condition on something that programs of this version do not state: nothing could be held to it. */
  | "RuleNotCheckable"
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
