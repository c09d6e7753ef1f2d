import type { MarketAnswer } from "@sharebridge/contracts/typed-data.ts";
import type { FoundRequest } from "../network/find-request.ts";
import { readEvents } from "../network/read-events.ts";
import { answerOf } from "./find-proof.ts";

/** An `Answered` event. */
export interface FoundAnswer {
  readonly answer: MarketAnswer;
  readonly signerSeats: number;
  readonly result: string;
  readonly transactionHash: string;
  readonly blockNumber: number;
}

/**
 * The answer that the chain shows for a request, or null as long as there is none.
 *
 * @example
 * const answer = await findAnswer(await findRequest(connection, requestId));
 */
export async function findAnswer({ market, requestId, blockNumber }: FoundRequest): Promise<FoundAnswer | null> {
  const { contract, connection } = market;
  const [event] = await readEvents(
    (from, to) => contract.queryFilter(contract.filters.Answered(requestId), from, to),
    blockNumber,
    await connection.provider.getBlockNumber(),
  );
  if (event === undefined) return null;
  const { answer, signerSeats, result } = event.args;
  return {
    answer: answerOf(answer),
    signerSeats: Number(signerSeats),
    result,
    transactionHash: event.transactionHash,
    blockNumber: event.blockNumber,
  };
}
