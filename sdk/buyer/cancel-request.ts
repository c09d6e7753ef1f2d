import type { Signer } from "ethers";
import { formatTime } from "../errors/decode-revert.ts";
import { SdkError } from "../errors/sdk-error.ts";
import type { Connection } from "../network/connect.ts";
import { findRequest } from "../network/find-request.ts";
import { sendTransaction } from "../network/send-transaction.ts";

export interface CancelledRequest {
  readonly requestId: string;
  readonly buyer: string;
  /** In the market's token. */
  readonly refund: bigint;
  readonly transactionHash: string;
}

/**
 * Gives the buyer the price back when nobody answered in time. Anyone may call it, once the deadline has passed.
 *
 * @example
 * const { refund } = await cancelRequest({ signer, connection, requestId });
 *
 * @throws SdkError UnknownRequest, Reverted
 */
export async function cancelRequest(cancel: {
  signer: Signer;
  connection: Connection;
  requestId: string;
}): Promise<CancelledRequest> {
  const { request, market, requestId } = await findRequest(cancel.connection, cancel.requestId);
  const block = await cancel.connection.provider.getBlock("latest");
  const status = await market.contract.statusOf(requestId);
  const now = BigInt(Math.max(block?.timestamp ?? 0, Math.floor(Date.now() / 1000)));
  if (status === 1n && now <= request.deadlineUnixS) {
    throw new SdkError(
      "Reverted",
      `The request can be cancelled only after its deadline ${formatTime(request.deadlineUnixS)}. Wait for the answer until then.`,
    );
  }
  const contract = market.contract.connect(cancel.signer);
  const receipt = await sendTransaction(() => contract.cancel(requestId, request));
  return { requestId, buyer: request.buyer, refund: request.price, transactionHash: receipt.hash };
}
