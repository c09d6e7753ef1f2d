/** What a node signs. */
import { AnswerStatus, type MarketAnswer, ProofType } from "@sharebridge/contracts/typed-data.ts";
import { keccak256 } from "ethers";

/** A request is computed once, by all four seats; later attempts and smaller sets have their place in the digest already. */
export const FIRST_ATTEMPT = 0;
export const ALL_SEATS = 0b1111;

/** The answer to a request with this result, by all four seats in the first attempt. */
export function answerFor(requestId: string, result: string): MarketAnswer {
  return {
    requestId,
    status: AnswerStatus.computed,
    outputsHash: keccak256(result),
    budgetSpent: 0n,
    attempt: FIRST_ATTEMPT,
    activeSet: ALL_SEATS,
    proofType: ProofType.threeSignatures,
  };
}
