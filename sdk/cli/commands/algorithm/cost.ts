import { largestRows } from "@sharebridge/algorithms/language/tables.ts";
import { Command } from "commander";
import { SdkError } from "../../../errors/sdk-error.ts";
import { estimate } from "../../algorithm/estimate.ts";
import { type ProgramFlags, readProgram } from "../../algorithm/read-program.ts";
import { wholeNumbers } from "../../read-table.ts";
import type { Run } from "../../run-cli.ts";
import { PROGRAM, positiveNumber, withTimeout } from "./options.ts";

interface CostFlags extends ProgramFlags {
  rows?: number[];
  throughput: number;
  latency: number;
}

export function costCommand(run: Run): Command {
  const command = new Command("cost")
    .description("rounds, bytes and estimated seconds of a program among the four nodes")
    .argument(...PROGRAM)
    .option(
      "--rows <numbers>",
      "rows of each table, comma-separated, the main one first (default: the program's maximum)",
      wholeNumbers,
    )
    .option("--throughput <megabits>", "what a node can send in a second", positiveNumber, 1_000)
    .option("--latency <milliseconds>", "from one node to another, one way", positiveNumber, 10)
    .addHelpText(
      "after",
      `
Rounds and bytes are counted by running the program with lengths alone; opening the outputs, setting up the session and framing come on top.
Seconds are a model: bytes of the busiest node over the throughput, plus rounds times latency; the nodes' own work is not in it.

Example:
  $ sharebridge algorithm cost mean_wage.ts --rows 100000 --throughput 100 --latency 25`,
    )
    .action((subject: string, flags: CostFlags, command: Command) =>
      run(command, async (context) => {
        const program = await readProgram(context, subject, flags);
        const most = largestRows(program);
        const { rows = most, throughput, latency } = flags;
        if (rows.length !== most.length || rows.some((count, table) => count < 1 || count > most[table])) {
          const bounds = most.map((count) => `from 1 to ${count}`).join(", and ");
          throw new SdkError("Usage", `--rows must be ${bounds}, the program's maximum.`);
        }
        const found = await estimate(program, rows.length === 1 ? rows[0] : rows, {
          megabitsPerSecond: throughput,
          latencyMs: latency,
        });
        const { rounds, bytesSent, seconds } = found;
        const lines = [
          `${program.name} on ${rows.join(" and ")} rows: ${rounds} rounds`,
          ...bytesSent.map((bytes, party) => `  node ${party} sends ${bytes} bytes`),
          `  about ${seconds.toPrecision(3)} s at ${throughput} Mbit/s and ${latency} ms (bytes / throughput + rounds * latency)`,
        ];
        return { document: found, text: `${lines.join("\n")}\n` };
      }),
    );
  return withTimeout(command);
}
