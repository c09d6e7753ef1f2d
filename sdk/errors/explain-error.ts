import { isError } from "ethers";
import { decodeRevert, isKnownRevert } from "./decode-revert.ts";
import { SdkError } from "./sdk-error.ts";

/**
 * Any error of a call or transaction as an `SdkError` with a sentence. Finds revert data wherever libraries and
 * providers put them (`data`, `error.data`, `info.error.data`, `cause`), and names the common failures of RPC and wallet.
 *
 * @example
 * try { await market.cancel(id, request); } catch (error) { throw explainError(error); }
 */
export function explainError(error: unknown): SdkError {
  if (error instanceof SdkError) return error;
  const data = findRevertData(error, 0);
  if (data !== null) return new SdkError("Reverted", decodeRevert(data).sentence, { cause: error });
  if (isError(error, "INSUFFICIENT_FUNDS")) {
    return new SdkError("InsufficientBalance", "The account cannot pay the gas. Send it some of the chain's coin.", {
      cause: error,
    });
  }
  if (isError(error, "ACTION_REJECTED")) {
    return new SdkError("Aborted", "The wallet's owner declined. Nothing was sent.", { cause: error });
  }
  if (isError(error, "NONCE_EXPIRED") || isError(error, "REPLACEMENT_UNDERPRICED")) {
    return new SdkError(
      "Reverted",
      "Another transaction of this account came first. Wait until it is mined, and try again.",
      { cause: error },
    );
  }
  if (isError(error, "NETWORK_ERROR") || isError(error, "TIMEOUT") || isConnectionFailure(error, 0)) {
    return new SdkError("ChainUnreachable", "The chain's RPC does not answer. Check rpcUrl and that the chain runs.", {
      cause: error,
    });
  }
  if (isError(error, "BAD_DATA")) {
    return new SdkError(
      "NoContract",
      "A contract does not answer as expected: there is none at that address, or it is another one. Check the network file.",
      { cause: error },
    );
  }
  if (isError(error, "CALL_EXCEPTION")) {
    const reason = error.reason === null ? decodeRevert("0x").sentence : `The contract refused: ${error.reason}.`;
    return new SdkError("Reverted", reason, { cause: error });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new SdkError("Reverted", `Unexpected failure: ${message.slice(0, 300)}`, { cause: error });
}

const PLACES = ["data", "error", "info", "cause", "revert", "payload"] as const;

function findRevertData(value: unknown, depth: number): string | null {
  if (isKnownRevert(value)) return value;
  if (typeof value !== "object" || value === null || depth > 6) return null;
  for (const place of PLACES) {
    const found = findRevertData((value as Record<string, unknown>)[place], depth + 1);
    if (found !== null) return found;
  }
  return null;
}

function isConnectionFailure(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null || depth > 4) return false;
  const { code, cause, error } = value as { code?: unknown; cause?: unknown; error?: unknown };
  if (typeof code === "string" && /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EAI_AGAIN)$/.test(code)) return true;
  return isConnectionFailure(cause, depth + 1) || isConnectionFailure(error, depth + 1);
}
