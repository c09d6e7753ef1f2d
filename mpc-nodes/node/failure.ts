/** What a failed request says about itself to whoever asks: a code and a sentence, nothing from inside. */
import { ChainError } from "../chain/errors.ts";
import { EngineError } from "../engine/errors.ts";
import { ProtocolError } from "../protocol/errors.ts";
import { StoreError } from "../store/errors.ts";
import type { RequestFailure } from "../store/store.ts";
import { TransportError } from "../transport/errors.ts";
import { httpStatuses, NodeError } from "./errors.ts";

export const interrupted: RequestFailure = {
  code: "Interrupted",
  message: "the node was stopped while it worked on the request",
};

const answeredByPeers: RequestFailure = {
  code: "AnsweredByPeers",
  message: "this node's part of the computation failed, but the request is answered: ask the other seats",
};

/** Errors of these classes are sentences made for readers, without secrets. */
const named = [NodeError, ChainError, StoreError, TransportError, ProtocolError, EngineError] as const;

export function failureOf(error: unknown): RequestFailure {
  if (error instanceof TransportError && error.code === "TransportClosed") return interrupted;
  // The node ends with its engine, and starts again.
  if (error instanceof EngineError && error.code === "EngineCrashed") return interrupted;
  if (error instanceof EngineError && error.code === "AnsweredByPeers") return answeredByPeers;
  const known = named.find((kind) => error instanceof kind);
  if (known !== undefined) return { code: (error as { code: string }).code, message: (error as Error).message };
  return {
    code: "ComputationFailed",
    message: "the computation failed; this node's operator finds the reason in its log",
  };
}

/** True for what says nothing about the request: the same one may be taken later. */
export function mayPass(code: string): boolean {
  return httpStatuses[code] === 429 || httpStatuses[code] === 503;
}

/** The same for a request that a peer has seen on chain: this node's endpoint may only be behind. */
export function isWorthRetrying(code: string): boolean {
  return mayPass(code) || code === "UnknownRequest";
}
