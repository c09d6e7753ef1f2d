export type SharingErrorCode =
  | "UnequalColumns"
  | "WrongShape"
  | "MalformedPackage"
  | "CommitmentMismatch"
  | "NoMatchingOpening"
  | "IncompatibleVectors"
  | "InvalidKey"
  | "SealedBytesRejected";

/** What can go wrong with shares outside a computation. The message never carries a share, a salt or a key. */
export class SharingError extends Error {
  readonly code: SharingErrorCode;
  constructor(code: SharingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "SharingError";
    this.code = code;
  }
}
