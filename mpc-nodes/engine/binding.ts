import { AbiCoder, getBytes, id, keccak256 } from "ethers";
import type { SessionKind } from "./session-id.ts";

/** All that a session's keys and randomness are bound to (PROTOCOL 3): what four nodes must agree on to compute together. */
export interface SessionTerms {
  readonly chainId: bigint;
  /** Address of the market. */
  readonly market: string;
  /** bytes32, like `algorithm` and `poolHash`. */
  readonly requestId: string;
  readonly epoch: bigint;
  /** Hash of the program. */
  readonly algorithm: string;
  readonly poolHash: string;
  /** Bitmap of the seats that compute. */
  readonly activeSet: number;
  readonly attempt: number;
}

/** Says what the hash is of, so that no other hash of the system can be taken for it. */
const TAGS: Readonly<Record<SessionKind, string>> = {
  compute: id("sharebridge/1/session"),
  settle: id("sharebridge/1/settlement"),
};

const REQUEST_TAG = id("sharebridge/1/request");

const REQUEST_TYPES = ["bytes32", "uint256", "address", "bytes32", "uint64", "bytes32", "bytes32"];
const TYPES = [...REQUEST_TYPES, "uint8", "uint32"];

/**
 * The 32 bytes that `openSession` mixes into every key: nodes that disagree on any of the terms share no key, and their
 * first check fails.
 */
export function bindingOf(terms: SessionTerms, kind: SessionKind = "compute"): Uint8Array {
  const { chainId, market, requestId, epoch, algorithm, poolHash, activeSet, attempt } = terms;
  const values = [TAGS[kind], chainId, market, requestId, epoch, algorithm, poolHash, activeSet, attempt];
  return getBytes(keccak256(AbiCoder.defaultAbiCoder().encode(TYPES, values)));
}

/** The 32 bytes that name a request whatever the attempt: what its own keys are bound to (PROTOCOL 8). */
export function requestBindingOf(terms: Omit<SessionTerms, "attempt" | "activeSet">): Uint8Array {
  const { chainId, market, requestId, epoch, algorithm, poolHash } = terms;
  const values = [REQUEST_TAG, chainId, market, requestId, epoch, algorithm, poolHash];
  return getBytes(keccak256(AbiCoder.defaultAbiCoder().encode(REQUEST_TYPES, values)));
}
