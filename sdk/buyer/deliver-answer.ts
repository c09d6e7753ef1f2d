import {
  answerTypes,
  encodeProof,
  type MarketAnswer,
  marketDomain,
  SIGNATURES_REQUIRED,
} from "@sharebridge/contracts/typed-data.ts";
import { concat, getAddress, keccak256, type Signer, verifyTypedData } from "ethers";
import { z } from "zod";
import { SdkError } from "../errors/sdk-error.ts";
import { callNode, type NodeCallOptions } from "../network/call-node.ts";
import type { Connection } from "../network/connect.ts";
import { type FoundRequest, findRequest } from "../network/find-request.ts";
import { type NodeSeat, seatsOf } from "../network/open-market.ts";
import { sendTransaction } from "../network/send-transaction.ts";

const hex32 = z.string().regex(/^0x[0-9a-f]{64}$/i);
const signedShape = z.object({
  state: z.string(),
  answer: z
    .object({
      result: z.string().regex(/^0x([0-9a-f]{2})*$/i),
      answer: z.object({
        requestId: hex32,
        status: z.coerce.number(),
        outputsHash: hex32,
        budgetSpent: z.coerce.bigint(),
        attempt: z.coerce.number(),
        activeSet: z.coerce.number(),
        proofType: z.coerce.number(),
      }),
      signature: z.string().regex(/^0x[0-9a-f]{130}$/i),
    })
    .optional(),
});

interface Signed {
  readonly seat: number;
  readonly result: string;
  readonly answer: MarketAnswer;
  readonly signature: string;
}

/**
 * Delivers an answer without any oracle: collects the nodes' signatures and gives them to the market. For when the oracle
 * route fails; anyone may do it, and whoever does can change nothing.
 *
 * @example
 * await deliverAnswer({ signer, connection, requestId });
 *
 * @throws SdkError UnknownRequest, AnswerUnavailable while fewer than three nodes have signed one answer, Reverted
 */
export async function deliverAnswer(delivery: {
  signer: Signer;
  connection: Connection;
  requestId: string;
  nodes?: NodeCallOptions;
}): Promise<{ requestId: string; transactionHash: string; seats: number[] }> {
  const found = await findRequest(delivery.connection, delivery.requestId);
  const { request, requestId, market } = found;
  const seats = await seatsOf(delivery.connection, market.terms.committeeId, request.epoch);
  const reasons: string[] = [];
  const signed: Signed[] = [];
  await Promise.all(
    seats.map(async (seat) => {
      try {
        signed.push(await fetchSigned(found, seat, delivery.nodes));
      } catch (error) {
        if (!(error instanceof SdkError) || error.code === "Aborted") throw error;
        reasons.push(error.message);
      }
    }),
  );
  const groups = Map.groupBy(signed, ({ answer }) => `${answer.outputsHash} ${answer.attempt} ${answer.activeSet}`);
  const [agreeing = []] = [...groups.values()].sort((a, b) => b.length - a.length);
  if (agreeing.length < SIGNATURES_REQUIRED) {
    throw new SdkError(
      "AnswerUnavailable",
      `${agreeing.length} nodes have signed one answer; ${SIGNATURES_REQUIRED} are needed. ${reasons.join(" ")} Try again in a moment.`,
    );
  }
  const chosen = agreeing.toSorted((a, b) => a.seat - b.seat).slice(0, SIGNATURES_REQUIRED);
  const { answer, result } = chosen[0];
  const proof = encodeProof(market.address, {
    request,
    answer,
    signerSeats: chosen.reduce((bitmap, { seat }) => bitmap | (1 << seat), 0),
    signatures: concat(chosen.map(({ signature }) => signature)),
  });
  const contract = market.contract.connect(delivery.signer);
  const receipt = await sendTransaction(() => contract.deliver(requestId, result, proof));
  return { requestId, transactionHash: receipt.hash, seats: chosen.map(({ seat }) => seat) };
}

/** One node's signed answer, checked: made for this request, over this result, by the seat's key. */
async function fetchSigned(
  { market, requestId }: FoundRequest,
  seat: NodeSeat,
  nodes: NodeCallOptions = {},
): Promise<Signed> {
  const call = { seat: seat.seat, endpoint: seat.endpoint, method: "GET", path: `/v1/requests/${requestId}` } as const;
  const report = await callNode(call, signedShape, nodes);
  if (report.answer === undefined) {
    throw new SdkError("AnswerUnavailable", `Node ${seat.seat} has not signed yet (${report.state.slice(0, 20)}).`);
  }
  const { answer, result, signature } = report.answer;
  const domain = marketDomain(market.connection.chainId, market.address);
  if (
    answer.requestId.toLowerCase() !== requestId ||
    keccak256(result) !== answer.outputsHash ||
    signerOf(domain, answer, signature) !== seat.signer
  ) {
    throw new SdkError("NodeAnswerInvalid", `Node ${seat.seat} gives an answer that its key on chain did not sign.`);
  }
  return { seat: seat.seat, result, answer, signature };
}

function signerOf(domain: ReturnType<typeof marketDomain>, answer: MarketAnswer, signature: string): string | null {
  try {
    return getAddress(verifyTypedData(domain, answerTypes, answer, signature));
  } catch {
    return null;
  }
}
