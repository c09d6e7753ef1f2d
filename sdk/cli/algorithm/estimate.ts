import type { Program } from "@sharebridge/algorithms/language/program.ts";
import type { Rows } from "@sharebridge/algorithms/language/tables.ts";
import { costOfProgram } from "@sharebridge/mpc-nodes/vm/cost.ts";

/** The links between the nodes. */
export interface LinkModel {
  /** What a node can send in a second. */
  readonly megabitsPerSecond: number;
  /** One way. */
  readonly latencyMs: number;
}

export interface Estimate extends LinkModel {
  /** Of each table if the program has several. */
  readonly rows: Rows;
  readonly rounds: number;
  /** By party, of the instructions; without opening the outputs, setting up the session, and framing. */
  readonly bytesSent: readonly number[];
  /** Largest of `bytesSent` over the throughput, plus rounds times latency. The nodes' own work is not in it. */
  readonly seconds: number;
}

export async function estimate(program: Program, rows: Rows, link: LinkModel): Promise<Estimate> {
  const { rounds, bytesSent } = await costOfProgram(program, rows);
  const bytesPerSecond = (link.megabitsPerSecond * 1e6) / 8;
  const seconds = Math.max(...bytesSent) / bytesPerSecond + (rounds * link.latencyMs) / 1_000;
  return { rows, rounds, bytesSent, seconds, ...link };
}
