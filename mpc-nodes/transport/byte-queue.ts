import { UNREAD_BLOCK_BYTES } from "../wire/limits.ts";
import { Fifo } from "./fifo.ts";

/** Blocks that no queue uses, for the next that needs one: fresh memory costs more than the copy into it. */
const freeBlocks: Uint8Array[] = [];
const MAX_FREE_BLOCKS = 256;

/** Bytes in order, in blocks of one size that all queues share. What it holds is whole blocks, and is counted so. */
export class ByteQueue {
  #blocks = new Fifo<Uint8Array>();
  #last: Uint8Array = new Uint8Array(0);
  /** Where the bytes start in the first block, and where they end in the last. */
  #start = 0;
  #end = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The memory that it uses. */
  get heldBytes(): number {
    return this.#blocks.length * UNREAD_BLOCK_BYTES;
  }

  /** Copies `bytes` to the end. */
  append(bytes: Uint8Array): void {
    this.#length += bytes.length;
    for (let at = 0; at < bytes.length; ) {
      if (this.#blocks.length === 0 || this.#end === UNREAD_BLOCK_BYTES) {
        this.#last = freeBlocks.pop() ?? new Uint8Array(UNREAD_BLOCK_BYTES);
        this.#blocks.push(this.#last);
        this.#end = 0;
      }
      const part = bytes.subarray(at, at + UNREAD_BLOCK_BYTES - this.#end);
      this.#last.set(part, this.#end);
      this.#end += part.length;
      at += part.length;
    }
  }

  /** Takes the first `byteLength` bytes, at most `length`, and puts them at the start of `into`. */
  take(into: Uint8Array, byteLength: number): void {
    this.#length -= byteLength;
    for (let filled = 0; filled < byteLength; ) {
      const part = this.#blocks.first.subarray(this.#start, this.#start + byteLength - filled);
      into.set(part, filled);
      filled += part.length;
      this.#start += part.length;
      if (this.#start === UNREAD_BLOCK_BYTES) this.#dropFirst();
    }
    if (this.#length === 0) this.clear();
  }

  clear(): void {
    while (this.#blocks.length > 0) this.#dropFirst();
    this.#length = 0;
  }

  #dropFirst(): void {
    const block = this.#blocks.shift();
    if (freeBlocks.length < MAX_FREE_BLOCKS) freeBlocks.push(block);
    this.#start = 0;
  }
}
