/** The table of `npm run demo:library`. */
import type { Purchase } from "./buy.ts";

type Column = readonly [title: string, cell: (purchase: Purchase) => string];

const small = (value: number): string => (value === 0 ? "exact" : value.toExponential(1));

const columns: readonly Column[] = [
  ["program", ({ program }) => program],
  ["rows", ({ rows }) => String(rows)],
  ["seconds", ({ seconds }) => seconds.toFixed(1)],
  ["rounds", ({ rounds }) => String(rounds)],
  ["MB a node", ({ bytesOfBusiestNode }) => (bytesOfBusiestNode / 1e6).toFixed(2)],
  ["figures", ({ judgement }) => String(judgement.figures)],
  ["suppressed", ({ judgement }) => String(judgement.suppressed)],
  ["largest error", ({ judgement }) => small(judgement.largestError)],
  ["noise up to", ({ judgement: { noise } }) => (noise === 0 ? "none" : noise.toExponential(1))],
  ["of both used", ({ judgement }) => `${(100 * judgement.worstShare).toFixed(1)} %`],
  ["", ({ judgement }) => (judgement.failures.length === 0 ? "ok" : "WRONG")],
  ["data", ({ source }) => source],
];

/** Texts to the left, numbers to the right. */
export function tableLines(purchases: readonly Purchase[]): string[] {
  const lines = [columns.map(([title]) => title), ...purchases.map((each) => columns.map(([, cell]) => cell(each)))];
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines.map((line) =>
    line
      .map((cell, column) =>
        column === 0 || column >= columns.length - 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      )
      .join("  ")
      .trimEnd(),
  );
}
