/**
 * What a node that lacks a buyer's private inputs asks of one that holds them: "SBP1" (4) ‖ commitment (32) ‖ u8 share. The answer: the salt of their
 * id (32) ‖ C_0..C_3 (32 each) ‖ the share's salt (32) ‖ its seed (16), or the words of the explicit share. All of it is checked against the commitment,
 * so that nothing needs to be believed.
 */
import { bytesToHex } from "@noble/hashes/utils.js";
import { ByteReader, ByteWriter, fixedBytes } from "../math/bytes.ts";
import { isPartyId, PARTIES, type PartyId } from "../math/party.ts";
import { viewBytes, viewWords, WORD_BYTES } from "../math/words.ts";
import { COMMITMENT_BYTES, SALT_BYTES } from "../sharing/commitment.ts";
import { EXPLICIT_SHARE } from "../sharing/package.ts";
import { SEED_BYTES } from "../sharing/seed-expansion.ts";
import type { ShareOfTable } from "../sharing/table.ts";
import { WireError } from "./errors.ts";

const MAGIC = new TextEncoder().encode("SBP1");
export const PRIVATE_SHARE_QUESTION_BYTES = MAGIC.length + 32 + 1;
const ID_SALT_BYTES = 32;

export interface PrivateShareQuestion {
  /** bytes32, lower-case hex. */
  readonly commitment: string;
  readonly share: PartyId;
}

export interface PrivateShareAnswer {
  /** Of the inputs' id: bytes32, lower-case hex. */
  readonly salt: string;
  /** C_0..C_3, lower-case hex. */
  readonly shareCommitments: readonly string[];
  /** A table of one column. */
  readonly share: ShareOfTable;
}

/** Whether the bytes are about private inputs; other questions are about datasets. */
export function isPrivateShareQuestion(bytes: Uint8Array): boolean {
  return bytes.length >= MAGIC.length && MAGIC.every((byte, index) => byte === bytes[index]);
}

export function encodePrivateShareQuestion({ commitment, share }: PrivateShareQuestion): Uint8Array<ArrayBuffer> {
  return new ByteWriter()
    .bytes(MAGIC)
    .bytes(fixedBytes("a commitment", commitment, 32))
    .u8(share)
    .finish();
}

/** @throws WireError `MalformedQuestion` for anything but the one encoding of a question. */
export function decodePrivateShareQuestion(bytes: Uint8Array): PrivateShareQuestion {
  const reader = new ByteReader(bytes);
  if (bytes.length === PRIVATE_SHARE_QUESTION_BYTES && isPrivateShareQuestion(bytes)) {
    reader.bytes(MAGIC.length);
    const commitment = `0x${bytesToHex(reader.bytes(32))}`;
    const share = reader.u8();
    if (isPartyId(share)) return { commitment, share };
  }
  const message = `a question about private inputs has ${PRIVATE_SHARE_QUESTION_BYTES} bytes of one form`;
  throw new WireError("MalformedQuestion", message);
}

export function privateShareAnswerBytes(share: PartyId, count: number): number {
  const secret = share === EXPLICIT_SHARE ? count * WORD_BYTES : SEED_BYTES;
  return ID_SALT_BYTES + PARTIES.length * COMMITMENT_BYTES + SALT_BYTES + secret;
}

export function encodePrivateShareAnswer(answer: PrivateShareAnswer): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter().bytes(fixedBytes("a salt", answer.salt, ID_SALT_BYTES));
  for (const commitment of answer.shareCommitments) {
    writer.bytes(fixedBytes("a commitment", commitment, COMMITMENT_BYTES));
  }
  const { salt, seed, explicit } = answer.share;
  writer.bytes(salt).bytes(seed ?? viewBytes(explicit![0]!));
  return writer.finish();
}

/** @throws WireError `MalformedAnswer`. */
export function decodePrivateShareAnswer(bytes: Uint8Array, share: PartyId, count: number): PrivateShareAnswer {
  const expected = privateShareAnswerBytes(share, count);
  if (bytes.length !== expected) {
    throw new WireError(
      "MalformedAnswer",
      `a share of ${count} private inputs has ${expected} bytes, not ${bytes.length}`,
    );
  }
  const reader = new ByteReader(bytes);
  const hex = (length: number) => `0x${bytesToHex(reader.bytes(length))}`;
  const [salt, shareCommitments] = [hex(ID_SALT_BYTES), PARTIES.map(() => hex(COMMITMENT_BYTES))];
  const shareSalt = reader.bytes(SALT_BYTES);
  const rest = reader.bytes(reader.remaining);
  const isExplicit = share === EXPLICIT_SHARE;
  return {
    ...{ salt, shareCommitments },
    share: { salt: shareSalt, seed: isExplicit ? null : rest, explicit: isExplicit ? [viewWords(rest)] : null },
  };
}
