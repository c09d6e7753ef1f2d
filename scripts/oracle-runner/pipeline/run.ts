/** One run of a job. */

import { pause } from "@sharebridge/adapter/pause.ts";
import { messageOf, RunnerError } from "../errors.ts";
import { MAX_BACKOFF_MS, MIN_BACKOFF_MS } from "../limits.ts";
import type { Log } from "../log.ts";
import { parseDurationMs } from "./duration.ts";
import type { Step } from "./pipeline.ts";
import type { Services, TaskCall, TaskOutcome } from "./task.ts";

export interface RunOptions {
  readonly steps: readonly Step[];
  /** The log that started the run, `meta` of the bridge's request included. */
  readonly jobRun: Record<string, unknown>;
  readonly jobGasLimit: bigint | null;
  readonly services: Services;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Called at the first suspension: the job's next run may start. */
  readonly onSuspended: () => void;
}

async function withRetries(step: Step, call: TaskCall): Promise<TaskOutcome> {
  const retries = Number(step.attributes.get("retries") ?? "0");
  const durationMs = (key: string, fallback: number) => {
    const text = step.attributes.get(key);
    return text === undefined ? fallback : parseDurationMs(text);
  };
  const maximumMs = durationMs("maxBackoff", MAX_BACKOFF_MS);
  let backoffMs = durationMs("minBackoff", MIN_BACKOFF_MS);
  for (let attempt = 0; ; attempt++) {
    try {
      return await step.task.run(call);
    } catch (error) {
      if (!(error instanceof RunnerError) || !error.retryable || attempt >= retries) throw error;
      call.log("warn", "task failed; it is repeated", { task: step.name, attempt, reason: error.message });
    }
    await pause(Math.min(backoffMs, maximumMs), call.signal);
    backoffMs *= 2;
  }
}

/**
 * Runs the tasks one after another; the first that fails ends the run.
 *
 * @returns the results by task
 * @throws RunnerError whose message names the task
 */
export async function executeRun(options: RunOptions): Promise<ReadonlyMap<string, unknown>> {
  const { steps, jobRun, jobGasLimit, services, log, signal, onSuspended } = options;
  const variables = new Map<string, unknown>([["jobRun", jobRun]]);
  for (const step of steps) {
    signal.throwIfAborted();
    const { name, attributes } = step;
    const inputs = step.inputs.map((input) => variables.get(input));
    try {
      const outcome = await withRetries(step, {
        name,
        attributes,
        variables,
        inputs,
        jobGasLimit,
        services,
        log,
        signal,
      });
      if (outcome.kind === "suspended") {
        log("info", "run suspended", { task: name });
        onSuspended();
        variables.set(name, await outcome.resumed);
        log("info", "run resumed", { task: name });
      } else {
        variables.set(name, outcome.value);
      }
    } catch (error) {
      signal.throwIfAborted();
      const code = error instanceof RunnerError ? error.code : "BadInput";
      throw new RunnerError(code, `task ${name}: ${messageOf(error)}`);
    }
  }
  return variables;
}
