import type { ContractTransactionReceipt, ContractTransactionResponse } from "ethers";
import { explainError } from "../errors/explain-error.ts";
import { SdkError } from "../errors/sdk-error.ts";

/**
 * Sends a transaction and waits until it is mined; a revert becomes a sentence.
 *
 * @example
 * const receipt = await sendTransaction(() => market.contract.connect(signer).leavePool(datasetId));
 */
export async function sendTransaction(
  send: () => Promise<ContractTransactionResponse>,
): Promise<ContractTransactionReceipt> {
  try {
    const receipt = await (await send()).wait();
    if (receipt === null)
      throw new SdkError("Reverted", "The transaction was replaced before it was mined. Send it again.");
    return receipt;
  } catch (error) {
    throw explainError(error);
  }
}
