/**
 * Openings: this seat's part of a sealed answer, sealed to the buyer, only after the contract has been paid for it, and only
 * that of the answer which it accepted: a node may have signed in several attempts.
 */
import type { MarketAnswer } from "@sharebridge/contracts/typed-data.ts";
import { getBytes, hexlify } from "ethers";
import { ChainError } from "../chain/errors.ts";
import { lower } from "../chain/hex.ts";
import type { PartyId } from "../math/party.ts";
import { SharingError } from "../sharing/errors.ts";
import { seal, sealingInfo } from "../sharing/sealing.ts";
import type { NodeContext } from "./context.ts";
import { NodeError } from "./errors.ts";
import { requireBytes32 } from "./ids.ts";

/** Chain, market, request and seat are in `info`; there is nothing more to bind. */
const NO_ASSOCIATED_DATA = new Uint8Array();

export interface SealedOpening {
  readonly seat: PartyId;
  /** enc(32) ‖ ciphertext, hex. */
  readonly sealed: string;
}

/**
 * Throws `UnknownRequest` and `NoOpening` for what this node did not accept or sign, `NotSealed` for a public answer,
 * `NotDelivered` until the chain says `Answered`, `InvalidAnswerKey`. The chain is asked only about what is stored here.
 */
export async function releaseOpening(context: NodeContext, requestIdText: unknown): Promise<SealedOpening> {
  const { chain, seat } = context;
  const requestId = requireBytes32("a request id", requestIdText);
  await requireSealed(context, requestId);
  const view = await chain.view();
  const found = await view.request(requestId);
  const { market, request } = found;
  if ((await view.statusOf(market, requestId)) !== "answered") {
    throw notDelivered(requestId);
  }
  const opening = await openingOf(context, requestId, await view.acceptedAnswer(found));
  const info = sealingInfo("opening", chain.chainId, lower(market), requestId, seat);
  const sealed = await sealTo(request.answerKey, info, opening);
  context.log.info({ requestId }, "opening released");
  return { seat, sealed: hexlify(sealed) };
}

/** Check: there is something sealed to ask the chain about. */
async function requireSealed({ store }: NodeContext, requestId: string): Promise<void> {
  const record = await store.request(requestId);
  if (record === null) throw new ChainError("UnknownRequest", `this node has not accepted a request ${requestId}`);
  const latest = await store.answer(requestId);
  if (latest === null) throw record.state === "failed" ? noOpening(requestId) : notDelivered(requestId);
  if ((await store.opening(requestId, latest.answer.attempt)) !== null) return;
  throw new NodeError(
    "NotSealed",
    `the answer to request ${requestId} is public: it stands in the contract's Answered event`,
  );
}

/** That of the attempt which the chain names, whatever was signed after it: its commitments are the delivered ones. */
async function openingOf(
  { store }: NodeContext,
  requestId: string,
  accepted: MarketAnswer | null,
): Promise<Uint8Array> {
  if (accepted === null) {
    throw new ChainError(
      "ChainUnreachable",
      `the RPC endpoint does not show the answer to ${requestId}; try again later`,
    );
  }
  const signed = await store.answer(requestId, accepted.attempt);
  const opening = await store.opening(requestId, accepted.attempt);
  if (signed === null || opening === null || signed.answer.outputsHash !== accepted.outputsHash) {
    throw noOpening(requestId);
  }
  return opening;
}

function noOpening(requestId: string): NodeError {
  return new NodeError(
    "NoOpening",
    `this node took no part in the answer to request ${requestId}: ask the other seats`,
  );
}

function notDelivered(requestId: string): NodeError {
  return new NodeError(
    "NotDelivered",
    `the answer to request ${requestId} is not delivered on chain: openings follow payment`,
  );
}

async function sealTo(answerKey: string, info: Uint8Array, opening: Uint8Array): Promise<Uint8Array> {
  try {
    return await seal(getBytes(answerKey), info, NO_ASSOCIATED_DATA, opening);
  } catch (error) {
    if (!(error instanceof SharingError && error.code === "InvalidKey")) throw error;
    throw new NodeError("InvalidAnswerKey", `nothing can be sealed to ${answerKey}, the buyer's answer key`);
  }
}
