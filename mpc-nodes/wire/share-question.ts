/**
 * What a node that lacks a dataset asks of one that holds it (PROTOCOL 10). A question: "SBQ1" (4) ‖ u8 kind ‖ dataset id (32)
 * ‖ commitment (32) ‖ u8 share ‖ u32 piece. It does not say who asks: that is known from the connection. The commitment names one
 * of the dataset's tables: what its seller shared, or its valid rows alone.
 *
 * - describe: canonical JSON of schema and share commitments; share and piece are 0.
 * - secrets: the share's salt (32), and its seed (16) unless it is the explicit one; piece is 0.
 * - words: a piece of the explicit share's words, column by column, `MAX_ANSWER_BYTES` to a piece.
 * - validity: what the check of the dataset's rows came to (`validity-answer.ts`); share and piece are 0.
 */
import { bytesToHex } from "@noble/hashes/utils.js";
import { canonicalJson } from "@sharebridge/algorithms/language/canonical-json.ts";
import { type TableSchema, tableSchema } from "@sharebridge/algorithms/language/schema.ts";
import { z } from "zod";
import { ByteReader, ByteWriter, fixedBytes } from "../math/bytes.ts";
import { isPartyId, type PartyId } from "../math/party.ts";
import { WireError } from "./errors.ts";
import { MAX_MANIFEST_BYTES } from "./limits.ts";
import { uploadManifestSchema } from "./upload.ts";

const MAGIC = new TextEncoder().encode("SBQ1");
const KINDS = ["describe", "secrets", "words", "validity"] as const;
export const SHARE_QUESTION_BYTES = MAGIC.length + 1 + 32 + 32 + 1 + 4;

export interface ShareQuestion {
  readonly kind: (typeof KINDS)[number];
  /** bytes32, lower-case hex. */
  readonly datasetId: string;
  /** Of the table: bytes32, lower-case hex. */
  readonly commitment: string;
  readonly share: PartyId;
  readonly piece: number;
}

export function encodeShareQuestion(question: ShareQuestion): Uint8Array<ArrayBuffer> {
  const { kind, datasetId, commitment, share, piece } = question;
  return new ByteWriter()
    .bytes(MAGIC)
    .u8(KINDS.indexOf(kind))
    .bytes(fixedBytes("a dataset id", datasetId, 32))
    .bytes(fixedBytes("a commitment", commitment, 32))
    .u8(share)
    .u32(piece)
    .finish();
}

/** @throws WireError `MalformedQuestion` for anything but the one encoding of a question. */
export function decodeShareQuestion(bytes: Uint8Array): ShareQuestion {
  if (bytes.length !== SHARE_QUESTION_BYTES) throw malformed(`it has ${bytes.length} bytes`);
  const reader = new ByteReader(bytes);
  if (!reader.bytes(MAGIC.length).every((byte, index) => byte === MAGIC[index])) throw malformed("it starts otherwise");
  const kind = KINDS[reader.u8()];
  const datasetId = `0x${bytesToHex(reader.bytes(32))}`;
  const commitment = `0x${bytesToHex(reader.bytes(32))}`;
  const share = reader.u8();
  const piece = reader.u32();
  if (kind === undefined || !isPartyId(share)) throw malformed("no such kind, or no such share");
  const isOfAll = kind === "describe" || kind === "validity";
  if ((isOfAll && share !== 0) || (kind !== "words" && piece !== 0)) throw malformed("a part is not 0");
  return { kind, datasetId, commitment, share, piece };
}

/** What is public of a dataset and not on chain: both parts hash to what is. */
export interface DatasetDescription {
  readonly schema: TableSchema;
  /** C_0..C_3. */
  readonly shareCommitments: readonly [string, string, string, string];
}

const description = z.strictObject({
  schema: tableSchema,
  shareCommitments: uploadManifestSchema.shape.shareCommitments,
});

export function encodeDescription({ schema, shareCommitments }: DatasetDescription): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(canonicalJson({ schema, shareCommitments }));
}

/** @throws WireError `MalformedAnswer`. */
export function decodeDescription(bytes: Uint8Array): DatasetDescription {
  try {
    if (bytes.length > MAX_MANIFEST_BYTES) throw new RangeError("too long");
    return description.parse(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch {
    throw new WireError("MalformedAnswer", "this is no description of a dataset");
  }
}

const malformed = (why: string) =>
  new WireError("MalformedQuestion", `a question about a share has ${SHARE_QUESTION_BYTES} bytes of one form: ${why}`);
