import { AbiCoder, keccak256 } from "ethers";

/**
 * Id of the session in which four nodes compute one attempt at a request: keccak256(abi.encode(requestId, attempt)).
 * Each node derives it from the chain; nobody assigns it.
 *
 * @param requestId 32 bytes, 0x-hex.
 * @param attempt From 0; a session id is good once, so a retry counts up.
 */
export function sessionIdOf(requestId: string, attempt: number): string {
  return keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "uint32"], [requestId, attempt]));
}
