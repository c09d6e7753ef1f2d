import { createReadStream } from "node:fs";
import { InvalidArgumentError } from "commander";
import { readCsv } from "../table/read-csv.ts";
import { DEFAULT_MAXIMUM_ROWS, type Table } from "../table/table.ts";
import type { CommandContext } from "./command-context.ts";
import { fileSize, pathOf } from "./files.ts";

/** What commands that read tables take for `--missing`. */
export const MISSING_OPTION = [
  "--missing <texts>",
  "comma-separated texts that, like an empty cell, say that there is no value",
  listed,
] as const;

export interface TableFlags {
  missing?: string[];
}

/** Reads a CSV file as a stream, with a bar for long ones. */
export async function readTable(
  context: CommandContext,
  path: string,
  { missing = [] }: TableFlags,
  maximumRows = DEFAULT_MAXIMUM_ROWS,
): Promise<Table> {
  const total = await fileSize(context.io, path, "table");
  const stream = createReadStream(pathOf(context.io, path), { highWaterMark: 262_144 });
  async function* counted(): AsyncGenerator<Uint8Array> {
    let done = 0;
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      done += chunk.byteLength;
      context.progress.count("Reading", done, total);
      yield chunk;
    }
  }
  try {
    return await readCsv(counted(), { maximumRows, missing });
  } finally {
    stream.destroy();
    context.progress.endBar();
  }
}

/** For options that take a comma-separated list. */
export function listed(text: string): string[] {
  return text.split(",").filter((each) => each !== "");
}

/** For options that take a whole number. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}

/** For options that take a whole number for each of several things. */
export function wholeNumbers(text: string): number[] {
  return text.split(",").map(wholeNumber);
}

/** For options that take an amount in a token's smallest unit. */
export function wholeAmount(text: string): bigint {
  if (!/^\d{1,78}$/.test(text))
    throw new InvalidArgumentError("It must be a whole number of the token's smallest unit.");
  return BigInt(text);
}
