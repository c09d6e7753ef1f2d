/** Reading an upload in two steps, so that all of the manifest is checked before a sealed byte is read. */
import { createHash } from "node:crypto";
import { packageByteLength } from "../sharing/package.ts";
import { SEALING_OVERHEAD_BYTES } from "../sharing/sealing.ts";
import { WireError } from "../wire/errors.ts";
import { UPLOAD_HEADER_BYTES } from "../wire/limits.ts";
import { checkSealedLength, decodeManifest, decodeUploadHeader, type UploadManifest } from "../wire/upload.ts";
import type { BodyReader } from "./body-reader.ts";
import { NodeError } from "./errors.ts";
import { shapeOfTable } from "./stored-schema.ts";

export interface Announced {
  readonly manifest: UploadManifest;
  readonly manifestBytes: number;
}

/** Header and manifest. Throws `Malformed`, `TooLarge`, `TooSlow`. */
export async function readManifest(body: BodyReader): Promise<Announced> {
  const header = await body.take(UPLOAD_HEADER_BYTES);
  const manifestBytes = asRefusal(() => decodeUploadHeader(header));
  const bytes = await body.take(manifestBytes);
  return { manifest: asRefusal(() => decodeManifest(bytes)), manifestBytes };
}

/**
 * Bytes that the package of an upload must have. Throws `TooLarge` when the node takes no such upload, `WrongShape` when the
 * declared length of the body is another.
 */
export function announcedPackageBytes(
  { manifest, manifestBytes }: Announced,
  declaredBytes: number | undefined,
  maximumBytes: number,
): number {
  const { seat, schema, rows } = manifest;
  const packageBytes = packageByteLength(seat, shapeOfTable(schema, rows));
  const sealedBytes = packageBytes + SEALING_OVERHEAD_BYTES;
  asRefusal(() => checkSealedLength(sealedBytes));
  const total = UPLOAD_HEADER_BYTES + manifestBytes + sealedBytes;
  if (total > maximumBytes) {
    throw new NodeError("TooLarge", `an upload of this table has ${total} bytes; this node takes ${maximumBytes}`);
  }
  if (declaredBytes !== undefined && declaredBytes !== total) throw wrongLength(total);
  return packageBytes;
}

/** The sealed bytes up to the end of the body. Throws `WrongShape`, `SealedHashMismatch`, `Malformed`, `TooSlow`. */
export async function readSealed(
  body: BodyReader,
  manifest: UploadManifest,
  packageBytes: number,
): Promise<Uint8Array> {
  const hash = createHash("sha256");
  const sealedBytes = packageBytes + SEALING_OVERHEAD_BYTES;
  const sealed = await body.take(sealedBytes, (piece) => hash.update(piece));
  if ((await body.piece(1)) !== null) throw new NodeError("WrongShape", "more bytes follow the sealed shares");
  if (`0x${hash.digest("hex")}` !== manifest.sealedHash) {
    throw new NodeError("SealedHashMismatch", "the sealed bytes are not those whose hash the manifest names");
  }
  return sealed;
}

const wrongLength = (bytes: number) =>
  new NodeError("WrongShape", `an upload of the manifest's columns and rows has exactly ${bytes} bytes`);

/** What the wire layer refuses, as this node's refusals. */
export function asRefusal<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    throw new NodeError(error.code === "UploadTooLarge" ? "TooLarge" : "Malformed", error.message);
  }
}
