/** A program as the commands tell of it. */
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { encodeProgram, programHash } from "@sharebridge/algorithms/language/encode.ts";
import { costText } from "@sharebridge/algorithms/language/print.ts";
import { type PrivacyCost, privacyCostOf } from "@sharebridge/algorithms/language/privacy-cost.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";

export interface ProgramSummary {
  readonly name: string;
  /** Its id on chain. */
  readonly hash: string;
  readonly encodedBytes: number;
  readonly instructions: number;
  /** Proven free of overflow up to here; with several tables, these rows of the main one. */
  readonly maximumRows: number;
  /** Most rows of each further table; none if the program has one table. */
  readonly furtherTables?: readonly { readonly name: string; readonly maximumRows: number }[];
  /** Worst-case errors at `maximumRows`, as decimal text, rounded up. */
  readonly outputs: readonly OutputSummary[];
  /** Of programs that open nothing without noise: what an answer costs (`privacyCostOf`). */
  readonly privacy?: PrivacyCost;
}

interface OutputSummary {
  readonly name: string;
  /** Of a noised output, beside its noise. */
  readonly absoluteError: string;
  /** Of a noised output: noise and error together, in 95 answers of 100. */
  readonly likelyError?: string;
}

export function summaryOf(program: Program): ProgramSummary {
  const encoding = encodeProgram(program);
  const privacy = privacyCostOf(program);
  return {
    name: program.name,
    hash: programHash(encoding),
    encodedBytes: encoding.length,
    instructions: program.instructions.length,
    maximumRows: program.maximumRows,
    ...(program.tables === undefined
      ? {}
      : { furtherTables: program.tables.map((table) => ({ name: table.name, maximumRows: table.maximumRows })) }),
    outputs: analyse(program).outputs.map(
      ({ name, absoluteError, noise }): OutputSummary =>
        noise === undefined ? { name, absoluteError } : { name, absoluteError, likelyError: noise.likelyError },
    ),
    ...(privacy === null ? {} : { privacy }),
  };
}

export function summaryText(summary: ProgramSummary): string {
  const { name, hash, encodedBytes, instructions, outputs, privacy } = summary;
  const rows = [
    `${summary.maximumRows} rows`,
    ...(summary.furtherTables ?? []).map((table) => `${table.maximumRows} of ${table.name}`),
  ].join(" and ");
  const width = Math.max(...outputs.map((output) => output.name.length));
  return [
    `${name} ${hash}`,
    `  ${instructions} instructions, ${encodedBytes} bytes; nothing overflows up to ${rows}`,
    `  largest error of each output at ${rows}:`,
    ...outputs.map(
      ({ name: output, absoluteError, likelyError }) =>
        `    ${output.padEnd(width)}  ${errorText(absoluteError)}${likelyError === undefined ? "" : `, with its noise ${errorText(likelyError)} in 95 answers of 100`}`,
    ),
    ...(privacy === undefined ? [] : [`  private by ${privacy.unit}: ${costText(privacy)}`]),
    "",
  ].join("\n");
}

export function errorText(absoluteError: string): string {
  return /^0(\.0*)?$/.test(absoluteError) ? "exact" : `± ${absoluteError}`;
}
