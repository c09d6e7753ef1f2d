import { IDataMarket__factory } from "@sharebridge/contracts";
import type { MarketRequest } from "@sharebridge/contracts/typed-data.ts";
import type { Log } from "ethers";

const market = IDataMarket__factory.createInterface();

/** The request in a `ComputationRequested` log; null for a log that any contract may have made up and that does not decode. */
export function toMarketRequest(log: Pick<Log, "topics" | "data">): MarketRequest | null {
  try {
    const { request } = market.decodeEventLog("ComputationRequested", log.data, log.topics);
    return {
      nonce: request.nonce,
      buyer: request.buyer,
      parametersHash: request.parametersHash,
      answerKey: request.answerKey,
      privateInputs: request.privateInputs,
      poolHash: request.poolHash,
      poolVersion: request.poolVersion,
      poolRows: request.poolRows,
      algorithm: request.algorithm,
      epoch: request.epoch,
      price: request.price,
      deadlineUnixS: request.deadlineUnixS,
      callback: request.callback,
      callbackGas: request.callbackGas,
    };
  } catch {
    return null;
  }
}
