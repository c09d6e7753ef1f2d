/** Observations as bytes, 12 each: kind, three parties, two numbers (u32, big-endian); what a kind does not use is zero. */
import { isPartyId } from "../../math/party.ts";
import type { Observation } from "./observation.ts";

export const OBSERVATION_BYTES = 12;

const KINDS = [
  "badTag",
  "waiting",
  "openingMismatch",
  "voteMismatch",
  "noSignature",
  "tossEcho",
  "failed",
  "completed",
] as const;

export function encodeObservation(observation: Observation): Uint8Array {
  const bytes = new Uint8Array(OBSERVATION_BYTES);
  const view = new DataView(bytes.buffer);
  bytes[0] = KINDS.indexOf(observation.kind);
  if (observation.kind === "badTag") {
    bytes.set([observation.sender, observation.checker, observation.receiver], 1);
    view.setUint32(4, observation.round);
    view.setUint32(8, observation.step);
  } else if (observation.kind !== "completed" && observation.kind !== "failed") {
    bytes[1] = observation.peer;
    if (observation.kind === "tossEcho") bytes[2] = observation.key;
    if (observation.kind === "waiting") view.setUint32(4, observation.round);
  }
  return bytes;
}

/** Null for anything that `encodeObservation` does not write: one encoding each, so that two that differ are two statements. */
export function decodeObservation(bytes: Uint8Array): Observation | null {
  if (bytes.length !== OBSERVATION_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const kind = KINDS[bytes[0]!];
  const [peer, checker, receiver] = [bytes[1], bytes[2], bytes[3]];
  if (kind === undefined || !isPartyId(peer) || !isPartyId(checker) || !isPartyId(receiver)) return null;
  const [first, second] = [view.getUint32(4), view.getUint32(8)];
  let observation: Observation;
  if (kind === "badTag") observation = { kind, sender: peer, checker, receiver, round: first, step: second };
  else if (kind === "waiting") observation = { kind, peer, round: first };
  else if (kind === "tossEcho") observation = { kind, peer, key: checker };
  else if (kind === "completed" || kind === "failed") observation = { kind };
  else observation = { kind, peer };
  return encodeObservation(observation).every((byte, i) => byte === bytes[i]) ? observation : null;
}
