/**
 * A node's keys: one file, `keys.json`, mode 0600, written once and never overwritten.
 *
 * signing: secp256k1, signs answers, receipts and approvals. sealing: X25519, opens what sellers seal to this node.
 * tls: Ed25519 with a self-signed certificate, the node's identity among its peers. storage: AES-256, seals the store.
 */
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { getBytes, hexlify, randomBytes, Wallet } from "ethers";
import { z } from "zod";
import type { PublicIdentity } from "../chain/seat.ts";
import { generateSealingKeyPair } from "../sharing/sealing.ts";
import { STORAGE_KEY_BYTES } from "../store/at-rest.ts";
import { createTlsIdentity, tlsKeyHash } from "../transport/certificate.ts";
import { KeyError } from "./key-error.ts";

export const KEYS_FILE = "keys.json";
const OTHERS = 0o077;

const bytes32 = z.string().regex(/^0x[0-9a-f]{64}$/);
const keysSchema = z.strictObject({
  version: z.literal(1),
  signingKey: bytes32,
  sealingPrivateKey: bytes32,
  sealingPublicKey: bytes32,
  tlsKeyPem: z.string().startsWith("-----BEGIN PRIVATE KEY-----"),
  tlsCertificatePem: z.string().startsWith("-----BEGIN CERTIFICATE-----"),
  storageKey: bytes32,
});

/** All secret but the sealing public key and the certificate. */
export interface NodeKeys {
  readonly signer: Wallet;
  readonly sealingPrivateKey: Uint8Array;
  readonly sealingPublicKey: Uint8Array;
  readonly tlsKeyPem: string;
  readonly tlsCertificatePem: string;
  readonly storageKey: Uint8Array;
}

/** Creates the folder (mode 0700) and fresh keys in it. Throws `KeysExist`. */
export async function createKeys(folder: string): Promise<NodeKeys> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const sealing = await generateSealingKeyPair();
  const tls = await createTlsIdentity();
  const keys: z.infer<typeof keysSchema> = {
    version: 1,
    signingKey: Wallet.createRandom().privateKey,
    sealingPrivateKey: hexlify(sealing.privateKey),
    sealingPublicKey: hexlify(sealing.publicKey),
    tlsKeyPem: tls.keyPem,
    tlsCertificatePem: tls.certificatePem,
    storageKey: hexlify(randomBytes(STORAGE_KEY_BYTES)),
  };
  const file = join(folder, KEYS_FILE);
  try {
    writeFileSync(file, `${JSON.stringify(keys, null, 2)}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new KeyError("KeysExist", `${file} exists; keys are never overwritten: choose another folder`);
  }
  chmodSync(file, 0o600);
  return loadKeys(folder);
}

/** Throws `KeysMissing`, `KeysExposed` when others can read the file, `KeysMalformed`; never with a key in the message. */
export function loadKeys(folder: string): NodeKeys {
  const file = join(folder, KEYS_FILE);
  let mode: number;
  try {
    mode = statSync(file).mode;
  } catch {
    throw new KeyError("KeysMissing", `${file} is missing: run init first`);
  }
  if ((mode & OTHERS) !== 0) {
    const shown = (mode & 0o777).toString(8);
    throw new KeyError(
      "KeysExposed",
      `${file} has mode ${shown}: others can reach the keys; chmod 600 it, or replace the keys`,
    );
  }
  const keys = parse(readFileSync(file, "utf8"));
  if (keys === null) throw new KeyError("KeysMalformed", `${file} is not what init writes: restore it from a backup`);
  return {
    signer: new Wallet(keys.signingKey),
    sealingPrivateKey: getBytes(keys.sealingPrivateKey),
    sealingPublicKey: getBytes(keys.sealingPublicKey),
    tlsKeyPem: keys.tlsKeyPem,
    tlsCertificatePem: keys.tlsCertificatePem,
    storageKey: getBytes(keys.storageKey),
  };
}

function parse(text: string): z.infer<typeof keysSchema> | null {
  try {
    return keysSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** What the committee registry is told about this node. */
export function publicIdentity(keys: NodeKeys): PublicIdentity {
  return {
    signer: keys.signer.address,
    sealingKey: hexlify(keys.sealingPublicKey),
    tlsKeyHash: tlsKeyHash(keys.tlsCertificatePem),
  };
}
