/**
 * Upload envelope, the body of `PUT /v1/datasets/{datasetId}`:
 *
 *   "SBU1" (4) ‖ u32be manifest length ‖ manifest, canonical JSON in UTF-8 ‖ sealed bytes (encapsulated key ‖ ciphertext)
 *
 * One envelope has one encoding: a manifest that is not in canonical form is refused. What the manifest means (owner,
 * commitment, seat, sealed hash) is for the node to check; here it is only well-formed. The manifest comes first, so that all
 * of this is checked before a sealed byte is read. Runs in browsers.
 */

import { bytesToHex } from "@noble/hashes/utils.js";
import { canonicalJson } from "@sharebridge/algorithms/language/canonical-json.ts";
import { tableSchema } from "@sharebridge/algorithms/language/schema.ts";
import { z } from "zod";
import { ByteReader, ByteWriter } from "../math/bytes.ts";
import { WireError } from "./errors.ts";
import { MAX_MANIFEST_BYTES, MAX_ROWS, MAX_SEALED_BYTES, MIN_SEALED_BYTES, UPLOAD_HEADER_BYTES } from "./limits.ts";

const MAGIC = new TextEncoder().encode("SBU1");

const bytes32 = z.string().regex(/^0x[0-9a-f]{64}$/, "must be 32 bytes in lower-case 0x-hex");

export const uploadManifestSchema = z.strictObject({
  datasetId: bytes32,
  /** The node that the package is sealed to. */
  seat: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
  /** Commitment scheme; 1 is the only one there is. */
  scheme: z.literal(1),
  rows: z.int().min(1).max(MAX_ROWS),
  schema: tableSchema,
  /** C_0..C_3; `datasetCommitment(scheme, these)` is on chain. */
  shareCommitments: z.tuple([bytes32, bytes32, bytes32, bytes32]),
  /** SHA-256 of the sealed bytes: what the signature covers, known before they come. */
  sealedHash: bytes32,
  /** EIP-712 `Upload` in the dataset registry's domain, by the dataset's owner. An ERC-1271 signature may be long. */
  signature: z.string().regex(/^0x([0-9a-f]{2}){1,4096}$/, "must be 1 to 4096 bytes in lower-case 0x-hex"),
});

export type UploadManifest = z.infer<typeof uploadManifestSchema>;

export interface Upload {
  readonly manifest: UploadManifest;
  readonly sealed: Uint8Array;
}

/** `sealedHash` of a manifest for these sealed bytes. */
export async function sealedHashOf(sealed: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", sealed as Uint8Array<ArrayBuffer>);
  return `0x${bytesToHex(new Uint8Array(digest))}`;
}

/**
 * The envelope's bytes.
 *
 * @throws WireError `MalformedManifest`, `UploadTooLarge` for what no node would take.
 */
export function encodeUpload({ manifest, sealed }: Upload): Uint8Array<ArrayBuffer> {
  const manifestBytes = new TextEncoder().encode(canonicalJson(parseManifest(manifest)));
  checkManifestLength(manifestBytes.length);
  checkSealedLength(sealed.length);
  return new ByteWriter().bytes(MAGIC).u32(manifestBytes.length).bytes(manifestBytes).bytes(sealed).finish();
}

/**
 * Length of the manifest that follows the header.
 *
 * @param header The first `UPLOAD_HEADER_BYTES` of an envelope.
 * @throws WireError `MalformedUpload`, `UploadTooLarge`.
 */
export function decodeUploadHeader(header: Uint8Array): number {
  const reader = new ByteReader(new Uint8Array(header.buffer, header.byteOffset, header.length));
  if (header.length < UPLOAD_HEADER_BYTES) {
    const message = `an upload starts with ${UPLOAD_HEADER_BYTES} bytes of header; there are ${header.length}`;
    throw new WireError("MalformedUpload", message);
  }
  if (!reader.bytes(MAGIC.length).every((byte, index) => byte === MAGIC[index])) {
    throw new WireError("MalformedUpload", 'an upload starts with "SBU1"');
  }
  const manifestLength = reader.u32();
  checkManifestLength(manifestLength);
  return manifestLength;
}

/**
 * Reads a whole envelope strictly: each length is checked before what it is the length of is read.
 *
 * @throws WireError `MalformedUpload`, `MalformedManifest`, `UploadTooLarge`.
 */
export function decodeUpload(envelope: Uint8Array): Upload {
  // A Node `Buffer` copies differently from a `Uint8Array`; only the latter is portable.
  const reader = new ByteReader(new Uint8Array(envelope.buffer, envelope.byteOffset, envelope.length));
  const manifestLength = decodeUploadHeader(envelope.subarray(0, UPLOAD_HEADER_BYTES));
  reader.bytes(UPLOAD_HEADER_BYTES);
  if (manifestLength > reader.remaining) {
    const message = `the manifest should be ${manifestLength} bytes long, but only ${reader.remaining} follow`;
    throw new WireError("MalformedUpload", message);
  }
  const manifest = decodeManifest(reader.bytes(manifestLength));
  checkSealedLength(reader.remaining);
  return { manifest, sealed: reader.bytes(reader.remaining) };
}

/** @throws WireError `MalformedManifest` when it is not valid or not in canonical form. */
export function decodeManifest(bytes: Uint8Array): UploadManifest {
  let text: string;
  let json: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    json = JSON.parse(text);
  } catch {
    throw new WireError("MalformedManifest", "the manifest is not JSON in UTF-8");
  }
  const manifest = parseManifest(json);
  if (canonicalJson(manifest) !== text) {
    const message = "the manifest is not in canonical form: members sorted by name, none twice, no white space";
    throw new WireError("MalformedManifest", message);
  }
  return manifest;
}

function parseManifest(value: unknown): UploadManifest {
  const parsed = uploadManifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  throw new WireError("MalformedManifest", `manifest${path.map((step) => `.${String(step)}`).join("")}: ${message}`);
}

function checkManifestLength(length: number): void {
  if (length <= MAX_MANIFEST_BYTES) return;
  throw new WireError("UploadTooLarge", `a manifest is at most ${MAX_MANIFEST_BYTES} bytes long, not ${length}`);
}

/** @throws WireError `MalformedUpload`, `UploadTooLarge`. */
export function checkSealedLength(length: number): void {
  if (length < MIN_SEALED_BYTES) {
    throw new WireError("MalformedUpload", `sealed shares are at least ${MIN_SEALED_BYTES} bytes long, not ${length}`);
  }
  if (length > MAX_SEALED_BYTES) {
    throw new WireError("UploadTooLarge", `sealed shares are at most ${MAX_SEALED_BYTES} bytes long, not ${length}`);
  }
}
