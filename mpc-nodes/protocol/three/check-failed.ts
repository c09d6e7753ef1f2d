import { ProtocolError } from "../errors.ts";

/** It names nobody: among three, who is left out next is fixed already. */
export function checkFailed(): ProtocolError {
  const message = "a product is wrong, or was said to be: one of the two peers deviates; nothing was opened";
  return new ProtocolError("CheckFailed", message);
}
