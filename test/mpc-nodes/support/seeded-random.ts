import { createHash } from "node:crypto";
import type { RandomSource } from "@sharebridge/mpc-nodes/math/random.ts";

/** The same bytes on every run, different ones for every label: SHA-256 of seed, label and a counter. */
export function seededRandom(seed: number, label: string): RandomSource {
  let counter = 0;
  return (length) => {
    const bytes = new Uint8Array(length);
    for (let offset = 0; offset < length; offset += 32) {
      const block = createHash("sha256").update(`${seed}/${label}/${counter++}`).digest();
      bytes.set(block.subarray(0, Math.min(32, length - offset)), offset);
    }
    return bytes;
  };
}

/** `length` seeded ring words. */
export function seededWords(random: RandomSource, length: number): BigUint64Array {
  return new BigUint64Array(random(length * 8).slice().buffer);
}
