/** Shares from seeds: AES-128-CTR of WebCrypto, so that browsers and nodes expand alike (PROTOCOL 10). */
import { viewWords, WORD_BYTES } from "../math/words.ts";

export const SEED_BYTES = 16;

/**
 * `rows` words of one column under a seed: the key stream with counter blocks `0^32 ‖ u32 column ‖ u64 block` (big-endian,
 * block from 0), so one seed serves all columns of a share.
 */
export async function expandSeed(seed: Uint8Array, column: number, rows: number): Promise<BigUint64Array> {
  const key = await crypto.subtle.importKey("raw", Uint8Array.from(seed), "AES-CTR", false, ["encrypt"]);
  const counter = new Uint8Array(16);
  new DataView(counter.buffer).setUint32(4, column);
  const stream = await crypto.subtle.encrypt(
    { name: "AES-CTR", counter, length: 64 },
    key,
    new Uint8Array(rows * WORD_BYTES),
  );
  return viewWords(new Uint8Array(stream));
}
