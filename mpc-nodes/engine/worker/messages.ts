/**
 * What the node's main thread and its engine's thread say to each other: calls, which are answered, and notices, which are
 * not; both ways, as one table each. Everything here survives the structured clone; errors cross as in `errors.ts`.
 */
import type { PartyId } from "../../math/party.ts";
import type { TlsTransportOptions } from "../../transport/tls-settings.ts";
import type { EngineNote, Evidence, Job, Outcome, SeatSignature, Settlement } from "../engine.ts";
import type { EncodedError } from "./errors.ts";

/** Calls and notices that one side takes: what each carries, and what a call gives back. */
export interface Interface {
  readonly calls: Record<string, { readonly given: unknown; readonly back: unknown }>;
  readonly notices: Record<string, unknown>;
}

/** What the engine's thread takes. */
export interface EngineSide extends Interface {
  readonly calls: {
    /** First of all, once. Gives the port on which peers find this party. The key stays in the thread. */
    start: { given: TlsTransportOptions; back: { readonly party: PartyId; readonly port: number } };
    /** `job` is the caller's number for it. The shares are transferred. */
    compute: { given: { readonly id: number; readonly job: Job }; back: Outcome };
    ask: {
      given: { readonly peer: PartyId; readonly question: Uint8Array; readonly maximumBytes: number };
      back: Uint8Array;
    };
    /** Answered when no computation, socket or timer is left; the thread ends by itself then. */
    stop: { given: null; back: null };
  };
  readonly notices: {
    cancel: { readonly id: number };
    refuse: { readonly requestId: string; readonly reason: EncodedError };
  };
}

/** What the main thread takes. Calls are the things that only the node can do: with its store, its signing key, the chain. */
export interface NodeSide extends Interface {
  readonly calls: {
    begin: { given: { readonly id: number }; back: null };
    /** Persist this, then give me the signature. */
    persistAndSign: { given: { readonly id: number; readonly settlement: Settlement }; back: string };
    isSignature: {
      given: { readonly id: number; readonly claim: Omit<Settlement, "opening">; readonly signed: SeatSignature };
      back: boolean;
    };
    answer: { given: { readonly question: Uint8Array; readonly from: PartyId }; back: Uint8Array };
  };
  readonly notices: {
    announced: { readonly requestId: string; readonly from: PartyId };
    evidence: { readonly id: number; readonly evidence: Evidence };
    note: EngineNote;
    peer: PeerNotice;
  };
}

/** A connection made, lost or refused. */
export interface PeerNotice {
  readonly kind: "connected" | "disconnected" | "refused";
  /** Null for a stranger who called. */
  readonly peer: PartyId | null;
  readonly error: EncodedError | null;
  /** Peers that are connected now. */
  readonly connected: number;
}

/** What stands on the wire between the threads. */
export type Message =
  | { readonly type: "call"; readonly call: number; readonly name: string; readonly given: unknown }
  | { readonly type: "back"; readonly call: number; readonly back: unknown }
  | { readonly type: "failed"; readonly call: number; readonly error: EncodedError }
  | { readonly type: "notice"; readonly name: string; readonly given: unknown };
