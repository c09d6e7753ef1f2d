/** Ids from outside: checked before they are used anywhere. */
import { getAddress } from "ethers";
import { isAddress20, isBytes32, lower } from "../chain/hex.ts";
import { NodeError } from "./errors.ts";

/** Lower-case bytes32; throws `Malformed`. `what` begins the sentence, e.g. "a request id". */
export function requireBytes32(what: string, value: unknown): string {
  if (!isBytes32(value)) throw new NodeError("Malformed", `${what} is 0x and 64 hex digits`);
  return lower(value);
}

/** Checksummed address; throws `Malformed`. */
export function requireAddress(what: string, value: unknown): string {
  if (!isAddress20(value)) throw new NodeError("Malformed", `${what} is an address, 0x and 40 hex digits`);
  return getAddress(lower(value));
}
