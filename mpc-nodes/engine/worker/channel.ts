import { decodeError, encodeError } from "./errors.ts";
import type { Interface, Message } from "./messages.ts";

/** As much of a `MessagePort` as both `Worker` and `parentPort` have. */
export interface Port {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  on(event: "message", listener: (message: unknown) => void): unknown;
}

/** What a side does with what it is told. */
export interface Handlers<Side extends Interface> {
  readonly calls: {
    readonly [Name in keyof Side["calls"]]: (
      given: Side["calls"][Name]["given"],
    ) => Promise<Side["calls"][Name]["back"]>;
  };
  readonly notices: { readonly [Name in keyof Side["notices"]]: (given: Side["notices"][Name]) => void };
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** One end of the conversation: it takes what `Own` lists, and calls what `Other` lists. Calls run side by side. */
export class Channel<Own extends Interface, Other extends Interface> {
  readonly #port: Port;
  readonly #handlers: Handlers<Own>;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  #failed: Error | null = null;

  constructor(port: Port, handlers: Handlers<Own>) {
    this.#port = port;
    this.#handlers = handlers;
    port.on("message", (message) => this.#take(message as Message));
  }

  /** @param transfer Memory that the other thread takes over: it is gone here. */
  call<Name extends keyof Other["calls"] & string>(
    name: Name,
    given: Other["calls"][Name]["given"],
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<Other["calls"][Name]["back"]> {
    if (this.#failed !== null) return Promise.reject(this.#failed);
    return new Promise((resolve, reject) => {
      const call = this.#calls++;
      this.#post({ type: "call", call, name, given }, transfer);
      this.#waiting.set(call, { resolve, reject });
    });
  }

  notify<Name extends keyof Other["notices"] & string>(name: Name, given: Other["notices"][Name]): void {
    if (this.#failed === null) this.#post({ type: "notice", name, given });
  }

  /** The other side is gone: what waits, and whatever is called from here on, fails with `error`. */
  fail(error: Error): void {
    this.#failed ??= error;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
  }

  #post(message: Message, transfer: readonly ArrayBuffer[] = []): void {
    this.#port.postMessage(message, transfer);
  }

  #take(message: Message): void {
    if (message.type === "call") void this.#serve(message.call, message.name, message.given);
    else if (message.type === "notice") this.#handlers.notices[message.name]!(message.given as never);
    else {
      const waiting = this.#waiting.get(message.call);
      this.#waiting.delete(message.call);
      if (message.type === "back") waiting?.resolve(message.back);
      else waiting?.reject(decodeError(message.error));
    }
  }

  async #serve(call: number, name: string, given: unknown): Promise<void> {
    let answer: Message;
    try {
      answer = { type: "back", call, back: await this.#handlers.calls[name]!(given as never) };
    } catch (error) {
      answer = { type: "failed", call, error: encodeError(error) };
    }
    this.#post(answer);
  }
}
