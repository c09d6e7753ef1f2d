/** One question to the endpoint: its failures become sentences that carry nothing of the endpoint's URL. */
import { isError } from "ethers";
import { ChainError } from "./errors.ts";

/** Throws `ChainUnreachable` for whatever goes wrong. `what` completes "the RPC endpoint did not tell the …". */
export async function asChainError<T>(what: string, question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    if (error instanceof ChainError) throw error;
    throw new ChainError(
      "ChainUnreachable",
      `the RPC endpoint did not tell the ${what} (${codeOf(error)}); try again later`,
    );
  }
}

/** The same, but a call that the contract reverted with the custom error `errorName` answers null. */
export async function nullOnRevert<T>(what: string, errorName: string, question: () => Promise<T>): Promise<T | null> {
  return asChainError(what, async () => {
    try {
      return await question();
    } catch (error) {
      if (isError(error, "CALL_EXCEPTION") && error.revert?.name === errorName) return null;
      throw error;
    }
  });
}

/** Ethers' closed set of codes, or a system error's; messages may hold the URL and stay out. */
function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && /^[A-Z_]+$/.test(code) ? code : "unknown error";
}
