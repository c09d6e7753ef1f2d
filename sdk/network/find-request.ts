import { IDataMarket__factory } from "@sharebridge/contracts";
import type { MarketRequest } from "@sharebridge/contracts/typed-data.ts";
import { getAddress, isHexString } from "ethers";
import { explainError } from "../errors/explain-error.ts";
import { SdkError } from "../errors/sdk-error.ts";
import type { Connection } from "./connect.ts";
import { type Market, openMarket } from "./open-market.ts";
import { readEvents } from "./read-events.ts";

/** A request as its event has it; `parameters` is abi.encode(int64[]). */
export interface FoundRequest {
  readonly requestId: string;
  readonly market: Market;
  readonly request: MarketRequest;
  readonly parameters: string;
  readonly blockNumber: number;
  readonly logIndex: number;
}

const marketInterface = IDataMarket__factory.createInterface();

/**
 * Finds a request by its id among the markets of the deployment.
 *
 * @example
 * const { market, request } = await findRequest(connection, requestId);
 *
 * @throws SdkError UnknownRequest
 */
export async function findRequest(connection: Connection, requestId: string): Promise<FoundRequest> {
  if (!isHexString(requestId, 32)) {
    throw new SdkError("UnknownRequest", "A request id is 0x and 64 hexadecimal digits.");
  }
  try {
    const { provider, description } = connection;
    const event = marketInterface.getEvent("ComputationRequested");
    const logs = await readEvents(
      (fromBlock, toBlock) =>
        provider.getLogs({ fromBlock, toBlock, topics: [event.topicHash, requestId.toLowerCase()] }),
      description.fromBlock,
      await provider.getBlockNumber(),
    );
    for (const log of logs) {
      // Anybody's contract can emit such an event: only the factory's markets count.
      if (!(await connection.factory.isMarket(log.address))) continue;
      const { request, parameters } = marketInterface.decodeEventLog(event, log.data, log.topics);
      return {
        requestId: requestId.toLowerCase(),
        market: await openMarket(connection, getAddress(log.address)),
        request: (request as { toObject(): MarketRequest }).toObject(),
        parameters: parameters as string,
        blockNumber: log.blockNumber,
        logIndex: log.index,
      };
    }
  } catch (error) {
    throw explainError(error);
  }
  throw new SdkError(
    "UnknownRequest",
    `No market of this deployment has a request ${requestId}. Check the id, and that --network names the right chain.`,
  );
}
