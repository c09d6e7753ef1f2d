import { disclosureHash, disclosureStatement } from "@sharebridge/algorithms/language/disclosure.ts";
import { programHash } from "@sharebridge/algorithms/language/encode.ts";
import { Command } from "commander";
import { type ProgramFlags, readProgram } from "../../algorithm/read-program.ts";
import type { Run } from "../../run-cli.ts";
import { PROGRAM, withTimeout } from "./options.ts";

export function disclosureCommand(run: Run): Command {
  const command = new Command("disclosure")
    .description("print what a program opens and to whom, as sellers read it before they consent")
    .argument(...PROGRAM)
    .addHelpText(
      "after",
      `
Example:
  $ sharebridge algorithm disclosure mean_wage.ts`,
    )
    .action((subject: string, flags: ProgramFlags, command: Command) =>
      run(command, async (context) => {
        const program = await readProgram(context, subject, flags);
        const statement = disclosureStatement(program);
        const document = { hash: programHash(program), disclosureHash: disclosureHash(program), statement };
        return { document, text: statement };
      }),
    );
  return withTimeout(command);
}
