import type { PartyId } from "../math/party.ts";

/** What one party of one session has sent and received, payload only (framing and TLS excluded). */
export interface NetworkStatistics {
  bytesSent: number;
  bytesReceived: number;
  messagesSent: number;
}

/**
 * All that a protocol knows of the world: who it is, and ordered byte streams to and from each peer, which belong to this
 * session alone. Implemented in memory and over TLS (`transport/`).
 */
export interface Network {
  readonly party: PartyId;
  /** Who else is in the session, ascending: three peers, or two where one party is left out. */
  readonly peers: readonly PartyId[];
  readonly statistics: Readonly<NetworkStatistics>;
  /**
   * Queues `payload` for `to` without copying it: the bytes must not be changed before it has left, as `queued` or `idle` tell.
   * That `to` seems to have read it proves nothing: a corrupt peer can go on without reading. Throws once the session is closed.
   */
  send(to: PartyId, payload: Uint8Array): void;
  /** Bytes for `to` that have not left yet, no less than what of its payloads is still referred to. Payloads leave in order. */
  queued(to: PartyId): number;
  /**
   * Resolves when little enough is queued for `to` to go on sending, at once as a rule; with a number, when no more than so many
   * bytes are. Rejects like `receive`.
   */
  room(to: PartyId, bytes?: number): Promise<void>;
  /**
   * Fills `into` with the next bytes from `from`, however they were cut into messages. The receiver always knows the length
   * before a byte is read. Rejects when the peer is lost or silent for too long, or the session is closed; an error that is about a
   * peer names it as `peer`.
   */
  receive(from: PartyId, into: Uint8Array): Promise<void>;
  /** Resolves when no payload of this session is referred to any more: all have left, or were dropped with it. Never rejects. */
  idle(): Promise<void>;
}

/**
 * The next `byteLength` bytes from `from`, in an array of their own: for short messages, where memory does not matter.
 * Like all waits of a network its failure may be left unheard, as when several are under way and the first has failed.
 */
export function receiveBytes(network: Network, from: PartyId, byteLength: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(byteLength);
  const received = network.receive(from, bytes).then(() => bytes);
  received.catch(() => {});
  return received;
}
