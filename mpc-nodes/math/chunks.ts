/** Rows that are worked on together: a dozen pieces of vectors, 16 KiB each, stay in a processor's second-level cache. */
export const CHUNK_ROWS = 2048;

/** Visits [from, to) of consecutive chunks of `length` rows. */
export function forEachChunk(length: number, visit: (from: number, to: number) => void): void {
  for (let from = 0; from < length; from += CHUNK_ROWS) visit(from, Math.min(from + CHUNK_ROWS, length));
}
