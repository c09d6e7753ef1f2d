import type { AddressInfo, Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import type { PartyId } from "../math/party.ts";
import { MAX_ACCEPTED_CONNECTIONS } from "../wire/limits.ts";
import { TransportError } from "./errors.ts";
import { keyHashOf, type secureSettings } from "./tls-settings.ts";

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

/** Accepts the peers that dial this party. A caller is who its key says; any other key is dropped at once. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #server: Server;
  /** The TCP connections under the TLS ones, those still in the handshake included. */
  readonly #sockets = new Set<Socket>();

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#server = createServer({ ...options.secure, handshakeTimeout: options.handshakeMs });
    this.#server.maxConnections = MAX_ACCEPTED_CONNECTIONS;
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
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

  #identify(socket: TLSSocket): void {
    const hash = keyHashOf(socket);
    const peer = hash === null ? undefined : this.#options.callers.get(hash);
    if (peer !== undefined) {
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
