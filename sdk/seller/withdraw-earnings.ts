import type { ContractTransactionReceipt, Signer } from "ethers";
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
 * Takes everything that the signer has earned in a market: claims each dataset that it owns and that has earnings, then
 * withdraws its own balance. Nothing to take is an empty list.
 *
 * @example
 * const payouts = await withdrawEarnings({ signer, market });
 */
export async function withdrawEarnings(withdrawal: { signer: Signer; market: Market }): Promise<Payout[]> {
  const { signer, market } = withdrawal;
  const account = await signer.getAddress();
  const { token, datasets, withdrawable } = await earningsIn(market, account);
  const contract = market.contract.connect(signer);
  const payouts: Payout[] = [];
  for (const { datasetId, claimable } of datasets) {
    if (claimable === 0n) continue;
    const receipt = await sendTransaction(() => contract.claim(datasetId));
    // Check: a claim pays whoever owns the dataset when it is mined; if it was sold in between, it paid someone else.
    const amount = paidTo(account, "Claimed", market, receipt);
    if (amount > 0n) {
      payouts.push({ market: market.address, token, amount, datasetId, transactionHash: receipt.hash });
    }
  }
  if (withdrawable > 0n) {
    const receipt = await sendTransaction(() => contract.withdraw());
    const amount = paidTo(account, "Withdrawn", market, receipt);
    payouts.push({ market: market.address, token, amount, transactionHash: receipt.hash });
  }
  return payouts;
}

/** What the market's own event says that an account was paid. */
function paidTo(
  account: string,
  name: "Claimed" | "Withdrawn",
  market: Market,
  receipt: ContractTransactionReceipt,
): bigint {
  const recipient = name === "Claimed" ? "to" : "account";
  return receipt.logs
    .filter((log) => log.address === market.address)
    .map((log) => market.contract.interface.parseLog(log))
    .filter((log) => log?.name === name && log.args[recipient] === account)
    .reduce((sum, log) => sum + BigInt(log?.args.amount), 0n);
}
