/**
 * Sealing to a node or to a buyer: HPKE, RFC 9180, mode base, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305.
 * The context of use goes into `info`: what was sealed for another chain, dataset, request, epoch or seat does not open.
 */
import { Chacha20Poly1305 } from "@hpke/chacha20poly1305";
import { CipherSuite, HkdfSha256 } from "@hpke/core";
import { DhkemX25519HkdfSha256 } from "@hpke/dhkem-x25519";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { ByteReader, ByteWriter, concatenateBytes, fixedBytes } from "../math/bytes.ts";
import type { PartyId } from "../math/party.ts";
import { SharingError } from "./errors.ts";

/** Bytes of a public and of a private key. */
export const SEALING_KEY_BYTES = 32;
/** Bytes by which sealing lengthens: the encapsulated key and the AEAD's tag. */
export const SEALING_OVERHEAD_BYTES = 32 + 16;

const suite = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Chacha20Poly1305(),
});

export interface SealingKeyPair {
  /** 32 bytes, public: registered on chain or named in a request. */
  readonly publicKey: Uint8Array;
  /** 32 bytes, secret. */
  readonly privateKey: Uint8Array;
}

export async function generateSealingKeyPair(): Promise<SealingKeyPair> {
  const pair = await suite.kem.generateKeyPair();
  return {
    publicKey: new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey)),
    privateKey: new Uint8Array(await suite.kem.serializePrivateKey(pair.privateKey)),
  };
}

/** `info` of a table's package for one node. Ids are 32 bytes or 0x-hex, the address 20 bytes or 0x-hex. */
export function sealingInfo(
  purpose: "upload",
  chainId: bigint,
  datasetRegistry: Uint8Array | string,
  datasetId: Uint8Array | string,
  committeeId: bigint,
  epoch: bigint,
  seat: PartyId,
): Uint8Array;
/** `info` of private inputs for one node; their id binds market and buyer. */
export function sealingInfo(
  purpose: "private-inputs",
  chainId: bigint,
  market: Uint8Array | string,
  inputsId: Uint8Array | string,
  committeeId: bigint,
  epoch: bigint,
  seat: PartyId,
): Uint8Array;
/** `info` of a node's output opening for the buyer. */
export function sealingInfo(
  purpose: "opening",
  chainId: bigint,
  market: Uint8Array | string,
  requestId: Uint8Array | string,
  seat: PartyId,
): Uint8Array;
export function sealingInfo(
  purpose: "upload" | "private-inputs" | "opening",
  chainId: bigint,
  contract: Uint8Array | string,
  id: Uint8Array | string,
  ...rest: [bigint, bigint, PartyId] | [PartyId]
): Uint8Array {
  const writer = new ByteWriter()
    .prefixed(utf8ToBytes(`sharebridge/1/${purpose}`))
    .prefixed(word256(chainId))
    .prefixed(fixedBytes("the contract's address", contract, 20))
    .prefixed(fixedBytes("the id", id, 32));
  for (const value of rest) writer.prefixed(word256(BigInt(value)));
  return writer.finish();
}

/**
 * enc(32) ‖ ciphertext.
 * @throws SharingError InvalidKey when the key is not an X25519 public key
 */
export async function seal(
  publicKey: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
): Promise<Uint8Array> {
  requireKey("public", publicKey);
  try {
    const recipientPublicKey = await suite.kem.deserializePublicKey(ownBuffer(publicKey));
    const sender = await suite.createSenderContext({ recipientPublicKey, info: ownBuffer(info) });
    const ciphertext = await sender.seal(ownBuffer(plaintext), ownBuffer(aad));
    return concatenateBytes([new Uint8Array(sender.enc), new Uint8Array(ciphertext)]);
  } catch (cause) {
    throw new SharingError("InvalidKey", "nothing can be sealed to this key; it must be a valid X25519 public key", {
      cause,
    });
  }
}

/**
 * The inverse of `seal`.
 * @throws SharingError SealedBytesRejected when the bytes were altered, or sealed to another key, context or aad
 */
export async function open(
  privateKey: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
  sealed: Uint8Array,
): Promise<Uint8Array> {
  requireKey("private", privateKey);
  if (sealed.length < SEALING_OVERHEAD_BYTES) {
    throw new SharingError(
      "SealedBytesRejected",
      `sealed bytes are at least ${SEALING_OVERHEAD_BYTES} long, these are ${sealed.length}`,
    );
  }
  const reader = new ByteReader(sealed);
  const enc = reader.bytes(SEALING_KEY_BYTES).buffer;
  const ciphertext = reader.bytes(reader.remaining).buffer;
  try {
    const recipientKey = await suite.kem.deserializePrivateKey(ownBuffer(privateKey));
    const recipient = await suite.createRecipientContext({ recipientKey, enc, info: ownBuffer(info) });
    return new Uint8Array(await recipient.open(ciphertext, ownBuffer(aad)));
  } catch {
    // The library's reason is dropped: which step failed is nobody's business.
    throw new SharingError("SealedBytesRejected", "these bytes were altered, or sealed for another key or another use");
  }
}

function requireKey(kind: "public" | "private", key: Uint8Array): void {
  if (key.length !== SEALING_KEY_BYTES) {
    throw new SharingError("InvalidKey", `a ${kind} sealing key has ${SEALING_KEY_BYTES} bytes, not ${key.length}`);
  }
}

/** A copy that owns its buffer: the library reads whole buffers, a view may be part of a larger one. */
function ownBuffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}

/** 32 bytes big-endian, as the EVM holds numbers. */
function word256(value: bigint): Uint8Array {
  if (value < 0n || value >= 1n << 256n)
    throw new SharingError("WrongShape", `${value} is not an unsigned 256-bit number`);
  return fixedBytes("a number", `0x${value.toString(16).padStart(64, "0")}`, 32);
}
