/**
 * Keys of a request, from which its noise is drawn in every attempt (PROTOCOL 8; docs/protocol/noise.md): k_j comes of the salts of
 * share j of the pool's datasets, which the holders of share j alone have beside their sellers. They have verified them against the
 * registered commitments, so they hold the same without a message, and nobody can fail an attempt for another key.
 */
import { createHmac } from "node:crypto";
import { getBytes } from "ethers";
import { concatenateBytes } from "../math/bytes.ts";
import { PARTIES } from "../math/party.ts";
import type { Keys } from "../protocol/randomness.ts";

/** Of one dataset of the pool. */
export interface DatasetSalts {
  /** bytes32. */
  readonly datasetId: string;
  readonly rows: number;
  /** salts[j]: 32 bytes; null at the party's own index. Secret. */
  readonly salts: readonly (Uint8Array | null)[];
}

const TAG = "sharebridge/1/request-key";

/**
 * @param datasets in the order in which they joined
 * @param binding `requestBindingOf`
 * @returns null where no dataset has rows
 */
export function requestKeysOf(datasets: readonly DatasetSalts[], binding: Uint8Array): Keys | null {
  // A commitment to no rows commits to no salt: its seller could have given each holder another.
  const committed = datasets.filter(({ rows }) => rows > 0);
  if (committed.length === 0) return null;
  return PARTIES.map((j) => {
    const parts = committed.map(({ datasetId, salts }) => {
      const salt = salts[j];
      return salt ? concatenateBytes([getBytes(datasetId), salt]) : null;
    });
    if (parts.some((part) => part === null)) return null;
    const key = createHmac("sha256", concatenateBytes(parts as Uint8Array[]));
    return new Uint8Array(key.update(TAG).update(Uint8Array.of(j)).update(binding).digest());
  });
}
