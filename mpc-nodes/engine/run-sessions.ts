/** The sessions of one request at this party: one for each attempt, one for the settlement of the first. */
import type { PartyId } from "../math/party.ts";
import type { Network } from "../protocol/network.ts";
import type { Transport } from "../transport/transport.ts";
import type { EngineNote } from "./engine.ts";
import { type SessionKind, sessionIdOf } from "./session-id.ts";

/** All that a request can have (`attempt-plan.ts`). */
const SESSIONS: readonly { readonly attempt: number; readonly kind: SessionKind }[] = [
  { attempt: 0, kind: "compute" },
  { attempt: 0, kind: "settle" },
  { attempt: 1, kind: "compute" },
  { attempt: 2, kind: "compute" },
];

export class RequestSessions {
  readonly #transport: Transport;
  readonly #requestId: string;
  readonly #onNote: (note: EngineNote) => void;

  constructor(transport: Transport, requestId: string, onNote: (note: EngineNote) => void) {
    this.#transport = transport;
    this.#requestId = requestId;
    this.#onNote = onNote;
  }

  /** Waiting for peers holds nothing: aborted, it is left behind, and a session that still comes about is closed. */
  open(
    attempt: number,
    kind: SessionKind,
    peers: readonly PartyId[],
    signal: AbortSignal,
    receiveMs?: number,
  ): Promise<Network> {
    if (signal.aborted) return Promise.reject(signal.reason);
    const opening = this.#transport.openSession(
      sessionIdOf(this.#requestId, attempt, kind),
      this.#requestId,
      peers,
      receiveMs,
    );
    return new Promise((resolve, reject) => {
      const stop = () => {
        reject(signal.reason);
        opening.then(
          () => this.close(attempt, kind, signal.reason),
          () => {},
        );
      };
      signal.addEventListener("abort", stop, { once: true });
      opening.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
    });
  }

  /** Whatever goes wrong with it changes nothing about what was or was not computed. */
  close(attempt: number, kind: SessionKind, reason?: unknown): void {
    const sessionId = sessionIdOf(this.#requestId, attempt, kind);
    try {
      if (reason === undefined || reason instanceof Error) this.#transport.closeSession(sessionId, reason);
      else this.#transport.closeSession(sessionId, new Error("the computation failed"));
    } catch {
      this.#onNote({ level: "warn", message: "session could not be closed", fields: { sessionId } });
    }
  }

  closeAll(reason: Error): void {
    for (const { attempt, kind } of SESSIONS) this.close(attempt, kind, reason);
  }

  /** Those which only a later attempt than the first, or its settlement, opens. */
  closeLater(reason: Error): void {
    for (const { attempt, kind } of SESSIONS) if (attempt > 0 || kind === "settle") this.close(attempt, kind, reason);
  }

  /** Ends what was before an attempt that has been entered, also what only peers have opened. */
  closeBefore(entered: number): void {
    for (const { attempt, kind } of SESSIONS) if (attempt < entered) this.close(attempt, kind);
  }
}
