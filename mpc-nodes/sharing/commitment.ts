/**
 * Salted commitments to shares, scheme 1 (PROTOCOL 9). The 256-bit salt belongs to the holders of the share alone:
 * without it, whoever knows three shares could test guesses of low-entropy values against the fourth share's hash.
 * Plaintext words under fixed chunks and one Merkle root per column, so that a later proof can open a part.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { ByteWriter, concatenateBytes, requireLength } from "../math/bytes.ts";
import type { PartyId } from "../math/party.ts";
import { viewBytes } from "../math/words.ts";
import { SharingError } from "./errors.ts";

/** The scheme's number on chain and in manifests. */
export const COMMITMENT_SCHEME = 1;
export const SALT_BYTES = 32;
/** A dataset's id, or a request's id for output shares. */
export const CONTEXT_BYTES = 32;
export const COMMITMENT_BYTES = 32;
/** Words under one leaf. */
export const CHUNK_WORDS = 4096;

const LEAF_TAG = utf8ToBytes("sharebridge/1/leaf");
const SHARE_TAG = utf8ToBytes("sharebridge/1/share");

/**
 * C_j = SHA-256("sharebridge/1/share" ‖ context ‖ u8 j ‖ u32 columns ‖ u64 rows ‖ root of each column).
 * @param j the share's index
 * @param salt 32 bytes that only the holders of share j know
 * @param columns share j of every column, equal lengths
 * @param context 32 bytes: the dataset's id, or the request's id for output shares
 */
export function commitShare(
  j: PartyId,
  salt: Uint8Array,
  columns: readonly BigUint64Array[],
  context: Uint8Array,
): Uint8Array {
  requireLength("the salt of a share", salt, SALT_BYTES);
  requireLength("the context of a commitment", context, CONTEXT_BYTES);
  const rows = columns[0]?.length ?? 0;
  const writer = new ByteWriter().bytes(SHARE_TAG).bytes(context).u8(j).u32(columns.length).u64(BigInt(rows));
  for (const [column, words] of columns.entries()) {
    if (words.length !== rows) {
      throw new SharingError("UnequalColumns", `column ${column} has ${words.length} rows, column 0 has ${rows}`);
    }
    writer.bytes(columnRoot(j, salt, column, words, context));
  }
  return sha256(writer.finish());
}

function columnRoot(
  j: PartyId,
  salt: Uint8Array,
  column: number,
  words: BigUint64Array,
  context: Uint8Array,
): Uint8Array {
  const leaves: Uint8Array[] = [];
  for (let chunk = 0; chunk * CHUNK_WORDS < words.length; chunk++) {
    const part = words.subarray(chunk * CHUNK_WORDS, (chunk + 1) * CHUNK_WORDS);
    const header = new ByteWriter()
      .bytes(LEAF_TAG)
      .bytes(context)
      .u8(j)
      .bytes(salt)
      .u32(column)
      .u32(chunk)
      .u32(part.length)
      .finish();
    leaves.push(sha256.create().update(header).update(viewBytes(part)).digest());
  }
  return merkleRoot(leaves);
}

/** RFC 6962 §2.1, except that the leaves arrive hashed under a tag of their own in place of 0x00. */
function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256(new Uint8Array());
  if (leaves.length === 1) return leaves[0]!;
  const split = largestPowerOfTwoBelow(leaves.length);
  return sha256(
    concatenateBytes([Uint8Array.of(1), merkleRoot(leaves.slice(0, split)), merkleRoot(leaves.slice(split))]),
  );
}

/** RFC 6962 §2.1: "the largest power of two smaller than n", n ≥ 2. */
function largestPowerOfTwoBelow(n: number): number {
  return 2 ** (31 - Math.clz32(n - 1));
}
