/** What a task type is to the pipeline. */
import type { Log } from "../log.ts";
import type { Suspensions } from "../resume/suspensions.ts";
import type { Variables } from "./variables.ts";

/** What tasks may use of the node. */
export interface Services {
  readonly bridges: ReadonlyMap<string, string>;
  readonly suspensions: Suspensions;
  readonly sender: TransactionSender;
}

export interface TransactionSender {
  /** Signs and broadcasts; resolves with the hash. One at a time. */
  send(transaction: { to: string; data: string; gasLimit: bigint }, signal: AbortSignal): Promise<string>;
  /** Resolves when the transaction has so many confirmations. */
  confirmed(hash: string, confirmations: number, signal: AbortSignal): Promise<{ status: number; gasUsed: bigint }>;
}

export interface TaskCall {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly variables: Variables;
  /** Results of the tasks with an edge to this one. */
  readonly inputs: readonly unknown[];
  /** The job's `gasLimit`, or null. */
  readonly jobGasLimit: bigint | null;
  readonly services: Services;
  readonly log: Log;
  /** Aborted when the runner stops. */
  readonly signal: AbortSignal;
}

/** A task ends with a value, or suspends the run: the job's next run may start meanwhile. */
export type TaskOutcome =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "suspended"; readonly resumed: Promise<unknown> };

export interface TaskType {
  readonly type: string;
  readonly required: readonly string[];
  readonly optional: readonly string[];
  run(call: TaskCall): Promise<TaskOutcome>;
}

export const result = (value: unknown): TaskOutcome => ({ kind: "value", value });
