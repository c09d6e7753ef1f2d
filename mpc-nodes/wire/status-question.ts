/**
 * What an engine asks of another about a request: how far it has come there. A question: "SBS1" (4) ‖ request id (32). An
 * answer: u8 kind, then for "running" u8 attempt, for "answered" u8 attempt ‖ u8 active set ‖ u8 bitmap of the seats that signed
 * ‖ their signatures in order (65 each) ‖ u32 length ‖ result.
 */
import { bytesToHex } from "@noble/hashes/utils.js";
import { ByteReader, BytesError, ByteWriter, fixedBytes } from "../math/bytes.ts";
import { PARTIES, type PartyId } from "../math/party.ts";
import { WireError } from "./errors.ts";
import { MAX_ANSWER_BYTES } from "./limits.ts";

const MAGIC = new TextEncoder().encode("SBS1");
const KINDS = ["unknown", "running", "over", "answered"] as const;
const SIGNATURE_BYTES = 65;

export const STATUS_QUESTION_BYTES = MAGIC.length + 32;
export const MAX_STATUS_BYTES = MAX_ANSWER_BYTES;

/** What a peer says that it has: what enough seats have signed. To be verified before anything is believed. */
export interface ShownCertificate {
  readonly attempt: number;
  readonly activeSet: number;
  /** 0x-hex. */
  readonly result: string;
  /** By seat, ascending, each once. */
  readonly signatures: readonly { readonly seat: PartyId; readonly signature: string }[];
}

export type Status =
  | { readonly kind: "unknown" | "over" }
  /** It has entered this attempt, be it that it waits for its peers there. */
  | { readonly kind: "running"; readonly attempt: number }
  | { readonly kind: "answered"; readonly certificate: ShownCertificate };

/** Whether a question is one of these; what else is asked is not the engine's to answer. */
export function isStatusQuestion(bytes: Uint8Array): boolean {
  return bytes.length >= MAGIC.length && MAGIC.every((byte, index) => bytes[index] === byte);
}

export function encodeStatusQuestion(requestId: string): Uint8Array<ArrayBuffer> {
  return new ByteWriter()
    .bytes(MAGIC)
    .bytes(fixedBytes("a request id", requestId, 32))
    .finish();
}

/** @throws WireError `MalformedQuestion` */
export function decodeStatusQuestion(bytes: Uint8Array): string {
  if (bytes.length !== STATUS_QUESTION_BYTES || !isStatusQuestion(bytes)) {
    throw new WireError("MalformedQuestion", "this is no question about a request");
  }
  return `0x${bytesToHex(bytes.subarray(MAGIC.length))}`;
}

export function encodeStatus(status: Status): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter().u8(KINDS.indexOf(status.kind));
  if (status.kind === "running") return writer.u8(status.attempt).finish();
  if (status.kind !== "answered") return writer.finish();
  const { attempt, activeSet, result, signatures } = status.certificate;
  writer.u8(attempt).u8(activeSet);
  writer.u8(signatures.reduce<number>((set, { seat }) => set | (1 << seat), 0));
  for (const { signature } of signatures) writer.bytes(fixedBytes("a signature", signature, SIGNATURE_BYTES));
  return writer.prefixed(fixedBytes("a result", result, (result.length - 2) / 2)).finish();
}

/** @throws WireError `MalformedAnswer` for anything but the one encoding of a status. */
export function decodeStatus(bytes: Uint8Array): Status {
  try {
    const reader = new ByteReader(bytes);
    const status = readStatus(reader);
    reader.end();
    return status;
  } catch (error) {
    if (!(error instanceof BytesError)) throw error;
    throw malformed();
  }
}

function readStatus(reader: ByteReader): Status {
  const kind = KINDS[reader.u8()];
  if (kind === undefined) throw malformed();
  if (kind === "running") return { kind, attempt: reader.u8() };
  if (kind !== "answered") return { kind };
  const [attempt, activeSet, signers] = [reader.u8(), reader.u8(), reader.u8()];
  if (activeSet > 15 || signers > 15) throw malformed();
  const signatures = PARTIES.filter((seat) => (signers >> seat) & 1).map((seat) => ({
    seat,
    signature: `0x${bytesToHex(reader.bytes(SIGNATURE_BYTES))}`,
  }));
  const result = `0x${bytesToHex(reader.bytes(reader.u32()))}`;
  return { kind, certificate: { attempt, activeSet, result, signatures } };
}

const malformed = () => new WireError("MalformedAnswer", "this is no answer about a request");
