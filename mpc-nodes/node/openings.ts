/** Openings: this seat's part of a sealed answer, sealed to the buyer, only after the contract has been paid for it. */
import { getBytes, hexlify, ZeroHash } from "ethers";
import { lower } from "../chain/hex.ts";
import type { PartyId } from "../math/party.ts";
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

/** Throws `UnknownRequest`, `NotSealed` for a public answer, `NotDelivered` until the chain says `Answered`. */
export async function releaseOpening(context: NodeContext, requestIdText: unknown): Promise<SealedOpening> {
  const { chain, store, seat } = context;
  const requestId = requireBytes32("a request id", requestIdText);
  const view = await chain.view();
  const { market, request } = await view.request(requestId);
  if (request.answerKey === ZeroHash) {
    throw new NodeError(
      "NotSealed",
      `the answer to request ${requestId} is public: it stands in the contract's Answered event`,
    );
  }
  if ((await view.statusOf(market, requestId)) !== "answered") {
    throw new NodeError(
      "NotDelivered",
      `the answer to request ${requestId} is not delivered on chain: openings follow payment`,
    );
  }
  const opening = await store.opening(requestId);
  if (opening === null) {
    throw new NodeError(
      "NoOpening",
      `this node took no part in the answer to request ${requestId}: ask the other seats`,
    );
  }
  const info = sealingInfo("opening", chain.chainId, lower(market), requestId, seat);
  const sealed = await seal(getBytes(request.answerKey), info, NO_ASSOCIATED_DATA, opening);
  context.log.info({ requestId }, "opening released");
  return { seat, sealed: hexlify(sealed) };
}
