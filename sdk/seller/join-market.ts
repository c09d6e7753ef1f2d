import { SIGNATURES_REQUIRED } from "@sharebridge/contracts/typed-data.ts";
import { concat, type Signer } from "ethers";
import { SdkError } from "../errors/sdk-error.ts";
import type { Market } from "../network/open-market.ts";
import { sendTransaction } from "../network/send-transaction.ts";
import type { Receipt } from "./collect-receipt.ts";

/**
 * Puts a dataset into a market's pool with the nodes' receipts. Returns the transaction's hash.
 *
 * @example
 * await joinMarket({ signer, market, datasetId, receipts });
 *
 * @throws SdkError TooFewReceipts, Reverted
 */
export async function joinMarket(join: {
  signer: Signer;
  market: Market;
  datasetId: bigint;
  /** Agreeing, seats ascending (`agreeingReceipts`). */
  receipts: readonly Receipt[];
}): Promise<string> {
  const { signer, market, datasetId, receipts } = join;
  if (receipts.length < SIGNATURES_REQUIRED) {
    throw new SdkError(
      "TooFewReceipts",
      `${receipts.length} of the nodes gave receipts that agree; ${SIGNATURES_REQUIRED} are needed. Run the same command again when more nodes answer.`,
    );
  }
  const seats = receipts.reduce((bitmap, { seat }) => bitmap | (1 << seat), 0);
  const signatures = concat(receipts.map(({ signature }) => signature));
  const contract = market.contract.connect(signer);
  const { validRows, validCommitment } = receipts[0];
  const receipt = await sendTransaction(() => contract.join(datasetId, validRows, validCommitment, seats, signatures));
  return receipt.hash;
}
