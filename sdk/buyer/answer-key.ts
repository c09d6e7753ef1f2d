import { generateSealingKeyPair } from "@sharebridge/mpc-nodes/sharing/sealing.ts";
import { hexlify } from "ethers";

/**
 * The key pair that an answer is sealed to. Whoever loses the private key loses the answer, and the price with it: no
 * node can open it, nobody can make it again.
 */
export interface AnswerKey {
  /** X25519, 0x-hex; stands in the request. */
  readonly publicKey: string;
  /** X25519, 0x-hex; never leaves the buyer. */
  readonly privateKey: string;
}

/** Where a buyer keeps answer keys. `save` must be durable when it resolves: the request is sent, and paid, after it. */
export interface AnswerKeyStore {
  save(key: AnswerKey): Promise<void>;
  /** The key pair for a public key, or null. */
  load(publicKey: string): Promise<AnswerKey | null>;
}

/**
 * Makes a key pair for one answer.
 *
 * @example
 * const key = await createAnswerKey();
 */
export async function createAnswerKey(): Promise<AnswerKey> {
  const { publicKey, privateKey } = await generateSealingKeyPair();
  return { publicKey: hexlify(publicKey), privateKey: hexlify(privateKey) };
}

/** Keys in memory: for tests, and for pages that let the user download the key. */
export function memoryKeyStore(): AnswerKeyStore {
  const keys = new Map<string, AnswerKey>();
  return {
    save: async (key) => void keys.set(key.publicKey, key),
    load: async (publicKey) => keys.get(publicKey.toLowerCase()) ?? null,
  };
}
