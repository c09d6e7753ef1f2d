/** The demo's words on the terminal. */
import { formatUnits } from "ethers";
import type { Report, Step } from "./report.ts";
import { failures } from "./verdict.ts";

const say = (line = "") => process.stdout.write(`${line}\n`);

export function printStep({ number, title, milliseconds, gas, details }: Step): void {
  const time = milliseconds === null ? "same transaction" : `${Math.round(milliseconds)} ms`;
  const cost = gas === null ? "" : `, ${gas.toLocaleString("en-US")} gas`;
  say(`\n${number}. ${title}  (${time}${cost})`);
  for (const detail of details) say(`   ${detail}`);
}

function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
    );
    say(`   ${cells.join("  ")}`);
  }
}

const decimal = (value: number) => value.toPrecision(9).replace(/\.?0+$/, "");
const tiny = (value: number) => (value === 0 ? "0" : value.toExponential(1));
const tokens = (amount: bigint) => formatUnits(amount, 18);

export function printResults(report: Report): void {
  say("\nThe answer, next to the same figures computed in the clear");
  printTable([
    ["", "answer", "in the clear", "difference", "declared error", ""],
    ...report.figures.map(({ label, answer, clear, declaredError, withinDeclaredError }) => [
      label,
      decimal(answer),
      decimal(clear),
      tiny(Math.abs(answer - clear)),
      tiny(declaredError),
      withinDeclaredError ? "within" : "OUTSIDE",
    ]),
  ]);

  const { escrow } = report;
  say("\nEarnings (test tokens)");
  printTable(report.payouts.map(({ party, role, amount }) => [`${party} (${role})`, tokens(amount)]));
  say(`   escrow ${tokens(escrow.price)} = paid out ${tokens(escrow.paidOut)} + dust ${tokens(escrow.dust)}`);
  say(`   oracle fee ${formatUnits(report.oracleFeeJuels, 18)} LINK`);

  const seconds = (report.milliseconds / 1_000).toFixed(1);
  say(
    report.passed
      ? `\nPassed, the eight steps in ${seconds} s: every figure is within its declared error, the proof holds, every wei is accounted for.`
      : `\nFAILED after ${seconds} s: ${failures(report).join("; ")}.`,
  );
}
