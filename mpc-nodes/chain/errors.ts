/** What a node can find wrong with the chain, or with what the chain shows. */
export type ChainErrorCode =
  /** The endpoint serves another chain than the settings name. Nothing is computed on its word. */
  | "WrongChain"
  /** The endpoint did not answer, or not with what was asked for. The same question may succeed later. */
  | "ChainUnreachable"
  /** There is no market factory at the configured address. */
  | "NoFactory"
  /** The configured committee does not exist. */
  | "UnknownCommittee"
  /** This node's signing key has no seat in the committee's current epoch. */
  | "NotSeated"
  /** The chain shows another sealing or TLS key for this node's seat than the node has. */
  | "SeatKeysDiffer"
  /** No market of the factory emitted a request with this id. */
  | "UnknownRequest"
  /** The request is on the chain, in a block that has too few confirmations. The same question may succeed later. */
  | "NotConfirmed"
  /** The market's join and leave events do not lead to the pool hash or row count that the request names. */
  | "PoolMismatch";

export class ChainError extends Error {
  readonly code: ChainErrorCode;

  constructor(code: ChainErrorCode, message: string) {
    super(message);
    this.name = "ChainError";
    this.code = code;
  }
}
