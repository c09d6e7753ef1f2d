/** Whether a market that somebody names to a node is one that it serves. */
import type { ChainTerms, ChainView } from "../chain/chain-reader.ts";
import type { NodeContext } from "./context.ts";
import { NodeError } from "./errors.ts";

/** Throws `UnknownMarket` for what the factory did not make. */
export async function checkMarket(view: ChainView, market: string): Promise<void> {
  if (!(await view.isMarket(market))) {
    throw new NodeError("UnknownMarket", `${market} is not a market of this node's factory`);
  }
}

/** Throws `WrongCommittee`. */
export function checkCommittee({ committeeId }: NodeContext, market: string, terms: ChainTerms): void {
  if (terms.committeeId === committeeId) return;
  throw new NodeError(
    "WrongCommittee",
    `market ${market} is computed by committee ${terms.committeeId}, not ${committeeId}`,
  );
}
