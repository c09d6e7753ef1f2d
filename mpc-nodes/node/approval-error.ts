export type ApprovalErrorCode =
  /** The signing address has no coins for gas. */
  | "NoFunds"
  /** The registry reverted. */
  | "Refused"
  | "NotRegistered"
  /** The operator was asked, and did not say yes. */
  | "Declined"
  /** Sellers were shown another disclosure statement than the program's. */
  | "DisclosureDiffers"
  | "NotSent";

/** Why an approval or its revocation did not reach the chain. */
export class ApprovalError extends Error {
  readonly code: ApprovalErrorCode;

  constructor(code: ApprovalErrorCode, message: string) {
    super(message);
    this.name = "ApprovalError";
    this.code = code;
  }
}
