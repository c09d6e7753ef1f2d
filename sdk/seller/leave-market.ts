import type { Signer } from "ethers";
import type { Market } from "../network/open-market.ts";
import { sendTransaction } from "../network/send-transaction.ts";

/**
 * Takes a dataset out of a market's pool. Requests already made still use it, and still pay it. Returns the
 * transaction's hash.
 *
 * @example
 * await leaveMarket({ signer, market, datasetId });
 */
export async function leaveMarket(leave: { signer: Signer; market: Market; datasetId: bigint }): Promise<string> {
  const contract = leave.market.contract.connect(leave.signer);
  return (await sendTransaction(() => contract.leavePool(leave.datasetId))).hash;
}
