import type { Signer } from "ethers";
import type { Market } from "../network/open-market.ts";
import { sendTransaction } from "../network/send-transaction.ts";
import { earningsIn } from "./earnings.ts";

export interface Payout {
  readonly market: string;
  readonly token: string;
  readonly amount: bigint;
  /** The dataset whose earnings were claimed; absent for what the account earned as author, operator or owner. */
  readonly datasetId?: bigint;
  readonly transactionHash: string;
}

/**
 * Takes everything that the signer has earned in a market: claims each of its datasets with earnings, then withdraws its
 * own balance. Nothing to take is an empty list.
 *
 * @example
 * const payouts = await withdrawEarnings({ signer, market });
 */
export async function withdrawEarnings(withdrawal: { signer: Signer; market: Market }): Promise<Payout[]> {
  const { signer, market } = withdrawal;
  const { token, datasets, withdrawable } = await earningsIn(market, await signer.getAddress());
  const contract = market.contract.connect(signer);
  const payouts: Payout[] = [];
  for (const { datasetId, claimable } of datasets) {
    if (claimable === 0n) continue;
    const receipt = await sendTransaction(() => contract.claim(datasetId));
    const paid = receipt.logs
      .map((log) => market.contract.interface.parseLog(log))
      .find((log) => log?.name === "Claimed");
    const amount: bigint = paid?.args.amount ?? 0n;
    payouts.push({ market: market.address, token, amount, datasetId, transactionHash: receipt.hash });
  }
  if (withdrawable > 0n) {
    const receipt = await sendTransaction(() => contract.withdraw());
    const paid = receipt.logs
      .map((log) => market.contract.interface.parseLog(log))
      .find((log) => log?.name === "Withdrawn");
    const amount: bigint = paid?.args.amount ?? 0n;
    payouts.push({ market: market.address, token, amount, transactionHash: receipt.hash });
  }
  return payouts;
}
