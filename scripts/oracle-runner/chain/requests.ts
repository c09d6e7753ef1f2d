import { pause } from "@sharebridge/adapter/pause.ts";
import type { Provider } from "ethers";
import { messageOf } from "../errors.ts";
import type { JobSpec } from "../job/spec.ts";
import type { Log } from "../log.ts";
import { type OracleRequest, operatorInterface, toOracleRequest } from "./operator.ts";

export interface WatchOptions {
  readonly provider: Provider;
  readonly job: Pick<JobSpec, "contractAddress" | "specId" | "minIncomingConfirmations">;
  readonly fromBlock: number;
  readonly pollMs: number;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Reports each request for the job once, in the order of the chain, when it has `minIncomingConfirmations`
 * (1: as soon as it is in a block). Goes on through failures of the RPC endpoint until the signal is aborted.
 */
export async function watchRequests(options: WatchOptions, onRequest: (request: OracleRequest) => void): Promise<void> {
  const { provider, job, pollMs, log, signal } = options;
  const topic = operatorInterface.getEvent("OracleRequest")?.topicHash as string;
  const lag = Math.max(job.minIncomingConfirmations - 1, 0);
  let fromBlock = options.fromBlock;
  while (!signal.aborted) {
    try {
      const toBlock = (await provider.getBlockNumber()) - lag;
      if (toBlock >= fromBlock) {
        const logs = await provider.getLogs({
          address: job.contractAddress,
          topics: [topic, job.specId],
          fromBlock,
          toBlock,
        });
        fromBlock = toBlock + 1;
        for (const event of logs) onRequest(toOracleRequest(event));
      }
      await pause(pollMs, signal);
    } catch (error) {
      if (signal.aborted) return;
      log("warn", "the chain could not be read", { reason: messageOf(error) });
      await pause(pollMs, signal).catch(() => {});
    }
  }
}
