import { describeTable, largestRows, tablesOf } from "@sharebridge/algorithms/language/tables.ts";
import { Command } from "commander";
import { parameterWords, privateInputWords } from "../../../buyer/words-of-texts.ts";
import { SdkError } from "../../../errors/sdk-error.ts";
import { type ComparedOutput, type Comparison, compareRuns, fitTable, rowsOf } from "../../algorithm/compare-runs.ts";
import { errorText, summaryOf } from "../../algorithm/describe.ts";
import { type ProgramFlags, readProgram } from "../../algorithm/read-program.ts";
import { boundText } from "../../output.ts";
import { parameterOption } from "../../parameter-option.ts";
import { readPrivateInputs } from "../../read-private-inputs.ts";
import { listed, MISSING_OPTION, readTable, type TableFlags } from "../../read-table.ts";
import type { Run } from "../../run-cli.ts";
import { PROGRAM, withTimeout } from "./options.ts";

interface RunFlags extends ProgramFlags, TableFlags {
  data: string[];
  param: Record<string, string>;
  privateInputs?: string;
}

export function runCommand(run: Run): Command {
  const command = new Command("run")
    .description("run a program on tables of your own: in the clear, and by a simulated committee of four")
    .argument(...PROGRAM)
    .requiredOption(
      "--data <a.csv,b.csv>",
      "the tables of the pool, one a seller; those of one table of the program are appended",
      listed,
    )
    .option(...MISSING_OPTION)
    .option("--param <name=value>", "a public parameter of the program; repeat for each", parameterOption, {})
    .option("--private-inputs <file>", "JSON file with the program's private inputs by name")
    .addHelpText(
      "after",
      `
Prints each output three times: in double precision on the numbers of the tables, on words in the clear, and by the nodes' own engine on shares
(four parties in this process), with the error that the analysis declares. Protected groups are suppressed as if each table were another seller's. Exit code 1 when one is further off.

Of a program of several tables each file belongs to the one whose columns it has.

Example:
  $ sharebridge algorithm run mean_wage.ts --data mean_wage.csv --param least_hours=10`,
    )
    .action((subject: string, flags: RunFlags, command: Command) =>
      run(command, async (context) => {
        const program = await readProgram(context, subject, flags);
        const words = parameterWords(program, flags.param);
        const own = privateInputWords(program, await readPrivateInputs(context.io, flags.privateInputs));
        const tables = [];
        for (const path of flags.data) {
          const table = await readTable(context, path, flags, Math.max(...largestRows(program)));
          tables.push(inFile(path, () => fitTable(program, table)));
        }
        const rows = rowsOf(program, tables);
        rows.forEach((count, table) => {
          const { name, maximumRows } = tablesOf(program)[table];
          if (count <= maximumRows) return;
          const which = rows.length === 1 ? "" : ` of ${describeTable(name)}`;
          const message = `The tables${which} have ${count} rows; the program is proven for at most ${maximumRows}.`;
          throw new SdkError("TooManyRows", message);
        });
        const { name, hash } = summaryOf(program);
        const comparison = await compareRuns(program, tables, words, own);
        return {
          document: { name, hash, ...comparison },
          text: `${name} on ${rows.join(" and ")} rows\n${comparisonText(comparison)}`,
          ok: comparison.within,
        };
      }),
    );
  return withTimeout(command);
}

/** Says which of several tables an error is about. */
function inFile<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof SdkError)) throw error;
    const { code, row, column, privateText } = error;
    throw new SdkError(code, `${path}: ${error.message}`, {
      cause: error.cause,
      ...(row === undefined ? {} : { row }),
      ...(column === undefined ? {} : { column }),
      ...(privateText === undefined ? {} : { privateText }),
    });
  }
}

function comparisonText({ outputs, figures, committee, within, isNoised }: Comparison): string {
  const outputRows = outputs.map((output) => [
    ...[output.name, String(output.real), String(output.clear), String(output.committee)],
    ...[errorText(output.absoluteError), ...(isNoised ? [output.likelyError ?? "none"] : []), verdictOn(output)],
  ]);
  const figureRows = figures.map(({ figure, real }) =>
    figure.undefinedReason === undefined
      ? [figure.label, String(real), String(figure.value), boundText(figure)]
      : [figure.label, String(real), figure.isSuppressed ? "suppressed" : "not defined", figure.undefinedReason],
  );
  const most = Math.max(...committee.bytesSent);
  return [
    tableText([
      ["output", "real", "in the clear", "committee", "declared error", ...(isNoised ? ["with noise"] : [])],
      ...outputRows,
    ]),
    figures.length === 0 ? "" : tableText([["figure", "real", "committee", "error"], ...figureRows]),
    `The committee took ${committee.rounds} rounds; no node sent more than ${most} bytes.\n`,
    isNoised
      ? "The committee's outputs have noise, the others do not: with it they are this close to them in 95 runs of 100. Each run has other noise.\n"
      : "",
    within ? "All outputs are within their declared errors.\n" : "An output is OUTSIDE its declared error.\n",
  ].join("");
}

function verdictOn({ within, undefinedReason, asComputed }: ComparedOutput): string {
  if (!within) return "OUTSIDE";
  return undefinedReason ?? (asComputed ? "as computed" : "ok");
}

/** The first column to the left, numbers to the right. */
function tableText(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join("  ");
  return rows.map((row) => `  ${line(row).trimEnd()}\n`).join("");
}
