import type { TLSSocket } from "node:tls";
import { PARTIES, type PartyId } from "../math/party.ts";
import { TransportError } from "./errors.ts";
import { tlsKeyHash } from "./key-hash.ts";
import type { TransportLimits, TransportTimeouts } from "./options.ts";

export interface PeerAddress {
  readonly party: PartyId;
  /** Where the peer listens. Used for lower parties only: a party dials those below it and listens for those above. */
  readonly host: string;
  readonly port: number;
  /** SHA-256 of the peer's SubjectPublicKeyInfo as 0x-hex, from the committee registry. */
  readonly tlsKeyHash: string;
}

export interface TlsTransportOptions {
  readonly party: PartyId;
  /** This party's private key, PEM. */
  readonly key: string;
  /** Its self-signed certificate, PEM. */
  readonly certificate: string;
  /** Where to listen for the parties above; port 0 takes a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** The three peers, in any order. */
  readonly peers: readonly PeerAddress[];
  readonly timeouts?: Partial<TransportTimeouts>;
  readonly limits?: Partial<TransportLimits>;
}

/** What happens to connections, for logs and tests. Never carries a key or a payload. */
export type TransportEvent =
  | { readonly kind: "connected"; readonly peer: PartyId }
  | { readonly kind: "disconnected"; readonly peer: PartyId; readonly error: TransportError }
  /** A connection that never became a peer's; `peer` is who was dialled, or null for who called. */
  | { readonly kind: "refused"; readonly peer: PartyId | null; readonly error: Error };

/** The suites of TLS 1.3, the cheapest on machines with AES instructions first; all are as strong as the pinned keys. */
const CIPHERS = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256";

/**
 * TLS 1.3 only, a certificate asked of both sides. `rejectUnauthorized` is off because nobody signs the nodes'
 * certificates: the handshake still proves that the other side holds its certificate's key (RFC 8446 §4.4.3), and
 * that key (`peerKeyHash`) is compared with the registered one before a byte is exchanged.
 */
export function secureSettings({ key, certificate }: Pick<TlsTransportOptions, "key" | "certificate">) {
  return {
    key,
    cert: certificate,
    minVersion: "TLSv1.3",
    maxVersion: "TLSv1.3",
    ciphers: CIPHERS,
    requestCert: true,
    rejectUnauthorized: false,
  } as const;
}

/**
 * The hash of the key that the other side has proven to hold, as in the committee registry; null when it showed no
 * certificate. To be asked once: a dialling socket gives the certificate away.
 */
export function peerKeyHash(socket: TLSSocket): string | null {
  const certificate = socket.getPeerX509Certificate();
  return certificate === undefined ? null : tlsKeyHash(certificate);
}

/** @throws TransportError `InvalidSettings` unless the peers are the other three, each with a key of its own. */
export function checkPeers(options: TlsTransportOptions): void {
  const fail = (message: string): never => {
    throw new TransportError("InvalidSettings", message);
  };
  const own = tlsKeyHash(options.certificate);
  for (const party of PARTIES) {
    const seats = options.peers.filter((peer) => peer.party === party);
    const expected = party === options.party ? 0 : 1;
    if (seats.length !== expected)
      fail(`party ${options.party} needs ${expected} peers of party ${party}, not ${seats.length}`);
  }
  for (const peer of options.peers) {
    if (!/^0x[0-9a-f]{64}$/.test(peer.tlsKeyHash))
      fail(`the key hash of party ${peer.party} is not 32 bytes of 0x-hex`);
  }
  const hashes = new Set([own, ...options.peers.map((peer) => peer.tlsKeyHash)]);
  if (hashes.size !== PARTIES.length) fail("two parties have the same TLS key: a peer could not be told by its key");
}
