import { MAX_COLUMNS } from "@sharebridge/algorithms/language/schema.ts";
import { parse } from "csv-parse/browser/esm";
import { SdkError } from "../errors/sdk-error.ts";
import { DEFAULT_MAXIMUM_ROWS, MAXIMUM_ROW_BYTES, type Table } from "./table.ts";

/** Where the text comes from: a string, a browser's `file.stream()`, or Node's `createReadStream(path)`. */
export type CsvSource = string | AsyncIterable<string | Uint8Array>;

export interface CsvOptions {
  maximumRows?: number;
  /** Texts that say, like an empty cell, that there is no value: "NA", "-999". Cells with one of them are read as empty. */
  missing?: readonly string[];
}

/**
 * Reads comma-separated values (RFC 4180, UTF-8, header in the first row) chunk by chunk and within bounds.
 *
 * @example
 * const table = await readCsv("wage,sex\n5.1,F\n4.95,M\n");
 * const fromBrowser = await readCsv(file.stream());
 * const withGaps = await readCsv("wage,sex\n5.1,F\nNA,M\n", { missing: ["NA"] });
 *
 * @throws SdkError EmptyFile, MalformedCsv, TooManyRows, TooManyColumns, AmbiguousColumn
 */
export async function readCsv(source: CsvSource, options: CsvOptions = {}): Promise<Table> {
  const maximumRows = options.maximumRows ?? DEFAULT_MAXIMUM_ROWS;
  const missing = new Set(options.missing);
  const rows: string[][] = [];
  let header: string[] | undefined;

  const take = (record: string[]) => {
    if (header === undefined) {
      header = checkedHeader(record);
      return;
    }
    if (rows.length === maximumRows) {
      throw new SdkError(
        "TooManyRows",
        `The file has more than ${maximumRows} rows. Split it into several datasets, or raise the limit.`,
      );
    }
    if (record.length !== header.length) {
      throw new SdkError(
        "MalformedCsv",
        `Row ${rows.length + 1} has ${record.length} cells, the header has ${header.length}. ` +
          `Check the separators (comma) and quotes of that row.`,
        { row: rows.length + 1 },
      );
    }
    rows.push(missing.size === 0 ? record : record.map((cell) => (missing.has(cell.trim()) ? "" : cell)));
  };

  await parseInto(source, take, () => rows.length + 1);
  if (header === undefined) {
    throw new SdkError(
      "EmptyFile",
      "The file is empty. A table needs a header row with column names, and rows under it.",
    );
  }
  if (rows.length === 0) {
    throw new SdkError("EmptyFile", "The file has a header but no rows. A dataset needs at least one row.");
  }
  return { header, rows };
}

function checkedHeader(record: string[]): string[] {
  const header = record.map((name) => name.trim());
  if (header.length > MAX_COLUMNS) {
    throw new SdkError("TooManyColumns", `The file has ${header.length} columns; at most ${MAX_COLUMNS} are allowed.`);
  }
  const twice = header.find((name, index) => header.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new SdkError("AmbiguousColumn", `The header names the column "${twice}" twice. Rename one of them.`);
  }
  return header;
}

/**
 * Runs the parser over the source; `take` gets the records in order and may throw to stop. (The browser build of the
 * parser is used everywhere: one code path. It is fed text, since it takes only Node's own buffers for bytes.)
 */
async function parseInto(source: CsvSource, take: (record: string[]) => void, row: () => number): Promise<void> {
  const parser = parse({
    bom: true,
    record_delimiter: ["\r\n", "\n", "\r"],
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: MAXIMUM_ROW_BYTES,
  });
  let failed = false;
  const ended = new Promise<void>((resolve, reject) => {
    const fail = (error: unknown) => {
      failed = true;
      reject(error);
    };
    parser.on("data", (record: string[]) => {
      if (failed) return;
      try {
        take(record);
      } catch (error) {
        fail(error);
      }
    });
    parser.on("error", (error: Error & { code?: string }) => fail(malformed(error, row())));
    parser.on("end", () => resolve());
  });
  ended.catch(() => {}); // Awaited below, but it may fail while the source is still being read.

  for await (const chunk of textOf(source, row)) {
    if (!parser.write(chunk))
      await Promise.race([ended, new Promise<void>((resolve) => parser.once("drain", resolve))]);
    if (failed) break;
  }
  if (!failed) parser.end();
  await ended;
}

async function* textOf(source: CsvSource, row: () => number): AsyncGenerator<string> {
  if (typeof source === "string") {
    yield source;
    return;
  }
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (bytes?: Uint8Array) => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch {
      throw new SdkError("MalformedCsv", `Near row ${row()}: the text is not UTF-8. Save the file as UTF-8.`);
    }
  };
  for await (const chunk of source) yield typeof chunk === "string" ? chunk : decode(chunk);
  yield decode();
}

/** The parser's messages quote the file's text, so they are replaced by ours. */
function malformed(error: Error & { code?: string }, row: number): SdkError {
  const what: Record<string, string> = {
    CSV_QUOTE_NOT_CLOSED: "a quoted cell is never closed",
    CSV_INVALID_CLOSING_QUOTE: "there is text after a closing quote",
    INVALID_OPENING_QUOTE: "a quote stands inside an unquoted cell",
    CSV_MAX_RECORD_SIZE: `the row is longer than ${MAXIMUM_ROW_BYTES} bytes (is a quote left open?)`,
  };
  const reason = what[error.code ?? ""] ?? "it is not valid CSV";
  return new SdkError("MalformedCsv", `Near row ${row}: ${reason}. Correct that row and read the file again.`, { row });
}
