/** Puts the adapter together and starts it. */
import { start } from "@chainlink/external-adapter-framework";
import { Adapter } from "@chainlink/external-adapter-framework/adapter/index.js";
import { type LoggerFactory, makeLogger } from "@chainlink/external-adapter-framework/util/logger.js";
import { MarketChain } from "./chain/market-chain.ts";
import { Computations } from "./computation/computations.ts";
import { DeliveryQueue } from "./delivery/queue.ts";
import { DeliveryStore } from "./delivery/store.ts";
import { Admission } from "./endpoint/admission.ts";
import { computationEndpoint } from "./endpoint/computation.ts";
import { installReadiness } from "./endpoint/readiness.ts";
import { ComputationTransport } from "./endpoint/transport.ts";
import type { Log } from "./log.ts";
import { readSettings } from "./settings/read.ts";

export interface RunningAdapter {
  /** TCP port that requests come to (`EA_PORT`, or the one the system chose for 0). */
  readonly port: number;
  /** Stops taking requests, stops what is under way, closes every socket and file. Deliveries owed stay on disk. */
  close(): Promise<void>;
}

export interface StartOptions {
  /** Where the adapter logs; by default the framework's log, layer `Sharebridge`. */
  readonly log?: Log;
  /** Where the framework logs; by default to standard output. */
  readonly loggerFactory?: LoggerFactory;
}

/**
 * Starts the adapter with the settings of the environment.
 *
 * @throws SettingsError with every bad setting
 */
export async function startAdapter(options: StartOptions = {}): Promise<RunningAdapter> {
  const { config, settings } = readSettings();
  const log = options.log ?? makeLogger("Sharebridge");
  const chain = new MarketChain(settings);
  const store = new DeliveryStore(settings.dataDir, settings.answersKept);
  const computations = new Computations(chain, store, settings, log);
  const queue = new DeliveryQueue(store, computations, settings, log);
  const admission = new Admission(settings);
  const transport = new ComputationTransport(computations, queue, admission, settings.syncWaitMs);
  const adapter = new Adapter({
    name: "SHAREBRIDGE",
    defaultEndpoint: "computation",
    endpoints: [computationEndpoint(transport)],
    config,
  });

  const closers: (() => unknown)[] = [() => store.close(), () => chain.close()];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const { api, metricsApi } = await withoutSwallowedRejections(() =>
      start(adapter, options.loggerFactory === undefined ? {} : { loggerFactory: options.loggerFactory }),
    );
    if (api === undefined) throw new Error("EA_MODE must be reader-writer: this adapter answers requests");
    closers.push(
      () => metricsApi?.close(),
      () => api.close(),
      () => queue.close(),
      () => computations.close(),
    );
    admission.install(api);
    installReadiness(api, chain, store);
    await api.listen({ port: config.settings.EA_PORT, host: config.settings.EA_HOST });
    await metricsApi?.listen({ port: config.settings.METRICS_PORT, host: config.settings.EA_HOST });
    queue.start();
    const address = api.server.address();
    const port = typeof address === "object" && address !== null ? address.port : config.settings.EA_PORT;
    log.info({ port, chainId: settings.chainId.toString(), factory: settings.factoryAddress }, "the adapter listens");
    return { port, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * The framework installs a process-wide handler that logs unhandled rejections, or with CENSOR_SENSITIVE_LOGS drops them.
 * A process that does not know its own state must not go on: the handler is taken off again.
 */
async function withoutSwallowedRejections<T>(run: () => Promise<T>): Promise<T> {
  const before = new Set(process.listeners("unhandledRejection"));
  try {
    return await run();
  } finally {
    for (const listener of process.listeners("unhandledRejection")) {
      if (!before.has(listener)) process.off("unhandledRejection", listener);
    }
  }
}
