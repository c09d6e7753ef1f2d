import type { AddressInfo, Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import type { PartyId } from "../math/party.ts";
import { MAX_UNIDENTIFIED_CONNECTIONS } from "../wire/limits.ts";
import { TransportError } from "./errors.ts";
import { peerKeyHash, type secureSettings } from "./tls-settings.ts";

export interface ListenerOptions {
  readonly host: string;
  readonly port: number;
  readonly secure: ReturnType<typeof secureSettings>;
  readonly handshakeMs: number;
  /** Who may call, by the hash of their key. */
  readonly callers: ReadonlyMap<string, PartyId>;
  onPeer(peer: PartyId, socket: TLSSocket): void;
  onRefused(error: Error): void;
}

/** One connection's other end; the same for a TLS connection and the TCP connection under it. */
const originOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

/**
 * Accepts the peers that dial this party. A caller is who its key says; any other key is dropped at once.
 * Callers that have not shown a key yet are bounded in number and in time; one too many takes the place of the oldest.
 */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #server: Server;
  /** The TCP connections under the TLS ones, those still in the handshake included. */
  readonly #sockets = new Set<Socket>();
  /** Those of them that have not shown a peer's key, by where they come from, oldest first. */
  readonly #unidentified = new Map<string, Socket>();

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#server = createServer({ ...options.secure, handshakeTimeout: options.handshakeMs });
    this.#server.on("connection", (socket: Socket) => this.#accept(socket));
    this.#server.on("tlsClientError", (error) => options.onRefused(error));
    this.#server.on("secureConnection", (socket) => this.#identify(socket));
  }

  /** The port that is listened on, once `listen` has resolved. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** @throws TransportError `InvalidSettings` when the address cannot be listened at. */
  listen(): Promise<void> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      const onError = ({ message }: Error) => {
        reject(new TransportError("InvalidSettings", `cannot listen at ${host}:${port}: ${message}`));
      };
      this.#server.once("error", onError);
      this.#server.listen({ host, port }, () => {
        this.#server.off("error", onError);
        resolve();
      });
    });
  }

  /** Drops every connection that is left; resolves when none is. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  #accept(socket: Socket): void {
    const origin = originOf(socket);
    this.#sockets.add(socket);
    this.#unidentified.set(origin, socket);
    socket.on("close", () => {
      this.#sockets.delete(socket);
      if (this.#unidentified.get(origin) === socket) this.#unidentified.delete(origin);
    });
    if (this.#unidentified.size <= MAX_UNIDENTIFIED_CONNECTIONS) return;
    for (const [oldest, stranger] of this.#unidentified) {
      this.#unidentified.delete(oldest);
      stranger.destroy();
      return;
    }
  }

  #identify(socket: TLSSocket): void {
    const hash = peerKeyHash(socket);
    const peer = hash === null ? undefined : this.#options.callers.get(hash);
    if (peer !== undefined) {
      this.#unidentified.delete(originOf(socket));
      this.#options.onPeer(peer, socket);
      return;
    }
    socket.on("error", () => {});
    socket.destroy();
    const who = hash === null ? "without a certificate" : `with the key ${hash}`;
    const message = `a caller ${who} was dropped: the key is not registered for a party that dials this one`;
    this.#options.onRefused(new TransportError("WrongPeer", message));
  }
}
