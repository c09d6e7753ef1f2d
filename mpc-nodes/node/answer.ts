/** What a node signs. */
import { AnswerStatus, type MarketAnswer, ProofType } from "@sharebridge/contracts/typed-data.ts";
import { keccak256 } from "ethers";
import type { Settlement } from "../engine/engine.ts";

/**
 * The answer to a request: what was settled on, in which attempt, and who computed it.
 *
 * @param budgetSpent millionths of epsilon; 0 for an exact answer
 */
export function answerFor(
  requestId: string,
  { attempt, activeSet, result }: Pick<Settlement, "attempt" | "activeSet" | "result">,
  budgetSpent: bigint,
): MarketAnswer {
  return {
    requestId,
    status: AnswerStatus.computed,
    outputsHash: keccak256(result),
    budgetSpent,
    attempt,
    activeSet,
    proofType: ProofType.threeSignatures,
  };
}
