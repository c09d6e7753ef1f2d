import { verifyTypedData } from "ethers";
import { lower } from "../chain/hex.ts";
import type { TypedMessage } from "./seat-signature.ts";

/** Whether an account has signed a message, as wallets do. False, never thrown, for what is no signature at all. */
export function isSignedBy(account: string, { domain, types, value }: TypedMessage, signature: string): boolean {
  try {
    return lower(verifyTypedData(domain, types, value, signature)) === lower(account);
  } catch {
    return false;
  }
}
