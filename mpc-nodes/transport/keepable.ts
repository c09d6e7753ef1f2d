/**
 * Bytes to keep of a piece that a socket read: the piece itself where it fills at least half of the memory that it keeps
 * alive, else a copy. So whoever counts the bytes has counted at least half of the memory.
 */
export function keepable(bytes: Uint8Array): Uint8Array {
  return 2 * bytes.length >= bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}
