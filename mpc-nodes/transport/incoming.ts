import type { PartyId } from "../math/party.ts";
import { BUFFERED_FRAME_OVERHEAD_BYTES, MIN_PROGRESS_BYTES } from "../wire/limits.ts";
import { TransportError } from "./errors.ts";

interface Waiter {
  readonly byteLength: number;
  resolve(bytes: Uint8Array): void;
  reject(error: Error): void;
}

export interface IncomingOptions {
  readonly peer: PartyId;
  readonly receiveTimeoutMs: number;
  /** Called with the change of what is buffered and not yet asked for (payload and overhead). */
  onBuffered(change: number): void;
}

/**
 * The bytes that one peer sends in one session: frames go in as they arrive, reads take exact lengths in order.
 * A read that waits fails when the peer stays silent (less than `MIN_PROGRESS_BYTES` within the timeout and the read
 * still unfinished), when the peer ends its side, or when the stream is destroyed.
 */
export class IncomingStream {
  readonly #options: IncomingOptions;
  #chunks: Uint8Array[] = [];
  /** Bytes of `#chunks[0]` that were read already. */
  #offset = 0;
  #available = 0;
  #waiters: Waiter[] = [];
  /** The first waiter's bytes so far, when they came in more than one piece. */
  #partial: { readonly bytes: Uint8Array; filled: number } | null = null;
  #timer: NodeJS.Timeout | null = null;
  #progress = 0;
  #ended: Error | null = null;
  #destroyed = false;

  constructor(options: IncomingOptions) {
    this.#options = options;
  }

  /** True once nothing more can arrive. */
  get ended(): boolean {
    return this.#ended !== null;
  }

  /** Takes a frame's body, which the stream owns from now on. Ignored after the end. */
  push(body: Uint8Array): void {
    if (this.#ended !== null) return;
    this.#buffer(body);
    this.#progress += body.length;
    this.#serve();
    if (this.#waiters.length === 0) this.#disarm();
    else if (this.#progress >= MIN_PROGRESS_BYTES) this.#arm();
  }

  /** The next `byteLength` bytes; a fresh array at offset 0 of its buffer. */
  read(byteLength: number): Promise<Uint8Array> {
    const bytes = new Promise<Uint8Array>((resolve, reject) => {
      this.#waiters.push({ byteLength, resolve, reject });
    });
    this.#serve();
    if (this.#waiters.length > 0) {
      if (this.#ended !== null) this.#rejectWaiters(this.#ended);
      else if (this.#timer === null) this.#arm();
    }
    return bytes;
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
    this.#chunks = [];
    this.#offset = 0;
    this.#available = 0;
    this.#rejectWaiters(error);
  }

  #buffer(body: Uint8Array): void {
    this.#chunks.push(body);
    this.#available += body.length;
    this.#options.onBuffered(body.length + BUFFERED_FRAME_OVERHEAD_BYTES);
  }

  /** Serves waiters in order, as far as the bytes go. */
  #serve(): void {
    while (this.#waiters.length > 0) {
      const waiter = this.#waiters[0];
      const bytes = this.#take(waiter.byteLength);
      if (bytes === null) return;
      this.#waiters.shift();
      this.#progress = 0;
      waiter.resolve(bytes);
      if (this.#timer !== null) this.#arm();
    }
  }

  /** `byteLength` bytes when they are all there; otherwise keeps what came so far and returns null. */
  #take(byteLength: number): Uint8Array | null {
    if (this.#partial === null) {
      if (byteLength === 0) return new Uint8Array(0);
      if (this.#available === 0) return null;
      if (this.#offset === 0 && this.#chunks[0].length === byteLength) return this.#shift(byteLength);
      this.#partial = { bytes: new Uint8Array(byteLength), filled: 0 };
    }
    const partial = this.#partial;
    while (this.#chunks.length > 0 && partial.filled < byteLength) {
      const wanted = Math.min(byteLength - partial.filled, this.#chunks[0].length - this.#offset);
      partial.bytes.set(this.#chunks[0].subarray(this.#offset, this.#offset + wanted), partial.filled);
      partial.filled += wanted;
      this.#shift(wanted);
    }
    if (partial.filled < byteLength) return null;
    this.#partial = null;
    return partial.bytes;
  }

  /** Counts `byteLength` bytes of the first chunk as read; returns that chunk. */
  #shift(byteLength: number): Uint8Array {
    const chunk = this.#chunks[0];
    this.#offset += byteLength;
    this.#available -= byteLength;
    let freed = byteLength;
    if (this.#offset === chunk.length) {
      this.#chunks.shift();
      this.#offset = 0;
      freed += BUFFERED_FRAME_OVERHEAD_BYTES;
    }
    this.#options.onBuffered(-freed);
    return chunk;
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
    const message = `party ${peer} sent nothing for ${receiveTimeoutMs} ms while ${this.#waiters[0].byteLength} bytes were awaited`;
    this.destroy(new TransportError("PeerSilent", message, peer));
  }

  #rejectWaiters(error: Error): void {
    this.#partial = null;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.reject(error);
  }
}
