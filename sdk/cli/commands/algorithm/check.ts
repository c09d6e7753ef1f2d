import { Command } from "commander";
import { summaryOf, summaryText } from "../../algorithm/describe.ts";
import { type ProgramFlags, readProgram } from "../../algorithm/read-program.ts";
import type { Run } from "../../run-cli.ts";
import { PROGRAM, withTimeout } from "./options.ts";

export function checkCommand(run: Run): Command {
  const command = new Command("check")
    .description("trace a module and say what is proven of it, or the line that is refused")
    .argument(...PROGRAM)
    .addHelpText(
      "after",
      `
The module runs in a process of its own, without your environment; it may read this project and its own folder, and
write nothing, but it may use the network: run no stranger's. Types are not checked here: your editor does, or tsc.

Example:
  $ sharebridge algorithm check mean_wage.ts`,
    )
    .action((file: string, flags: ProgramFlags, command: Command) =>
      run(command, async (context) => {
        const summary = summaryOf(await readProgram(context, file, flags));
        return { document: summary, text: summaryText(summary) };
      }),
    );
  return withTimeout(command);
}
