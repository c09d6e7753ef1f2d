/** Three parties of which one misbehaves: in what it sends, or in what it computes. */
import { type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import type { Randomness, StreamPurpose } from "@sharebridge/mpc-nodes/protocol/randomness.ts";
import { type Circle, circleOf } from "@sharebridge/mpc-nodes/protocol/three/circle.ts";
import type { ThreeContext } from "@sharebridge/mpc-nodes/protocol/three/context.ts";
import type { ThreeSession } from "@sharebridge/mpc-nodes/protocol/three/session.ts";
import type { Frame } from "../../support/memory-network.ts";
import { failureCode } from "../../support/parties.ts";

/** How an honest party may end when another deviates; the last two because another ended first. */
export const ABORTS = ["CheckFailed", "BadTag", "SessionAborted", "closed"] as const;

/** The code of a failure, "closed" when another party closed first; null for success. */
export function ending(outcome: PromiseSettledResult<unknown>): string | null {
  const code = failureCode(outcome);
  return code?.startsWith("Error: closed by party") ? "closed" : code;
}

export type Outcomes<T> = readonly PromiseSettledResult<T>[];

/** The outcomes of the two honest parties. */
export function honestOf<T>(outcomes: Outcomes<T>, excluded: PartyId, corrupt: PartyId): PromiseSettledResult<T>[] {
  return partiesExcept(excluded).flatMap((party, index) => (party === corrupt ? [] : [outcomes[index]!]));
}

export const circleFrom: (own: PartyId, excluded: PartyId) => Circle = circleOf;

/** Changes what a party computes with, in the tasks that it begins later too. */
export function alter(session: ThreeSession, change: Partial<ThreeContext>): void {
  Object.assign(session.mpc.context, change);
}

/** Hears all that a party draws from one stream in its first task. */
export function listen(
  session: ThreeSession,
  key: PartyId,
  purpose: StreamPurpose,
  hear: (bytes: Uint8Array) => void,
): void {
  const { randomness } = session.mpc.context;
  const heard: Randomness = {
    ...randomness,
    fill(j, of, heap, pointer, length) {
      randomness.fill(j, of, heap, pointer, length);
      if (j === key && of === purpose) hear(heap.view(pointer, length).slice());
    },
  };
  alter(session, { randomness: heard });
}

/**
 * Has a party compute a wrong part of a product, as a cheat does who goes on as if it were right: `wrong` changes what it computed in
 * call number `call` in a ring, counted from 0.
 */
export function miscompute(
  session: ThreeSession,
  ring: 128 | 192 | "bits" | "field",
  wrong: (call: number, bytes: Uint8Array) => void,
): void {
  const { rings, heap } = session.mpc.context;
  const honest = rings[ring];
  let calls = 0;
  const cross = (...parameters: number[]): void => {
    honest.cross(...parameters);
    wrong(calls++, heap.view(parameters[0]!, parameters.at(-1)! * honest.elementBytes));
  };
  alter(session, { rings: { ...rings, [ring]: { ...honest, cross } } });
}

/** Adds `error` to the number of so many bytes at `at`. */
export function increase(bytes: Uint8Array, at: number, length: number, error: bigint): void {
  bytes.set(plus(bytes, at, length, error));
}

/** Little-endian, any length. */
export function numberAt(bytes: Uint8Array, at: number, length: number): bigint {
  let value = 0n;
  for (let k = length - 1; k >= 0; k--) value = (value << 8n) | BigInt(bytes[at + k]!);
  return value;
}

/** The payload with `error` added, modulo 2^(8·length), to the number at `at`. */
export function plus(payload: Uint8Array, at: number, length: number, error: bigint): Uint8Array {
  const altered = payload.slice();
  let value = BigInt.asUintN(8 * length, numberAt(payload, at, length) + error);
  for (let k = 0; k < length; k++, value >>= 8n) altered[at + k] = Number(value & 255n);
  return altered;
}

/** Adds `error` to a number of one frame. */
export function adding(
  from: PartyId,
  to: PartyId,
  index: number,
  at: number,
  length: number,
  error: bigint,
): (frame: Frame) => Uint8Array {
  return (frame) =>
    frame.from === from && frame.to === to && frame.index === index
      ? plus(frame.payload, at, length, error)
      : frame.payload;
}
