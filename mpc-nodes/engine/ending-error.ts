import type { PartyId } from "../math/party.ts";

/** `VoteMismatch`: a peer computed something else. `NoSignature`: what a peer sent is no signature over the digest. */
export type EndingErrorCode = "VoteMismatch" | "NoSignature";

export class EndingError extends Error {
  override readonly name = "EndingError";
  readonly code: EndingErrorCode;
  readonly peer: PartyId;

  constructor(code: EndingErrorCode, peer: PartyId) {
    super(code === "VoteMismatch" ? `party ${peer} computed something else` : `party ${peer} sent no valid signature`);
    this.code = code;
    this.peer = peer;
  }
}
