import type { DefinedFigure, Figure } from "@sharebridge/algorithms/language/finish.ts";
import { Contract, formatUnits } from "ethers";
import type { SdkError } from "../errors/sdk-error.ts";
import type { Connection } from "../network/connect.ts";

/** One JSON document: big integers as decimal strings. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, (_, member) => (typeof member === "bigint" ? member.toString() : member), 2)}\n`;
}

/** What --json prints for an error: never the table's text, never a stack. */
export function errorDocument(error: SdkError): unknown {
  const { code, message, row, column, programCode, site } = error;
  return { error: { code, message, row, column, programCode, site } };
}

/** "12.5 SBT" for an amount of a token in its smallest unit; the plain number when the token does not say. */
export async function amountText(connection: Connection, token: string, amount: bigint): Promise<string> {
  const abi = ["function symbol() view returns (string)", "function decimals() view returns (uint8)"];
  const contract = new Contract(token, abi, connection.provider);
  try {
    const [symbol, decimals] = (await Promise.all([contract.symbol(), contract.decimals()])) as [string, bigint];
    return `${formatUnits(amount, decimals)} ${symbol.replace(/[^\x20-\x7e]/g, "").slice(0, 16)}`;
  } catch {
    return `${amount} of the token ${token}`;
  }
}

/** Figures as a table: label, value, and how far off it may be. */
export function figureLines(figures: readonly Figure[]): string {
  const rows = figures.map((figure) =>
    figure.undefinedReason === undefined
      ? [figure.label, roundedTo(figure.value, likelyErrorOf(figure)), boundText(figure)]
      : [figure.label, figure.isSuppressed ? "suppressed" : "not defined", figure.undefinedReason],
  );
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map(([label, value, error]) => `  ${label.padEnd(widths[0])}  ${value.padStart(widths[1])}  ${error}\n`)
    .join("");
}

/** How far off a figure may be: "exact", "± 2.3e-7", and what noise makes of it. */
export function boundText({ error, likelyError }: DefinedFigure): string {
  const bound = error === 0 ? "exact" : `± ${upwards(error)}`;
  if (likelyError === undefined) return bound;
  const beside = error === 0 ? "" : ` (${bound} without the noise)`;
  if (!Number.isFinite(likelyError)) return `noise may make it mean nothing${beside}`;
  return `± ${upwards(likelyError)} in 95 answers of 100, by noise${beside}`;
}

/** What digits mean something up to. */
function likelyErrorOf({ error, likelyError = 0 }: DefinedFigure): number {
  return Number.isFinite(likelyError) ? Math.max(error, likelyError) : error;
}

/** Two digits of an error, rounded up: it stays a bound. */
export function upwards(error: number): string {
  const unit = 10 ** (Math.floor(Math.log10(error)) - 1);
  return (Math.ceil(error / unit) * unit).toExponential(1);
}

/** The value with two places more than its error has a meaning for. */
function roundedTo(value: number, error: number): string {
  if (error === 0) return String(value);
  const places = Math.min(12, Math.max(0, 2 - Math.floor(Math.log10(error))));
  return value.toFixed(Math.min(places, 12));
}
