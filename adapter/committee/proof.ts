import { encodeProof } from "@sharebridge/contracts/typed-data.ts";
import { concat } from "ethers";
import type { FoundRequest } from "../chain/market-chain.ts";
import type { VerifiedAnswer } from "./answer.ts";

/** What `fulfill` of the oracle gateway takes, as 0x-hex. */
export interface ProvenAnswer {
  readonly requestId: string;
  readonly result: string;
  readonly proof: string;
}

/** @param agreed valid signatures on one digest, in the order of their seats */
export function proveAnswer(found: FoundRequest, agreed: readonly VerifiedAnswer[]): ProvenAnswer {
  const [first] = agreed as [VerifiedAnswer];
  const proof = encodeProof(found.market, {
    request: found.request,
    answer: first.answer,
    signerSeats: agreed.reduce((seats, { seat }) => seats | (1 << seat), 0),
    signatures: concat(agreed.map(({ signature }) => signature)),
  });
  return { requestId: found.requestId, result: first.result, proof };
}
