/** What can go wrong in a node's store. */
export type StoreErrorCode =
  /** The same dataset was uploaded before: shares are written once. */
  | "AlreadyStored"
  /** Another digest was already persisted for the attempt, or one of a later attempt: a node signs one in an attempt. */
  | "DigestConflict"
  /** A row does not open under the storage key: the file was changed, or belongs to other keys. */
  | "SealBroken"
  /** The file was written by a newer version of this program. */
  | "StoreTooNew"
  /** A change names a request that the store does not hold. */
  | "RequestNotStored";

export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string) {
    super(message);
    this.name = "StoreError";
    this.code = code;
  }
}

export const alreadyStored = (datasetId: string): StoreError =>
  new StoreError("AlreadyStored", `dataset ${datasetId} is stored already; shares are written once`);

export const requestNotStored = (requestId: string): StoreError =>
  new StoreError("RequestNotStored", `the store holds no request ${requestId}; add it first`);
