/** A program as the commands tell of it. */
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { encodeProgram, programHash } from "@sharebridge/algorithms/language/encode.ts";
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
  readonly outputs: readonly { readonly name: string; readonly absoluteError: string }[];
}

export function summaryOf(program: Program): ProgramSummary {
  const encoding = encodeProgram(program);
  return {
    name: program.name,
    hash: programHash(encoding),
    encodedBytes: encoding.length,
    instructions: program.instructions.length,
    maximumRows: program.maximumRows,
    ...(program.tables === undefined
      ? {}
      : { furtherTables: program.tables.map((table) => ({ name: table.name, maximumRows: table.maximumRows })) }),
    outputs: analyse(program).outputs.map(({ name, absoluteError }) => ({ name, absoluteError })),
  };
}

export function summaryText(summary: ProgramSummary): string {
  const { name, hash, encodedBytes, instructions, outputs } = summary;
  const rows = [
    `${summary.maximumRows} rows`,
    ...(summary.furtherTables ?? []).map((table) => `${table.maximumRows} of ${table.name}`),
  ].join(" and ");
  const width = Math.max(...outputs.map((output) => output.name.length));
  return [
    `${name} ${hash}`,
    `  ${instructions} instructions, ${encodedBytes} bytes; nothing overflows up to ${rows}`,
    `  largest error of each output at ${rows}:`,
    ...outputs.map((output) => `    ${output.name.padEnd(width)}  ${errorText(output.absoluteError)}`),
    "",
  ].join("\n");
}

export function errorText(absoluteError: string): string {
  return /^0(\.0*)?$/.test(absoluteError) ? "exact" : `± ${absoluteError}`;
}
