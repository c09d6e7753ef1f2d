import type { PartyId } from "../math/party.ts";
import type { Network } from "../protocol/network.ts";
import type { Signer } from "../protocol/signer.ts";

/**
 * One party's way to its three peers: sessions come and go, what carries them stays. Implemented in memory and over
 * TLS 1.3; `test/suites/network.suite.ts` is what both must do.
 */
export interface Transport extends Signer {
  readonly party: PartyId;

  /** How long a session waits for a peer that sends nothing. */
  readonly receiveMs: number;

  /** The peers that are connected now, ascending. */
  readonly connected: readonly PartyId[];

  /**
   * Called when a peer opens a session that is not open here: the nudge by which a node hears of a request. Called
   * for each peer that announces the session, so that none can hide what another says, or that another waits.
   * The id is only what a peer says: look at the chain. Must not throw.
   */
  onAnnounce?: ((requestId: string, from: PartyId) => void) | undefined;

  /**
   * Answers what a peer asks outside of any session (`MAX_QUESTION_BYTES` at most, `MAX_ANSWER_BYTES` back). `from` is who
   * holds the key of the connection, not what anybody says. A rejection refuses: the peer learns only that.
   */
  onQuestion?: ((question: Uint8Array, from: PartyId) => Promise<Uint8Array>) | undefined;

  /**
   * Asks a peer; its answer is at most `maximumBytes` long.
   *
   * @throws TransportError `QuestionRefused`, `QuestionsBusy`, `PeerUnreachable`, `PeerSilent`, `ConnectionLost`,
   * `ProtocolViolation` for a longer answer, `TransportClosed`, `InvalidArgument`.
   */
  ask(peer: PartyId, question: Uint8Array, maximumBytes: number): Promise<Uint8Array>;

  /**
   * Opens this party's end of a session and announces it to its peers, who must be connected. An id is good for one
   * session: a retry takes the next attempt's id.
   *
   * @param sessionId 32 bytes, 0x-hex.
   * @param requestId 32 bytes, 0x-hex: what is computed; all parties must say the same.
   * @param peers Who else takes part; all three when left out. The others need not be connected, and are told nothing.
   * @param receiveMs How long this session waits for a peer that sends nothing; `receiveMs` of the transport when left out.
   * @throws TransportError `SessionAlreadyOpen`, `SessionClosed`, `PeerUnreachable`, `TransportClosed`, `InvalidArgument`.
   */
  openSession(sessionId: string, requestId: string, peers?: readonly PartyId[], receiveMs?: number): Promise<Network>;

  /**
   * Ends this party's end of a session, or refuses one that only peers have opened: waits are rejected, buffers freed,
   * peers told. Without `reason` the session is done, and what was sent before still arrives, unless a peer takes nothing
   * for the receive timeout; with one it failed (peers learn only that), and what has not left is dropped. Does nothing
   * when the session is closed already. What was only refused may be opened later.
   */
  closeSession(sessionId: string, reason?: Error): void;

  /** Closes every session and connection; resolves when no socket and no timer is left. */
  close(): Promise<void>;
}
