import type { PartyId } from "../math/party.ts";

/** What one party of one session has sent and received, payload only (framing and TLS excluded). */
export interface NetworkStatistics {
  bytesSent: number;
  bytesReceived: number;
  messagesSent: number;
}

/**
 * All that a protocol knows of the world: who it is, and three ordered byte streams, one to each peer, that belong to
 * this session alone. Implemented in memory and over TLS (`transport/`).
 */
export interface Network {
  readonly party: PartyId;
  readonly statistics: Readonly<NetworkStatistics>;
  /** Queues `payload` for `to`; the bytes must not be changed afterwards. Throws once the session is closed. */
  send(to: PartyId, payload: Uint8Array): void;
  /**
   * The next `byteLength` bytes from `from`, however they were cut into messages. The receiver always knows the length
   * before a byte is read. Rejects when the peer is lost, the session is closed, or the wait exceeds the session's limit.
   */
  receive(from: PartyId, byteLength: number): Promise<Uint8Array>;
}
