/**
 * An upload of private inputs, the body of `PUT /v1/private-inputs/{commitment}`: JSON, for they are a few kilobytes at most. What it means (signature,
 * commitment, seat) is for the node to check; here it is only well-formed. Runs in browsers.
 */
import { MAX_PRIVATE_INPUTS } from "@sharebridge/algorithms/language/program.ts";
import { z } from "zod";
import { WireError } from "./errors.ts";
import { MAX_PRIVATE_UPLOAD_BYTES, MIN_SEALED_BYTES } from "./limits.ts";
import { uploadManifestSchema } from "./upload.ts";

const { seat, scheme, shareCommitments } = uploadManifestSchema.shape;
const address = z.string().regex(/^0x[0-9a-f]{40}$/, "must be an address in lower-case 0x-hex");
const bytes32 = z.string().regex(/^0x[0-9a-f]{64}$/, "must be 32 bytes in lower-case 0x-hex");

export const privateUploadSchema = z.strictObject({
  market: address,
  /** Whose requests may name them. */
  buyer: address,
  /** Of their id (`privateInputsIdOf`). */
  salt: bytes32,
  seat,
  scheme,
  /** How many words they are. */
  count: z.int().min(1).max(MAX_PRIVATE_INPUTS),
  /** C_0..C_3; `datasetCommitment(scheme, these)` is what the request names. */
  shareCommitments,
  /** HPKE to the seat's key: encapsulated key ‖ ciphertext. */
  sealed: z
    .string()
    .regex(/^0x([0-9a-f]{2})*$/, "must be bytes in lower-case 0x-hex")
    .min(2 + 2 * MIN_SEALED_BYTES),
  uploader: address,
  /** EIP-712 `PrivateUpload` in the market's domain, by the uploader. */
  signature: z.string().regex(/^0x[0-9a-f]{130}$/, "must be 65 bytes in lower-case 0x-hex"),
});

export type PrivateUpload = z.infer<typeof privateUploadSchema>;

/** @throws WireError `UploadTooLarge`, `MalformedUpload`. */
export function decodePrivateUpload(bytes: Uint8Array): PrivateUpload {
  if (bytes.length > MAX_PRIVATE_UPLOAD_BYTES) {
    const message = `an upload of private inputs is at most ${MAX_PRIVATE_UPLOAD_BYTES} bytes long, not ${bytes.length}`;
    throw new WireError("UploadTooLarge", message);
  }
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new WireError("MalformedUpload", "the upload is not JSON in UTF-8");
  }
  const parsed = privateUploadSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  throw new WireError("MalformedUpload", `upload${path.map((step) => `.${String(step)}`).join("")}: ${message}`);
}
