import { termsMismatch } from "@sharebridge/algorithms/language/market-terms.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { SdkError } from "../errors/sdk-error.ts";
import type { Market } from "./open-market.ts";

/**
 * Checks what a market's terms say of its program: what an answer costs in privacy, and the groups that are opened. The contract
 * cannot read programs; nodes compute nothing, and give no receipt, for a market whose terms are wrong.
 *
 * @throws SdkError WrongTerms
 */
export function checkTerms(market: Market, program: Program): void {
  const mismatch = termsMismatch(program, market.terms);
  if (mismatch === null) return;
  throw new SdkError(
    "WrongTerms",
    `The terms of the market ${market.address} are wrong: ${mismatch}. No node computes for it. Use another market.`,
  );
}
