/** The oracle side of the devnet: the external adapter and the local oracle runner, a process and a folder each. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderJob } from "@sharebridge/adapter/jobs/render.ts";
import type { Deployment } from "../deploy.ts";
import { httpAnswers, type Processes, projectRoot } from "./processes.ts";

/** The bridge's name in `adapter/jobs/computation.toml`. */
const BRIDGE = "sharebridge";

export interface OracleOptions {
  readonly folder: string;
  readonly rpcUrl: string;
  readonly chainId: bigint;
  readonly deployment: Deployment;
  readonly committeeId: bigint;
  readonly externalJobId: string;
  readonly feeJuels: bigint;
  readonly fromBlock: number;
  /** Key of the oracle node's account, an authorised sender of the Operator. */
  readonly senderKey: string;
  readonly ports: { readonly adapter: number; readonly adapterMetrics: number; readonly resume: number };
}

export interface Oracle {
  readonly adapterUrl: string;
  readonly metricsUrl: string;
  readonly jobFile: string;
}

export async function startOracle(processes: Processes, options: OracleOptions): Promise<Oracle> {
  const { folder, rpcUrl, chainId, deployment, fromBlock, ports } = options;
  const adapterUrl = `http://127.0.0.1:${ports.adapter}`;
  await processes.start({
    name: "adapter",
    script: join(projectRoot, "adapter/main.ts"),
    args: [],
    environment: {
      EA_HOST: "127.0.0.1",
      EA_PORT: String(ports.adapter),
      METRICS_PORT: String(ports.adapterMetrics),
      RPC_URL: rpcUrl,
      CHAIN_ID: String(chainId),
      FACTORY_ADDRESS: deployment.marketFactory,
      COMMITTEE_IDS: String(options.committeeId),
      FROM_BLOCK: String(fromBlock),
      DATA_DIR: join(folder, "adapter"),
      RESUME_ALLOWED_ORIGINS: `http://127.0.0.1:${ports.resume}`,
      NODE_POLL_MS: "50",
    },
    probe: httpAnswers(`${adapterUrl}/health`),
  });

  const runnerFolder = join(folder, "oracle-runner");
  mkdirSync(runnerFolder, { recursive: true, mode: 0o700 });
  const jobFile = join(runnerFolder, "computation.toml");
  const job = renderJob({
    externalJobId: options.externalJobId,
    operatorAddress: deployment.operator,
    gatewayAddress: deployment.operatorGateway,
    chainId,
    minIncomingConfirmations: 0,
    minPaymentJuels: options.feeJuels,
  });
  writeFileSync(jobFile, job);
  writeFileSync(join(runnerFolder, "sender.key"), `${options.senderKey}\n`, { mode: 0o600 });
  const config = {
    rpcUrl,
    jobFile: "computation.toml",
    bridges: { [BRIDGE]: adapterUrl },
    keyFile: "sender.key",
    listen: { host: "127.0.0.1", port: ports.resume },
    fromBlock,
    pollMs: 50,
  };
  writeFileSync(join(runnerFolder, "runner.json"), `${JSON.stringify(config, null, 2)}\n`);
  await processes.start({
    name: "oracle-runner",
    script: join(projectRoot, "scripts/oracle-runner/main.ts"),
    args: [join(runnerFolder, "runner.json")],
    probe: httpAnswers(`http://127.0.0.1:${ports.resume}/`),
  });
  return { adapterUrl, metricsUrl: `http://127.0.0.1:${ports.adapterMetrics}/metrics`, jobFile };
}
