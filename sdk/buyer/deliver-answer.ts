import {
  answerTypes,
  encodeProof,
  type MarketAnswer,
  marketDomain,
  SIGNATURES_REQUIRED,
} from "@sharebridge/contracts/typed-data.ts";
import { concat, keccak256, recoverAddress, Signature, type Signer, TypedDataEncoder } from "ethers";
import { z } from "zod";
import { SdkError } from "../errors/sdk-error.ts";
import { callNode, type NodeCallOptions } from "../network/call-node.ts";
import type { Connection } from "../network/connect.ts";
import { type FoundRequest, findRequest } from "../network/find-request.ts";
import { type NodeSeat, seatsOf } from "../network/open-market.ts";
import { sendTransaction } from "../network/send-transaction.ts";

const hex32 = z.string().regex(/^0x[0-9a-f]{64}$/i);
const signatureText = z.string().regex(/^0x[0-9a-f]{130}$/i);
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
      signature: signatureText,
      /** Other seats' signatures over the same. */
      signatures: z
        .array(z.object({ seat: z.number(), signature: signatureText }))
        .max(4)
        .default([]),
    })
    .optional(),
});

interface Signed {
  readonly seat: number;
  readonly digest: string;
  readonly result: string;
  readonly answer: MarketAnswer;
  /** As the contract takes it. */
  readonly signature: string;
}

/**
 * Delivers an answer without any oracle: collects the nodes' signatures, each node's own and what it knows of the others',
 * and gives them to the market. For when the oracle route fails; anyone may do it, and whoever does can change nothing.
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
        const known = await fetchSigned(found, seats, seat, delivery.nodes);
        signed.push(...known);
        if (!known.some((one) => one.seat === seat.seat)) throw notSignedBy(seat);
      } catch (error) {
        if (!(error instanceof SdkError) || error.code === "Aborted") throw error;
        reasons.push(error.message);
      }
    }),
  );
  const groups = Map.groupBy(signed, ({ digest }) => digest).values();
  const bySeat = [...groups].map((group) => [...new Map(group.map((one) => [one.seat, one])).values()]);
  const [agreeing = []] = bySeat.sort((a, b) => b.length - a.length);
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

/** Signatures that a node shows, its own and others', as far as the seats' keys made them for this request and result. */
async function fetchSigned(
  { market, requestId }: FoundRequest,
  seats: readonly NodeSeat[],
  seat: NodeSeat,
  nodes: NodeCallOptions = {},
): Promise<Signed[]> {
  const call = { seat: seat.seat, endpoint: seat.endpoint, method: "GET", path: `/v1/requests/${requestId}` } as const;
  const report = await callNode(call, signedShape, nodes);
  if (report.answer === undefined) {
    throw new SdkError("AnswerUnavailable", `Node ${seat.seat} has not signed yet (${report.state.slice(0, 20)}).`);
  }
  const { answer, result, signature, signatures } = report.answer;
  if (answer.requestId.toLowerCase() !== requestId || keccak256(result) !== answer.outputsHash) throw notSignedBy(seat);
  const digest = digestOf(marketDomain(market.connection.chainId, market.address), answer);
  if (digest === null) throw notSignedBy(seat);
  return [{ seat: seat.seat, signature }, ...signatures].flatMap((shown) => {
    const canonical = canonicalSignature(digest, seats.find((one) => one.seat === shown.seat)?.signer, shown.signature);
    return canonical === null ? [] : [{ seat: shown.seat, digest, result, answer, signature: canonical }];
  });
}

function notSignedBy({ seat }: NodeSeat): SdkError {
  return new SdkError("NodeAnswerInvalid", `Node ${seat} gives an answer that its key on chain did not sign.`);
}

/** Null for numbers that do not fit. */
function digestOf(domain: ReturnType<typeof marketDomain>, answer: MarketAnswer): string | null {
  try {
    return TypedDataEncoder.hash(domain, answerTypes, answer);
  } catch {
    return null;
  }
}

/** Null unless it is by `signer`, with low s. */
function canonicalSignature(digest: string, signer: string | undefined, signature: string): string | null {
  try {
    const parsed = Signature.from(signature);
    return recoverAddress(digest, parsed) === signer ? parsed.serialized : null;
  } catch {
    return null;
  }
}
