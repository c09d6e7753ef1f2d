import type { PartyId } from "../math/party.ts";
import { BUFFERED_FRAME_OVERHEAD_BYTES, MIN_PROGRESS_BYTES } from "../wire/limits.ts";
import { TransportError } from "./errors.ts";
import { Fifo } from "./fifo.ts";
import { keepable } from "./keepable.ts";

interface Waiter {
  readonly into: Uint8Array;
  filled: number;
  resolve(): void;
  reject(error: Error): void;
}

export interface IncomingOptions {
  readonly peer: PartyId;
  readonly receiveTimeoutMs: number;
  /** Called with the change of what is buffered and not yet asked for (payload and overhead). */
  onBuffered(change: number): void;
}

const DONE = Promise.resolve();

/**
 * The bytes that one peer sends in one session: they go in as they arrive, reads take exact lengths in order. Bytes that
 * a read waits for are copied once, from where the socket put them to where the reader wants them.
 * A read that waits fails when the peer stays silent (less than `MIN_PROGRESS_BYTES` within the timeout and the read
 * still unfinished), when the peer ends its side, or when the stream is destroyed.
 */
export class IncomingStream {
  readonly #options: IncomingOptions;
  #chunks = new Fifo<Uint8Array>();
  /** Bytes of the first chunk that were read already. */
  #offset = 0;
  #available = 0;
  #waiters = new Fifo<Waiter>();
  #timer: NodeJS.Timeout | null = null;
  #progress = 0;
  #ended: Error | null = null;
  #destroyed = false;

  constructor(options: IncomingOptions) {
    this.#options = options;
  }

  /** Why nothing more can arrive; null while it can. */
  get ended(): Error | null {
    return this.#ended;
  }

  /** Takes the next bytes; what nobody waits for is kept, without a copy where `keepable` allows. Ignored after the end. */
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
    else if (served || this.#progress >= MIN_PROGRESS_BYTES) this.#arm();
  }

  /** Fills `into` with the next bytes. */
  read(into: Uint8Array): Promise<void> {
    if (this.#waiters.length === 0 && into.length <= this.#available) {
      this.#take(into, into.length);
      return this.#destroyed && this.#ended !== null ? Promise.reject(this.#ended) : DONE;
    }
    return new Promise<void>((resolve, reject) => {
      if (this.#ended !== null) {
        reject(this.#ended);
        return;
      }
      // Only the first waiter can find bytes: what is kept never reaches beyond it.
      const filled = this.#available;
      this.#take(into, filled);
      this.#waiters.push({ into, filled, resolve, reject });
      if (this.#timer === null) this.#arm();
    });
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
    this.#options.onBuffered(-(this.#available + this.#chunks.length * BUFFERED_FRAME_OVERHEAD_BYTES));
    this.#chunks = new Fifo();
    this.#offset = 0;
    this.#available = 0;
    this.#rejectWaiters(error);
  }

  #keep(bytes: Uint8Array): void {
    this.#chunks.push(keepable(bytes));
    this.#available += bytes.length;
    this.#options.onBuffered(bytes.length + BUFFERED_FRAME_OVERHEAD_BYTES);
  }

  /** Resolves the waiters at the front that have all their bytes, those for none included. */
  #resolveFilled(): boolean {
    const before = this.#waiters.length;
    while (this.#waiters.length > 0 && this.#waiters.first.filled === this.#waiters.first.into.length) {
      this.#waiters.shift().resolve();
    }
    return this.#waiters.length < before;
  }

  /** Puts `byteLength` of the kept bytes at the start of `into`. */
  #take(into: Uint8Array, byteLength: number): void {
    let filled = 0;
    while (filled < byteLength) {
      const chunk = this.#chunks.first;
      const end = Math.min(chunk.length, this.#offset + byteLength - filled);
      into.set(chunk.subarray(this.#offset, end), filled);
      const taken = end - this.#offset;
      filled += taken;
      this.#available -= taken;
      this.#offset = end;
      let freed = taken;
      if (end === chunk.length) {
        this.#chunks.shift();
        this.#offset = 0;
        freed += BUFFERED_FRAME_OVERHEAD_BYTES;
      }
      this.#options.onBuffered(-freed);
    }
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
