import type { PartyId } from "../math/party.ts";
import {
  BUFFERED_FRAME_OVERHEAD_BYTES,
  MAX_PENDING_BYTES_PER_SESSION,
  MAX_PENDING_SESSIONS_PER_PEER,
} from "../wire/limits.ts";
import { keepable } from "./keepable.ts";

/** A session that a peer has announced and that is not open here. */
export interface PendingSession {
  readonly requestId: string;
  readonly bodies: Uint8Array[];
  bufferedBytes: number;
  /** True when more came than is kept: the session cannot be run with this peer. */
  overflowed: boolean;
}

/** What peers have opened and this party has not yet: bounded per peer, so that each can only use up its own share. */
export class PendingSessions {
  readonly #byPeer = new Map<PartyId, Map<string, PendingSession>>();

  get(peer: PartyId, sessionId: string): PendingSession | undefined {
    return this.#byPeer.get(peer)?.get(sessionId);
  }

  /** False when the peer has too many already. */
  add(peer: PartyId, sessionId: string, requestId: string): boolean {
    const sessions = this.#byPeer.get(peer) ?? new Map<string, PendingSession>();
    if (sessions.size >= MAX_PENDING_SESSIONS_PER_PEER) return false;
    sessions.set(sessionId, { requestId, bodies: [], bufferedBytes: 0, overflowed: false });
    this.#byPeer.set(peer, sessions);
    return true;
  }

  /** Keeps bytes of a data frame; on the first too many frees what was kept and returns false. */
  keep(pending: PendingSession, body: Uint8Array): boolean {
    const cost = body.length + BUFFERED_FRAME_OVERHEAD_BYTES;
    if (pending.bufferedBytes + cost > MAX_PENDING_BYTES_PER_SESSION) {
      pending.overflowed = true;
      pending.bodies.length = 0;
      return false;
    }
    pending.bufferedBytes += cost;
    pending.bodies.push(keepable(body));
    return true;
  }

  /** Takes the session out, for every peer that has announced it. */
  take(sessionId: string): Map<PartyId, PendingSession> {
    const taken = new Map<PartyId, PendingSession>();
    for (const [peer, sessions] of this.#byPeer) {
      const pending = sessions.get(sessionId);
      if (pending !== undefined) taken.set(peer, pending);
      sessions.delete(sessionId);
    }
    return taken;
  }

  remove(peer: PartyId, sessionId: string): void {
    this.#byPeer.get(peer)?.delete(sessionId);
  }

  /** Forgets all that a peer has announced: its connection is gone, and with it what followed. */
  removePeer(peer: PartyId): void {
    this.#byPeer.delete(peer);
  }
}
