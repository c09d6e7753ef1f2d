import { marketDomain, receiptTypes } from "@sharebridge/contracts/typed-data.ts";
import { isPartyId, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { getAddress, toBeHex, verifyTypedData } from "ethers";
import { z } from "zod";
import { SdkError } from "../errors/sdk-error.ts";
import { callNode, type NodeCallOptions, NodeRefusal, pause } from "../network/call-node.ts";
import type { Market, NodeSeat } from "../network/open-market.ts";

/** A node's word that the committee counts so many rows valid, and that it holds the shares of these rows. */
export interface Receipt {
  readonly seat: PartyId;
  readonly validRows: number;
  /** To the shares of the valid rows; the dataset's own commitment where all are valid. bytes32. */
  readonly validCommitment: string;
  /** 65 bytes, 0x-hex. */
  readonly signature: string;
}

const answerShape = z.object({
  seat: z.int().refine(isPartyId),
  validRows: z.int().min(1).max(4_294_967_295),
  validCommitment: z.string().regex(/^0x[0-9a-f]{64}$/),
  signature: z.string().regex(/^0x[0-9a-f]{130}$/i),
});

/**
 * Asks one node for its receipt and checks the signature, so that a bad one does not cost a failed transaction. The first time that
 * a dataset is to join a market the nodes check its rows together; as long as they do, it is asked again.
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
  const call = {
    seat: seat.seat,
    endpoint: seat.endpoint,
    method: "POST",
    path: `/v1/datasets/${toBeHex(datasetId, 32)}/receipts`,
    body: { market: market.address },
  } as const;
  const { validRows, validCommitment, signature } = await whenChecked(
    () => callNode(call, answerShape, options),
    options,
  );
  const domain = marketDomain(market.connection.chainId, market.address);
  if (signerOf(domain, { datasetId, commitment, epoch, validRows, validCommitment }, signature) !== seat.signer) {
    throw new SdkError("NodeAnswerInvalid", `Node ${seat.seat} gives a receipt that its key on chain did not sign.`);
  }
  return { seat: seat.seat, validRows, validCommitment, signature };
}

/** Of so many rounds of tries, each some twenty seconds: the largest table takes minutes. */
const ROUNDS_OF_TRIES = 60;

/** What a node answers once the rows are checked: it says so when they are not yet. */
async function whenChecked<T>(ask: () => Promise<T>, { retryDelayMs = 500, signal }: NodeCallOptions): Promise<T> {
  for (let round = 1; ; round += 1) {
    try {
      return await ask();
    } catch (error) {
      const isUnderWay =
        error instanceof NodeRefusal && (error.nodeCode === "RowsBeingChecked" || error.nodeCode === "QueueFull");
      if (!isUnderWay || round >= ROUNDS_OF_TRIES) throw error;
      await pause(2 * retryDelayMs, signal);
    }
  }
}

function signerOf(domain: ReturnType<typeof marketDomain>, receipt: object, signature: string): string | null {
  try {
    return getAddress(verifyTypedData(domain, receiptTypes, receipt, signature));
  } catch {
    return null;
  }
}

/**
 * The largest set of receipts that agree on the valid rows; the contract wants the same from at least three.
 * Seats ascending.
 */
export function agreeingReceipts(receipts: readonly Receipt[]): Receipt[] {
  const groups = Map.groupBy(receipts, ({ validRows, validCommitment }) => `${validRows} ${validCommitment}`);
  const [largest = []] = [...groups.values()].sort((a, b) => b.length - a.length);
  return largest.toSorted((a, b) => a.seat - b.seat);
}
