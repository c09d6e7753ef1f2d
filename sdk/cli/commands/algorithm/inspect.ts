import { encodeProgram, programHash } from "@sharebridge/algorithms/language/encode.ts";
import { printProgram } from "@sharebridge/algorithms/language/print.ts";
import { Command } from "commander";
import { type ProgramFlags, readProgram } from "../../algorithm/read-program.ts";
import type { Run } from "../../run-cli.ts";
import { PROGRAM, withTimeout } from "./options.ts";

export function inspectCommand(run: Run): Command {
  const command = new Command("inspect")
    .description("print a program as text that can be reviewed")
    .argument(...PROGRAM)
    .option("--encoding", "print the canonical encoding instead: what is hashed, published and approved")
    .addHelpText(
      "after",
      `
Examples:
  $ sharebridge algorithm inspect mean_wage.ts
  $ sharebridge algorithm inspect mean_wage.ts --encoding > mean_wage.json`,
    )
    .action((subject: string, flags: ProgramFlags & { encoding?: boolean }, command: Command) =>
      run(command, async (context) => {
        const program = await readProgram(context, subject, flags);
        const encoding = new TextDecoder().decode(encodeProgram(program));
        const text = printProgram(program);
        return {
          document: { name: program.name, hash: programHash(program), text, encoding },
          text: flags.encoding ? `${encoding}\n` : text,
        };
      }),
    );
  return withTimeout(command);
}
