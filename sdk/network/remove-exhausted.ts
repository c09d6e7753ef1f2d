import { exhaustionTypes, marketDomain, SIGNATURES_REQUIRED } from "@sharebridge/contracts/typed-data.ts";
import { concat, getAddress, type Signer, toBeHex, verifyTypedData } from "ethers";
import { z } from "zod";
import { SdkError } from "../errors/sdk-error.ts";
import { callNode, type NodeCallOptions } from "./call-node.ts";
import { forEachSeat } from "./each-node.ts";
import { type Market, type NodeSeat, seatsOf } from "./open-market.ts";
import { sendTransaction } from "./send-transaction.ts";

const answerShape = z.object({ signature: z.string().regex(/^0x[0-9a-f]{130}$/i) });

/**
 * Takes a dataset out of a market whose policy allows no further request there (`UsesExhausted`, `BudgetExhausted`), on the word of
 * three nodes, so that the market computes again. Anyone may; it does not come back. Returns the transaction's hash.
 *
 * @example
 * await removeExhausted({ signer, market, datasetId });
 *
 * @throws SdkError TooFewConfirmations, with what each node says; Reverted
 */
export async function removeExhausted(removal: {
  signer: Signer;
  market: Market;
  datasetId: bigint;
  nodes?: NodeCallOptions;
}): Promise<string> {
  const { signer, market, datasetId, nodes = {} } = removal;
  const { committeeId, epoch } = await market.connection.datasets.datasetOf(datasetId);
  const seats = await seatsOf(market.connection, committeeId, epoch);
  const { successes, failures } = await forEachSeat(seats, (seat) => confirmation(market, datasetId, seat, nodes));
  if (successes.length < SIGNATURES_REQUIRED) {
    throw new SdkError(
      "TooFewConfirmations",
      `${successes.length} of the four nodes say that the dataset is used up; ${SIGNATURES_REQUIRED} are needed. ${failures.map(({ error }) => error.message).join(" ")}`,
    );
  }
  const bitmap = successes.reduce((bits, { seat }) => bits | (1 << seat.seat), 0);
  const signatures = concat(successes.map(({ value }) => value));
  const contract = market.contract.connect(signer);
  return (await sendTransaction(() => contract.removeExhausted(datasetId, bitmap, signatures))).hash;
}

/** One node's signature, checked, so that a bad one does not cost a failed transaction. */
async function confirmation(
  market: Market,
  datasetId: bigint,
  seat: NodeSeat,
  options: NodeCallOptions,
): Promise<string> {
  const path = `/v1/datasets/${toBeHex(datasetId, 32)}/exhaustion`;
  const call = {
    seat: seat.seat,
    endpoint: seat.endpoint,
    method: "POST",
    path,
    body: { market: market.address },
  } as const;
  const { signature } = await callNode(call, answerShape, options);
  const domain = marketDomain(market.connection.chainId, market.address);
  if (isBy(seat.signer, domain, { datasetId }, signature)) return signature;
  throw new SdkError("NodeAnswerInvalid", `Node ${seat.seat} gives a word that its key on chain did not sign.`);
}

function isBy(signer: string, domain: ReturnType<typeof marketDomain>, message: object, signature: string): boolean {
  try {
    return getAddress(verifyTypedData(domain, exhaustionTypes, message, signature)) === signer;
  } catch {
    return false;
  }
}
