import { connect, type TLSSocket } from "node:tls";
import { TransportError } from "./errors.ts";
import type { TransportTimeouts } from "./options.ts";
import { type PeerAddress, peerKeyHash, type secureSettings } from "./tls-settings.ts";

export interface DialerOptions {
  readonly peer: PeerAddress;
  readonly secure: ReturnType<typeof secureSettings>;
  readonly timeouts: TransportTimeouts;
  onPeer(socket: TLSSocket): void;
  onRefused(error: Error): void;
}

/** Dials one peer until it answers with its registered key; again when told that the connection is gone. */
export class Dialer {
  readonly #options: DialerOptions;
  #delayMs: number;
  #timer: NodeJS.Timeout | null = null;
  #socket: TLSSocket | null = null;
  #stopped = false;

  constructor(options: DialerOptions) {
    this.#options = options;
    this.#delayMs = options.timeouts.minimumReconnectDelayMs;
  }

  dial(): void {
    const { peer, secure, timeouts } = this.#options;
    const socket = connect({ host: peer.host, port: peer.port, ...secure });
    this.#socket = socket;
    let failure: Error = this.#error("PeerUnreachable", "the connection was closed before TLS was up");
    const onError = (error: Error) => {
      failure = this.#error("PeerUnreachable", error.message);
    };
    const onClose = () => {
      this.#disarm();
      this.#socket = null;
      if (this.#stopped) return;
      this.#options.onRefused(failure);
      this.redial();
    };
    this.#timer = setTimeout(() => {
      socket.destroy(new Error(`TLS was not up after ${timeouts.handshakeMs} ms`));
    }, timeouts.handshakeMs);
    socket.on("error", onError);
    socket.on("close", onClose);
    socket.once("secureConnect", () => {
      this.#disarm();
      const hash = peerKeyHash(socket);
      if (hash !== peer.tlsKeyHash) {
        failure = this.#error("WrongPeer", `the key there is ${hash ?? "none"}, not the registered ${peer.tlsKeyHash}`);
        socket.destroy();
        return;
      }
      socket.off("error", onError);
      socket.off("close", onClose);
      this.#socket = null;
      this.#options.onPeer(socket);
    });
  }

  /** Dials again after a pause that doubles each time, up to its bound, until `succeeded` is called. */
  redial(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.dial(), this.#delayMs);
    this.#delayMs = Math.min(2 * this.#delayMs, this.#options.timeouts.maximumReconnectDelayMs);
  }

  /** The peer has taken the connection: the next pause is short again. */
  succeeded(): void {
    this.#delayMs = this.#options.timeouts.minimumReconnectDelayMs;
  }

  /** Gives up; resolves when nothing is left of an attempt under way. */
  stop(): Promise<void> {
    this.#stopped = true;
    this.#disarm();
    const socket = this.#socket;
    if (socket === null) return Promise.resolve();
    return new Promise((resolve) => {
      socket.once("close", () => resolve());
      socket.destroy();
    });
  }

  #disarm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #error(code: "PeerUnreachable" | "WrongPeer", why: string): TransportError {
    const { party, host, port } = this.#options.peer;
    return new TransportError(code, `party ${party} cannot be reached at ${host}:${port}: ${why}`, party);
  }
}
