import type { PartyId } from "../math/party.ts";
import { MIN_PROGRESS_BYTES } from "../wire/limits.ts";
import { ByteQueue } from "./byte-queue.ts";
import { TransportError } from "./errors.ts";
import { Fifo } from "./fifo.ts";

interface Waiter {
  readonly into: Uint8Array;
  filled: number;
  resolve(): void;
  reject(error: Error): void;
}

export interface IncomingOptions {
  readonly peer: PartyId;
  readonly receiveTimeoutMs: number;
  /** Called with the change of the memory for what has come and was not asked for. */
  onBuffered(change: number): void;
  /** Called for each read that has all its bytes. */
  onRead(byteLength: number): void;
}

const DONE = Promise.resolve();

/**
 * The bytes that one peer sends in one session: they go in as they arrive, reads take exact lengths in order. Bytes that
 * a read waits for are copied once, from where the socket put them to where the reader wants them; others once more.
 * A read that waits fails when the peer stays silent (less than `MIN_PROGRESS_BYTES` within the timeout and the read
 * still unfinished), when the peer ends its side, or when the stream is destroyed. In a hurry, what comes within the timeout
 * does not prolong it.
 */
export class IncomingStream {
  readonly #options: IncomingOptions;
  /** What came before it was asked for. */
  readonly #unread = new ByteQueue();
  #waiters = new Fifo<Waiter>();
  #timer: NodeJS.Timeout | null = null;
  #progress = 0;
  #ended: Error | null = null;
  #destroyed = false;
  #hurried = false;

  constructor(options: IncomingOptions) {
    this.#options = options;
  }

  /** Why nothing more can arrive; null while it can. */
  get ended(): Error | null {
    return this.#ended;
  }

  /** Takes the next bytes, and keeps nothing of their memory. Ignored after the end. */
  push(bytes: Uint8Array): void {
    if (this.#ended !== null) return;
    let start = 0;
    this.#progress += bytes.length;
    let served = false;
    while (this.#waiters.length > 0 && start < bytes.length) {
      const waiter = this.#waiters.first;
      const end = Math.min(bytes.length, start + waiter.into.length - waiter.filled);
      waiter.into.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end), waiter.filled);
      waiter.filled += end - start;
      start = end;
      served = this.#resolveFilled() || served;
    }
    if (start < bytes.length) this.#keep(bytes.subarray(start));
    if (this.#waiters.length === 0) this.#disarm();
    else if (served || (!this.#hurried && this.#progress >= MIN_PROGRESS_BYTES)) this.#arm();
  }

  /** Fills `into` with the next bytes. */
  read(into: Uint8Array): Promise<void> {
    if (this.#waiters.length === 0 && into.length <= this.#unread.length) {
      if (this.#destroyed) return Promise.reject(this.#ended);
      this.#take(into, into.length);
      this.#options.onRead(into.length);
      return DONE;
    }
    return new Promise<void>((resolve, reject) => {
      if (this.#ended !== null) {
        reject(this.#ended);
        return;
      }
      // Only the first waiter can find bytes: what is kept never reaches beyond it.
      const filled = this.#unread.length;
      this.#take(into, filled);
      this.#waiters.push({ into, filled, resolve, reject });
      if (this.#timer === null) this.#arm();
    });
  }

  /** From here on each read has its bytes within the timeout, or fails. */
  hurry(): void {
    if (this.#hurried) return;
    this.#hurried = true;
    if (this.#timer !== null) this.#arm();
  }

  /** Nothing more will arrive: what is buffered can still be read, further waits fail with `error`. */
  end(error: Error): void {
    if (this.#ended !== null) return;
    this.#ended = error;
    this.#disarm();
    this.#rejectWaiters(error);
  }

  /** Ends the stream and frees what it holds: every read fails with `error`. */
  destroy(error: Error): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#ended = error;
    this.#disarm();
    const held = this.#unread.heldBytes;
    this.#unread.clear();
    this.#options.onBuffered(-held);
    this.#rejectWaiters(error);
  }

  #keep(bytes: Uint8Array): void {
    const held = this.#unread.heldBytes;
    this.#unread.append(bytes);
    this.#options.onBuffered(this.#unread.heldBytes - held);
  }

  /** Resolves the waiters at the front that have all their bytes, those for none included. */
  #resolveFilled(): boolean {
    const before = this.#waiters.length;
    while (this.#waiters.length > 0 && this.#waiters.first.filled === this.#waiters.first.into.length) {
      const waiter = this.#waiters.shift();
      this.#options.onRead(waiter.into.length);
      waiter.resolve();
    }
    return this.#waiters.length < before;
  }

  #take(into: Uint8Array, byteLength: number): void {
    const held = this.#unread.heldBytes;
    this.#unread.take(into, byteLength);
    this.#options.onBuffered(this.#unread.heldBytes - held);
  }

  #arm(): void {
    this.#disarm();
    this.#timer = setTimeout(() => this.#onSilence(), this.#options.receiveTimeoutMs);
  }

  #disarm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#progress = 0;
  }

  #onSilence(): void {
    const { peer, receiveTimeoutMs } = this.#options;
    const message = `party ${peer} sent nothing for ${receiveTimeoutMs} ms while ${this.#waiters.first.into.length} bytes were awaited`;
    this.destroy(new TransportError("PeerSilent", message, peer));
  }

  #rejectWaiters(error: Error): void {
    for (const waiter of this.#waiters.takeAll()) waiter.reject(error);
  }
}
