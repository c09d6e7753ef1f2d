import { marketDomain, receiptTypes } from "@sharebridge/contracts/typed-data.ts";
import { isPartyId, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { getAddress, toBeHex, verifyTypedData } from "ethers";
import { z } from "zod";
import { SdkError } from "../errors/sdk-error.ts";
import { callNode, type NodeCallOptions } from "../network/call-node.ts";
import type { Market, NodeSeat } from "../network/open-market.ts";

/** A node's word that it holds a dataset's shares and counts so many rows valid. */
export interface Receipt {
  readonly seat: PartyId;
  readonly validRows: number;
  /** 65 bytes, 0x-hex. */
  readonly signature: string;
}

const answerShape = z.object({
  seat: z.int().refine(isPartyId),
  validRows: z.int().min(0).max(4_294_967_295),
  signature: z.string().regex(/^0x[0-9a-f]{130}$/i),
});

/**
 * Asks one node for its receipt and checks the signature, so that a bad one does not cost a failed transaction.
 *
 * @example
 * const receipt = await collectReceipt(market, { datasetId, commitment, epoch }, seat);
 *
 * @throws SdkError NodeUnreachable, NodeAnswerInvalid; NodeRefusal
 */
export async function collectReceipt(
  market: Market,
  dataset: { datasetId: bigint; commitment: string; epoch: bigint },
  seat: NodeSeat,
  options: NodeCallOptions = {},
): Promise<Receipt> {
  const { datasetId, commitment, epoch } = dataset;
  const { validRows, signature } = await callNode(
    {
      seat: seat.seat,
      endpoint: seat.endpoint,
      method: "POST",
      path: `/v1/datasets/${toBeHex(datasetId, 32)}/receipts`,
      body: { market: market.address },
    },
    answerShape,
    options,
  );
  const domain = marketDomain(market.connection.chainId, market.address);
  if (signerOf(domain, { datasetId, commitment, epoch, validRows }, signature) !== seat.signer) {
    throw new SdkError("NodeAnswerInvalid", `Node ${seat.seat} gives a receipt that its key on chain did not sign.`);
  }
  return { seat: seat.seat, validRows, signature };
}

function signerOf(domain: ReturnType<typeof marketDomain>, receipt: object, signature: string): string | null {
  try {
    return getAddress(verifyTypedData(domain, receiptTypes, receipt, signature));
  } catch {
    return null;
  }
}

/**
 * The largest set of receipts that agree on the number of valid rows; the contract wants one number from at least three.
 * Seats ascending.
 */
export function agreeingReceipts(receipts: readonly Receipt[]): Receipt[] {
  const groups = Map.groupBy(receipts, ({ validRows }) => validRows);
  const [largest = []] = [...groups.values()].sort((a, b) => b.length - a.length);
  return largest.toSorted((a, b) => a.seat - b.seat);
}
