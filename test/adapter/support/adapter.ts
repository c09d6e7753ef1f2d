import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningAdapter, startAdapter } from "@sharebridge/adapter/server.ts";

/** Everything that the adapter and its framework have logged in this process. */
export const logLines: string[] = [];

const record = (...parts: unknown[]): void => {
  logLines.push(JSON.stringify(parts));
};
const logger = { fatal: record, error: record, warn: record, info: record, debug: record, trace: record };

export type Environment = Record<string, string>;

/** Runs with environment variables that are put back afterwards. */
export async function withEnvironment<T>(environment: Environment, run: () => T | Promise<T>): Promise<T> {
  const before = Object.keys(environment).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, environment);
  try {
    return await run();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

export class TestFolder {
  readonly path = mkdtempSync(join(tmpdir(), "sharebridge-adapter-"));

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

export interface Answered {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was answered
  readonly body: any;
}

/** An adapter in this process, spoken to over HTTP as a Chainlink node does. */
export class TestAdapter {
  readonly #running: RunningAdapter;

  private constructor(running: RunningAdapter) {
    this.#running = running;
  }

  static async start(environment: Environment): Promise<TestAdapter> {
    const small = {
      EA_PORT: "0",
      METRICS_ENABLED: "false",
      NODE_POLL_MS: "5",
      DELIVERY_BACKOFF_MS: "5",
      REQUEST_LOOKUP_MS: "1",
    };
    const loggerFactory = { child: () => logger } as never;
    return new TestAdapter(
      await withEnvironment({ ...small, ...environment }, () => startAdapter({ log: logger, loggerFactory })),
    );
  }

  get url(): string {
    return `http://127.0.0.1:${this.#running.port}`;
  }

  async post(body: unknown, contentType = "application/json", more: Record<string, string> = {}): Promise<Answered> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const headers = { "content-type": contentType, ...more };
    const response = await fetch(this.url, { method: "POST", headers, body: text });
    const answer = await response.text();
    try {
      return { status: response.status, body: JSON.parse(answer) };
    } catch {
      return { status: response.status, body: answer };
    }
  }

  /** As a bridge task asks: `data.requestId`, and `responseURL` when the task is asynchronous. */
  ask(requestId: unknown, responseURL?: string): Promise<Answered> {
    return this.post({
      data: { requestId },
      meta: { oracleRequest: {} },
      ...(responseURL === undefined ? {} : { responseURL }),
    });
  }

  close(): Promise<void> {
    return this.#running.close();
  }
}
