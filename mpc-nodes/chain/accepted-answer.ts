/** The answer that a market has accepted, from its event: all that it keeps itself is part of the result's hash. */
import { IDataMarket__factory } from "@sharebridge/contracts";
import type { MarketAnswer } from "@sharebridge/contracts/typed-data.ts";
import type { Provider } from "ethers";
import { lower } from "./hex.ts";
import { allLogs } from "./logs.ts";

const market = IDataMarket__factory.createInterface();
const answered = market.getEvent("Answered");

export interface AcceptedAnswerQuery {
  readonly provider: Provider;
  readonly market: string;
  readonly requestId: string;
  /** From the request's block, */
  readonly fromBlock: number;
  /** to this one; a market answers soon, so the search goes forwards and ends with the event. */
  readonly toBlock: number;
  readonly maxLogRange: number;
}

/** Null when there is none in these blocks. */
export async function acceptedAnswer(query: AcceptedAnswerQuery): Promise<MarketAnswer | null> {
  const { provider, market: address, requestId, toBlock, maxLogRange } = query;
  const topics = [answered.topicHash, requestId];
  for (let fromBlock = query.fromBlock; fromBlock <= toBlock; fromBlock += maxLogRange) {
    const end = Math.min(fromBlock + maxLogRange - 1, toBlock);
    const [log] = await allLogs({ provider, address, topics, fromBlock, toBlock: end, maxRange: maxLogRange });
    if (log === undefined) continue;
    const { status, outputsHash, budgetSpent, attempt, activeSet, proofType } = market.decodeEventLog(
      answered,
      log.data,
      log.topics,
    ).answer;
    return {
      ...{ requestId: lower(requestId), status: Number(status), outputsHash: lower(outputsHash), budgetSpent },
      ...{ attempt: Number(attempt), activeSet: Number(activeSet), proofType: Number(proofType) },
    };
  }
  return null;
}
