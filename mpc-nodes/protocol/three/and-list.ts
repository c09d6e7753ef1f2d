/** ANDs that wait to be verified: the shares of x, y and z = x ∧ y, word by word. */
import type { Arena, Region } from "../../kernels/heap.ts";
import type { Shares } from "../replicated/values.ts";
import type { Circle } from "./circle.ts";

const COLUMNS = 6;
const SMALLEST_WORDS = 1024;

/** Pointers to the two shares of one factor or product. */
export interface Column {
  readonly next: number;
  readonly last: number;
}

export class AndList {
  readonly #arena: Arena;
  #region: Region | null = null;
  #capacity = 0;
  #words = 0;

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  get words(): number {
    return this.#words;
  }

  /** Bytes from the beginning of one column to that of the next. */
  #column(k: number): number {
    return this.#region === null ? 0 : this.#region.pointer + k * this.#capacity * 8;
  }

  get x(): Column {
    return { next: this.#column(0), last: this.#column(1) };
  }

  get y(): Column {
    return { next: this.#column(2), last: this.#column(3) };
  }

  get z(): Column {
    return { next: this.#column(4), last: this.#column(5) };
  }

  add({ next, last }: Circle, x: Shares, y: Shares, z: Shares, words: number): void {
    this.#copy([x[next], x[last], y[next], y[last], z[next], z[last]], words);
  }

  append(other: AndList): void {
    const { x, y, z, words } = other;
    this.#copy([x.next, x.last, y.next, y.last, z.next, z.last], words);
  }

  clear(): void {
    if (this.#region !== null) this.#arena.free(this.#region);
    this.#region = null;
    this.#capacity = 0;
    this.#words = 0;
  }

  #copy(columns: readonly number[], words: number): void {
    if (words === 0) return;
    this.#reserve(this.#words + words);
    for (const [k, from] of columns.entries())
      this.#arena.heap.copy(this.#column(k) + this.#words * 8, from, words * 8);
    this.#words += words;
  }

  #reserve(words: number): void {
    if (words <= this.#capacity) return;
    const capacity = Math.max(SMALLEST_WORDS, 2 ** Math.ceil(Math.log2(words)));
    const region = this.#arena.take(COLUMNS * capacity * 8);
    for (let k = 0; k < COLUMNS && this.#words > 0; k++) {
      this.#arena.heap.copy(region.pointer + k * capacity * 8, this.#column(k), this.#words * 8);
    }
    if (this.#region !== null) this.#arena.free(this.#region);
    this.#region = region;
    this.#capacity = capacity;
  }
}
