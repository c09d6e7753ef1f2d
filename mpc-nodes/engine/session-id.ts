import { AbiCoder, id, keccak256 } from "ethers";

/** An attempt is computed in one session, and why it failed is settled in another. */
export type SessionKind = "compute" | "settle";

const SETTLE = id("sharebridge/1/settle");

/**
 * Id of the session of one attempt at a request: keccak256(abi.encode(requestId, attempt)), and with a tag behind it for the
 * settlement. Each node derives it from the chain; nobody assigns it.
 *
 * @param requestId 32 bytes, 0x-hex.
 * @param attempt From 0; a session id is good once, so a retry counts up.
 */
export function sessionIdOf(requestId: string, attempt: number, kind: SessionKind = "compute"): string {
  const coder = AbiCoder.defaultAbiCoder();
  if (kind === "compute") return keccak256(coder.encode(["bytes32", "uint32"], [requestId, attempt]));
  return keccak256(coder.encode(["bytes32", "uint32", "bytes32"], [requestId, attempt, SETTLE]));
}
