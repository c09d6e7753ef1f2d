/**
 * What a party says of a run that failed. "Waiting" suffices for everything that a network reports of a peer, a closed session
 * included, as long as a party whose run failed still lets leave what it had sent (`Transport.closeSession` without a reason): what
 * is missing was then never sent, and an honest peer that did not send it stopped at an earlier place (`Progress`).
 */
import { isPartyId } from "../../math/party.ts";
import { ProtocolError } from "../errors.ts";
import type { Observation } from "./observation.ts";

const MAX_PLACE = 0xffff_ffff;

/**
 * @param error what ended the run first
 * @param place where the run stood (`Progress.place`)
 */
export function observationOf(error: unknown, place: number): Observation {
  if (error instanceof ProtocolError) return ofProtocol(error, place);
  // A network's errors name the peer that they are about, where there is one.
  const { peer } = (error ?? {}) as { readonly peer?: unknown };
  if (isPartyId(peer)) return { kind: "waiting", peer, round: Math.min(place, MAX_PLACE) };
  // No peer did it: this party alone is left out.
  return { kind: "failed" };
}

function ofProtocol(error: ProtocolError, place: number): Observation {
  const [suspect] = error.suspects;
  switch (error.code) {
    case "BadTag":
      if (!error.place) break;
      return { kind: "badTag", ...error.place.roles, round: error.place.round, step: error.place.step };
    case "CoinTossEchoMismatch":
      if (!error.toss) break;
      return { kind: "tossEcho", ...error.toss };
    case "CoinTossBadSignature":
    case "CoinTossOpeningMismatch":
      if (suspect === undefined) break;
      return { kind: "openingMismatch", peer: suspect };
    case "SessionAborted":
      if (error.cause === undefined) break;
      return observationOf(error.cause, place);
  }
  return { kind: "failed" };
}
