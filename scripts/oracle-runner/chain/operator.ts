/** The Operator contract's request event. */
import { Interface, type Log } from "ethers";

export const operatorInterface = new Interface([
  "event OracleRequest(bytes32 indexed specId, address requester, bytes32 requestId, uint256 payment, address callbackAddr, bytes4 callbackFunctionId, uint256 cancelExpiration, uint256 dataVersion, bytes data)",
  "function isAuthorizedSender(address sender) view returns (bool)",
]);

export interface OracleRequest {
  readonly requestId: string;
  readonly requester: string;
  readonly paymentJuels: bigint;
  readonly blockNumber: number;
  /** `$(jobRun)` in the job; `meta` goes to the bridge. */
  readonly jobRun: Record<string, unknown>;
}

export function toOracleRequest(log: Log): OracleRequest {
  const event = operatorInterface.decodeEventLog("OracleRequest", log.data, log.topics);
  return {
    requestId: event.requestId,
    requester: event.requester,
    paymentJuels: event.payment,
    blockNumber: log.blockNumber,
    jobRun: {
      logBlockHash: log.blockHash,
      logBlockNumber: BigInt(log.blockNumber),
      logTxHash: log.transactionHash,
      logAddress: log.address,
      logTopics: [...log.topics],
      logData: log.data,
      meta: {
        oracleRequest: {
          specId: event.specId,
          requester: event.requester,
          requestId: event.requestId,
          payment: String(event.payment),
          callbackAddr: event.callbackAddr,
          callbackFunctionId: event.callbackFunctionId,
          cancelExpiration: String(event.cancelExpiration),
          dataVersion: String(event.dataVersion),
          data: event.data,
        },
      },
    },
  };
}
