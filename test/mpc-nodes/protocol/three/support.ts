/** Three parties of which one misbehaves: in what it sends, or in what it computes. */
import { type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import type { Randomness, StreamPurpose } from "@sharebridge/mpc-nodes/protocol/randomness.ts";
import { ReplicatedMpc } from "@sharebridge/mpc-nodes/protocol/replicated/door.ts";
import type { Tasks } from "@sharebridge/mpc-nodes/protocol/replicated/tasks.ts";
import { type Circle, circleOf } from "@sharebridge/mpc-nodes/protocol/three/circle.ts";
import type { ThreeContext } from "@sharebridge/mpc-nodes/protocol/three/context.ts";
import { THREE } from "@sharebridge/mpc-nodes/protocol/three/operations.ts";
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

export const noTasks: Tasks<ThreeContext> = {
  inScope() {
    throw new Error("no scope is opened here");
  },
  parallel() {
    throw new Error("no task is started here");
  },
};

/** The same session with another context for what a party computes in its first task. */
export function altered(session: ThreeSession, change: (context: ThreeContext) => ThreeContext): ThreeSession {
  const { network, mpc } = session;
  return { ...session, network, mpc: new ReplicatedMpc(change(mpc.context), noTasks, THREE) };
}

/** Hears all that a party draws from one stream. */
export function listening(
  session: ThreeSession,
  key: PartyId,
  purpose: StreamPurpose,
  hear: (bytes: Uint8Array) => void,
): ThreeSession {
  return altered(session, (context) => {
    const { randomness } = context;
    const heard: Randomness = {
      ...randomness,
      fill(j, of, heap, pointer, length) {
        randomness.fill(j, of, heap, pointer, length);
        if (j === key && of === purpose) hear(heap.view(pointer, length).slice());
      },
    };
    return { ...context, randomness: heard };
  });
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
