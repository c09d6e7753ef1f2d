/**
 * The memory in which an engine's shares live: one WebAssembly memory, so that the kernels reach every share where it lies and
 * frames are sent from there. Its address space is reserved at once and backed by the machine page by page as it is touched; it
 * never grows, so views of it stay valid.
 *
 * Regions are taken from arenas. An arena is one scope of a computation: what is still there when it closes is freed, so a
 * computation that fails or is cancelled leaves nothing behind. What a region holds when it is taken is left over from before:
 * it must be written before it is read or sent, or taken `zeroed`.
 */
import { type Loops, loadKernels } from "./load.ts";

const PAGE_BYTES = 65_536;
/** The most that 32-bit pointers reach. */
const MAXIMUM_PAGES = 65_536;
/** Regions start at multiples of a cache line. */
const LINE_BYTES = 64;

export class OutOfMemoryError extends Error {
  readonly code = "OutOfMemory";
  constructor(bytes: number, used: number, limit: number) {
    super(
      `${bytes} bytes for shares do not fit: ${used} of ${limit} are in use. Run fewer computations at once, or allow more memory.`,
    );
    this.name = "OutOfMemoryError";
  }
}

/** A piece of the heap. `references` counts the values that lie in it. */
export class Region {
  readonly pointer: number;
  readonly bytes: number;
  owner: Arena | null;
  references = 0;
  constructor(pointer: number, bytes: number, owner: Arena) {
    this.pointer = pointer;
    this.bytes = bytes;
    this.owner = owner;
  }
}

/** Free space [pointer, pointer + bytes). */
interface Gap {
  pointer: number;
  bytes: number;
}

/** Takes the first gap that is large enough and joins neighbouring gaps when space comes back. */
export class Heap {
  readonly loops: Loops;
  readonly limitBytes: number;
  readonly #bytes: Uint8Array;
  /** By pointer; two never touch. */
  readonly #gaps: Gap[];
  /** Small regions of equal size are kept for the next of that size, which is most of what is asked for. */
  readonly #small = new Map<number, number[]>();
  #used = 0;
  #peak = 0;

  /** @param limitBytes How much of the address space may be used; at most 4 GiB. */
  constructor(limitBytes: number = MAXIMUM_PAGES * PAGE_BYTES) {
    const pages = Math.min(MAXIMUM_PAGES, Math.ceil(limitBytes / PAGE_BYTES));
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    this.loops = loadKernels(memory);
    this.limitBytes = pages * PAGE_BYTES;
    this.#bytes = new Uint8Array(memory.buffer);
    // Pointer 0 stands for "not held".
    this.#gaps = [{ pointer: LINE_BYTES, bytes: this.limitBytes - LINE_BYTES }];
  }

  /** Bytes that regions take now. */
  get usedBytes(): number {
    return this.#used;
  }

  /** The most that they have taken at once. */
  get peakBytes(): number {
    return this.#peak;
  }

  /** The bytes [pointer, pointer + length): a view, of no use once their region is freed. */
  view(pointer: number, length: number): Uint8Array {
    return new Uint8Array(this.#bytes.buffer, pointer, length);
  }

  words(pointer: number, length: number): BigUint64Array {
    return new BigUint64Array(this.#bytes.buffer, pointer, length);
  }

  write(pointer: number, bytes: Uint8Array): void {
    this.#bytes.set(bytes, pointer);
  }

  copy(to: number, from: number, length: number): void {
    this.#bytes.copyWithin(to, from, from + length);
  }

  zero(pointer: number, length: number): void {
    this.#bytes.fill(0, pointer, pointer + length);
  }

  /** @throws OutOfMemoryError */
  take(bytes: number, owner: Arena): Region {
    const size = sizeOf(bytes);
    const pointer = this.#small.get(size)?.pop() ?? this.#takeGap(size);
    this.#used += size;
    if (this.#used > this.#peak) this.#peak = this.#used;
    return new Region(pointer, size, owner);
  }

  giveBack({ pointer, bytes }: Region): void {
    this.#used -= bytes;
    if (bytes >= PAGE_BYTES) {
      this.#insertGap(pointer, bytes);
      return;
    }
    const same = this.#small.get(bytes);
    if (same === undefined) this.#small.set(bytes, [pointer]);
    else same.push(pointer);
  }

  #takeGap(bytes: number): number {
    const index = this.#gaps.findIndex((gap) => gap.bytes >= bytes);
    if (index < 0) throw new OutOfMemoryError(bytes, this.#used, this.limitBytes);
    const gap = this.#gaps[index]!;
    const { pointer } = gap;
    gap.pointer += bytes;
    gap.bytes -= bytes;
    if (gap.bytes === 0) this.#gaps.splice(index, 1);
    return pointer;
  }

  #insertGap(pointer: number, bytes: number): void {
    const gaps = this.#gaps;
    let index = 0;
    while (index < gaps.length && gaps[index]!.pointer < pointer) index++;
    const before = gaps[index - 1];
    const after = gaps[index];
    const joinsBefore = before !== undefined && before.pointer + before.bytes === pointer;
    const joinsAfter = after !== undefined && pointer + bytes === after.pointer;
    if (joinsBefore && joinsAfter) {
      before.bytes += bytes + after.bytes;
      gaps.splice(index, 1);
    } else if (joinsBefore) {
      before.bytes += bytes;
    } else if (joinsAfter) {
      after.pointer = pointer;
      after.bytes += bytes;
    } else {
      gaps.splice(index, 0, { pointer, bytes });
    }
  }
}

/** Small regions come in few sizes (powers of two), large ones in whole pages. */
function sizeOf(bytes: number): number {
  if (bytes >= PAGE_BYTES) return Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;
  let size = LINE_BYTES;
  while (size < bytes) size *= 2;
  return size;
}

/** The regions of one scope. */
export class Arena {
  readonly heap: Heap;
  readonly #regions = new Set<Region>();
  #closed = false;

  constructor(heap: Heap) {
    this.heap = heap;
  }

  take(bytes: number): Region {
    if (this.#closed) throw new Error("this scope has ended; nothing can be allocated in it");
    const region = this.heap.take(bytes, this);
    this.#regions.add(region);
    return region;
  }

  zeroed(bytes: number): Region {
    const region = this.take(bytes);
    this.heap.zero(region.pointer, bytes);
    return region;
  }

  /** Frees one region now. Does nothing when it is not this arena's (any more). */
  free(region: Region): void {
    if (!this.#regions.delete(region)) return;
    region.owner = null;
    this.heap.giveBack(region);
  }

  /** Takes over a region of another arena. Frees it when this scope has ended, as it does when a task beside it failed. */
  adopt(region: Region): void {
    if (this.#closed) {
      region.owner?.free(region);
      return;
    }
    if (region.owner !== null) region.owner.#regions.delete(region);
    region.owner = this;
    this.#regions.add(region);
  }

  /** Frees everything that is left. */
  close(): void {
    this.#closed = true;
    for (const region of this.#regions) {
      region.owner = null;
      this.heap.giveBack(region);
    }
    this.#regions.clear();
  }
}
