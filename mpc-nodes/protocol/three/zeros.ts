/** Takes shares of what must be zero. */
export interface Zeros {
  /** Pointers to both shares that this party holds, and to what the one that it lacks must be: minus their sum. */
  add(next: number, last: number, missing: number, bytes: number): void;
}
