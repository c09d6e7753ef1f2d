import type { PartyId } from "../math/party.ts";

export type ProtocolErrorCode =
  | "BadTag"
  | "CoinTossOpeningMismatch"
  | "CoinTossEchoMismatch"
  | "SessionAborted"
  | "ConcurrentRounds"
  | "InvalidBinding"
  | "InvalidOperand"
  | "InvalidShift";

/** Why a session ended or an operation was refused. The message never carries a share, a mask, a tag or a key. */
export class ProtocolError extends Error {
  readonly code: ProtocolErrorCode;
  /** Where the check names them: parties of which at least one deviated, unless this party itself did. Else empty. */
  readonly suspects: readonly PartyId[];
  constructor(code: ProtocolErrorCode, message: string, suspects: readonly PartyId[] = [], options?: ErrorOptions) {
    super(message, options);
    this.name = "ProtocolError";
    this.code = code;
    this.suspects = suspects;
  }
}
