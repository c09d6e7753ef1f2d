/** A job of a Chainlink node, run here: watches the Operator, runs the job's graph, takes resumes. */
import { Contract, JsonRpcProvider } from "ethers";
import { type OracleRequest, operatorInterface } from "./chain/operator.ts";
import { refusalOf } from "./chain/refusal.ts";
import { watchRequests } from "./chain/requests.ts";
import { KeySender } from "./chain/sender.ts";
import type { RunnerConfig } from "./config.ts";
import { messageOf, RunnerError } from "./errors.ts";
import { parseJobSpec } from "./job/spec.ts";
import type { Log } from "./log.ts";
import { parsePipeline } from "./pipeline/pipeline.ts";
import { executeRun } from "./pipeline/run.ts";
import type { Services } from "./pipeline/task.ts";
import { startResumeServer } from "./resume/server.ts";
import { Suspensions } from "./resume/suspensions.ts";
import { RunQueue } from "./run-queue.ts";

export interface RunningRunner {
  /** Base of the `responseURL`s; its origin is what the adapter must allow. */
  readonly resumeUrl: string;
  /** Stops watching, ends runs that wait, closes every socket. */
  close(): Promise<void>;
}

/** @throws RunnerError when job, configuration or chain are not right */
export async function startRunner(config: RunnerConfig, log: Log): Promise<RunningRunner> {
  const job = parseJobSpec(config.job);
  const steps = parsePipeline(job.observationSource);
  for (const { type, name, attributes } of steps) {
    if (type === "bridge" && !config.bridges.has(attributes.get("name") as string)) {
      throw new RunnerError("UnknownBridge", `task ${name}: no bridge is named ${attributes.get("name")}`);
    }
  }
  const provider = new JsonRpcProvider(config.rpcUrl, job.chainId, { staticNetwork: true, cacheTimeout: -1 });
  const stopping = new AbortController();
  const closers: (() => unknown)[] = [() => provider.destroy()];
  const close = async (): Promise<void> => {
    stopping.abort(new RunnerError("RunnerStopped", "the runner is stopping"));
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const served = BigInt(await provider.send("eth_chainId", []));
    if (served !== job.chainId)
      throw new RunnerError("WrongChain", `the job is for chain ${job.chainId}, the RPC serves ${served}`);
    const sender = new KeySender(config.privateKey, provider, config.pollMs);
    const operator = new Contract(job.contractAddress, operatorInterface, provider);
    if (!(await operator.getFunction("isAuthorizedSender")(sender.address))) {
      log("warn", "the Operator does not know this sender yet: its transactions revert until setAuthorizedSenders", {
        sender: sender.address,
      });
    }
    const suspensions = new Suspensions();
    const server = await startResumeServer(config.listen.host, config.listen.port, suspensions);
    closers.push(() => server.close());
    const services: Services = { bridges: config.bridges, suspensions, sender };
    const queue = new RunQueue();
    const fromBlock = config.fromBlock ?? (await provider.getBlockNumber()) + 1;

    let runs = 0;
    const onRequest = (request: OracleRequest): void => {
      const { requestId: oracleRequestId, blockNumber } = request;
      const refusal = refusalOf(request, job);
      if (refusal !== null) {
        log("warn", "request refused", { oracleRequestId, blockNumber, refusal });
        return;
      }
      const run = ++runs;
      const runLog: Log = (level, message, fields) => log(level, message, { run, oracleRequestId, ...fields });
      queue.add(async (onSuspended) => {
        try {
          runLog("info", "run started", { blockNumber });
          await executeRun({
            steps,
            jobRun: request.jobRun,
            jobGasLimit: job.gasLimit,
            services,
            log: runLog,
            signal: stopping.signal,
            onSuspended,
          });
          runLog("info", "run completed");
        } catch (error) {
          const code = error instanceof RunnerError ? error.code : "InternalError";
          runLog("error", "run failed", { code, reason: messageOf(error) });
        }
      });
    };
    const watching = watchRequests(
      { provider, job, fromBlock, pollMs: config.pollMs, log, signal: stopping.signal },
      onRequest,
    );
    closers.push(
      () => queue.idle(),
      () => watching,
      () => suspensions.close(stopping.signal.reason),
    );
    log("info", "watching the Operator", {
      job: job.name,
      operator: job.contractAddress,
      sender: sender.address,
      fromBlock,
    });
    return { resumeUrl: server.url, close };
  } catch (error) {
    await close();
    throw error;
  }
}
