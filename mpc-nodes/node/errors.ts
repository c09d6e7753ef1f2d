/**
 * What a node refuses, and with which HTTP status: one table, so that no code is forgotten. The errors of `chain/` and
 * `store/` that reach the HTTP side stand here too.
 */
import type { ChainErrorCode } from "../chain/errors.ts";
import type { StoreErrorCode } from "../store/errors.ts";

const statuses = {
  // Any call
  NotFound: 404,
  Malformed: 400,
  TooLarge: 413,
  TooSlow: 408,
  ShuttingDown: 503,
  Internal: 500,
  // Uploads
  UploadsBusy: 429,
  UnknownDataset: 404,
  WrongSeat: 400,
  WrongEpoch: 409,
  NotOwner: 403,
  SchemaHashMismatch: 400,
  RowsMismatch: 400,
  CommitmentMismatch: 400,
  SealedBytesRejected: 400,
  WrongShape: 400,
  SealedHashMismatch: 400,
  StorageFull: 507,
  OwnerQuotaExceeded: 507,
  // Receipts
  DatasetNotStored: 404,
  UnknownMarket: 403,
  SchemaMismatch: 409,
  AmbiguousTable: 409,
  DatasetTooLong: 409,
  NoValidRows: 409,
  RowsBeingChecked: 503,
  RowsNotChecked: 503,
  // Datasets that are used up
  NotExhausted: 409,
  // Receipts and requests
  WrongCommittee: 409,
  AlgorithmNotApproved: 409,
  WrongTerms: 409,
  // Requests
  QueueFull: 429,
  BuyerQuotaExceeded: 429,
  Cancelled: 409,
  AlreadyAnswered: 409,
  DeadlinePassed: 409,
  WrongAlgorithm: 409,
  FeeTooLow: 409,
  AlgorithmNotRunnable: 409,
  ParametersInvalid: 409,
  TooManyRows: 409,
  TooManyRowsOfSeller: 409,
  DatasetMissing: 409,
  DatasetUnusable: 409,
  DatasetFetching: 503,
  SharesUnavailable: 503,
  PolicyNotSatisfied: 409,
  UsesExhausted: 409,
  BudgetExhausted: 409,
  // Private inputs: of uploads, and of requests that name them
  NotUploader: 403,
  PrivateInputsInvalid: 409,
  PrivateInputsMismatch: 409,
  PrivateInputsMissing: 503,
  // Failures of an accepted request that may pass: POST it again
  PeerUnreachable: 503,
  Interrupted: 503,
  // Openings
  NotDelivered: 409,
  NotSealed: 409,
  InvalidAnswerKey: 409,
  NoOpening: 404,
} as const;

/** Refusals of peers' questions: they stay in the log, no HTTP client meets them. */
type PeerRefusalCode = "NotEntitled" | "PeerQuotaExceeded";

export type NodeErrorCode = keyof typeof statuses | PeerRefusalCode;

export class NodeError extends Error {
  readonly code: NodeErrorCode;

  constructor(code: NodeErrorCode, message: string) {
    super(message);
    this.name = "NodeError";
    this.code = code;
  }
}

const chainStatuses: Record<ChainErrorCode, number> = {
  WrongChain: 503,
  ChainUnreachable: 503,
  NoFactory: 503,
  UnknownCommittee: 503,
  NotSeated: 503,
  SeatKeysDiffer: 503,
  UnknownRequest: 404,
  NotConfirmed: 503,
  PoolMismatch: 409,
};

const storeStatuses: Record<StoreErrorCode, number> = {
  AlreadyStored: 409,
  DigestConflict: 409,
  SealBroken: 500,
  StoreTooNew: 500,
  RequestNotStored: 404,
};

/** HTTP status by code. 429 and 503 mean: ask again later. */
export const httpStatuses: Readonly<Record<string, number>> = { ...statuses, ...chainStatuses, ...storeStatuses };
