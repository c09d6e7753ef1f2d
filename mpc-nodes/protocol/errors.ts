import type { PartyId } from "../math/party.ts";
import type { Roles } from "./tags.ts";

export type ProtocolErrorCode =
  | "BadTag"
  | "CoinTossBadSignature"
  | "CoinTossOpeningMismatch"
  | "CoinTossEchoMismatch"
  | "CheckFailed"
  | "SessionAborted"
  | "ConcurrentRounds"
  | "InvalidBinding"
  | "InvalidOperand"
  | "InvalidShift"
  | "NoRequestKeys";

/** Where in a session a joint message stands. */
export interface MessagePlace {
  readonly roles: Roles;
  readonly round: number;
  readonly step: number;
}

/** Whose echo of which key's toss differed. */
export interface DifferentEcho {
  readonly peer: PartyId;
  readonly key: PartyId;
}

export interface ProtocolErrorOptions extends ErrorOptions {
  readonly place?: MessagePlace;
  readonly toss?: DifferentEcho;
}

/** Why a session ended or an operation was refused. The message never carries a share, a mask, a tag or a key. */
export class ProtocolError extends Error {
  readonly code: ProtocolErrorCode;
  /** Where the check names them: parties of which at least one deviated, unless this party itself did. Else empty. */
  readonly suspects: readonly PartyId[];
  /** The message that a bad tag was about. */
  readonly place: MessagePlace | null;
  /** What an echo mismatch was about. */
  readonly toss: DifferentEcho | null;
  constructor(
    code: ProtocolErrorCode,
    message: string,
    suspects: readonly PartyId[] = [],
    { place, toss, ...options }: ProtocolErrorOptions = {},
  ) {
    super(message, options);
    this.name = "ProtocolError";
    this.code = code;
    this.suspects = suspects;
    this.place = place ?? null;
    this.toss = toss ?? null;
  }
}
