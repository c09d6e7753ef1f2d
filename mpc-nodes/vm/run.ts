/**
 * Runs a program over any `Mpc`: shares in a node, plain words in tests, lengths where only the cost counts. Knows no party
 * numbers and opens nothing: the outputs stay secret.
 *
 * @example
 * const outputs = await runProgram(payGap, mpc, new Map([["wage", …], ["sex", …], ["log_wage", …]]), [], 534);
 */
import { checkProgram } from "@sharebridge/algorithms/language/check.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { checkParameters } from "@sharebridge/algorithms/language/parameters.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import type { Mpc, Vector } from "../protocol/mpc.ts";
import { interactiveValues, jobsOf } from "./interactive.ts";
import { levelsOf } from "./levels.ts";
import { localValue } from "./local.ts";
import { comparisonsOf } from "./planes.ts";
import { Values } from "./values.ts";

/**
 * The outputs, in the order that the program declares, one word each.
 *
 * @param inputs the columns that the program reads, each with `rows` words.
 * @param parameters signed words; refused outside the declared ranges, which the overflow analysis relies on.
 */
export async function runProgram(
  program: Program,
  mpc: Mpc,
  inputs: ReadonlyMap<string, Vector>,
  parameters: readonly bigint[],
  rows: number,
): Promise<Vector[]> {
  const types = checkProgram(program);
  const comparisons = comparisonsOf(program);
  checkParameters(program, parameters);
  if (!Number.isSafeInteger(rows) || rows < 0 || rows > program.maximumRows) {
    throw new ProgramError("TooManyRows", `${rows} rows: the program takes 0 to ${program.maximumRows} rows`);
  }
  const values = new Values({ program, types, comparisons, inputs, parameters, rows }, mpc);
  for (const { local, interactive } of levelsOf(program, types)) {
    for (const index of local) {
      values.set(index, localValue(mpc, values, index));
      values.release(index);
    }
    await runTogether(mpc, values, jobsOf(program.instructions, interactive));
  }
  return program.outputs.map(({ value }) => values.secret(value));
}

/** Runs jobs side by side: their rounds are merged. */
async function runTogether(mpc: Mpc, values: Values, jobs: readonly (readonly number[])[]): Promise<void> {
  const results = await mpc.parallel(jobs.map((job) => (task: Mpc) => interactiveValues(task, values, job)));
  for (const [position, job] of jobs.entries()) {
    for (const [each, index] of job.entries()) {
      const result = results[position][each];
      values.set(index, result.kind === "vector" ? { vector: result } : { bits: result });
    }
  }
  for (const index of jobs.flat()) values.release(index);
}
