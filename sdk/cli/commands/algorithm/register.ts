import { Command } from "commander";
import { registerProgram } from "../../../author/register-program.ts";
import { type ProgramFlags, readProgram } from "../../algorithm/read-program.ts";
import type { Run } from "../../run-cli.ts";
import { PROGRAM, withTimeout } from "./options.ts";

export function registerCommand(run: Run): Command {
  const command = new Command("register")
    .description("register a program on chain; your account becomes its author, for good")
    .argument(...PROGRAM)
    .option("--uri <uri>", "where the encoding can be fetched; it is kept on chain", "")
    .addHelpText(
      "after",
      `
Two transactions, announcement and registration, so that nobody can copy the program from the first and be its author. Then publish the encoding
("inspect --encoding"), and ask a committee's operators to approve it: three of the four have to, before requests for it are taken.

Example:
  $ sharebridge algorithm register mean_wage.ts --uri https://example.org/mean_wage.json --account author`,
    )
    .action((file: string, flags: ProgramFlags & { uri: string }, command: Command) =>
      run(command, async (context) => {
        const program = await readProgram(context, file, flags);
        const connection = await context.connection();
        const signer = await context.signer();
        const onProgress = (message: string) => context.progress.say(message);
        const registration = await registerProgram({ connection, signer, program, uri: flags.uri, onProgress });
        const { author, algorithm, sent } = registration;
        const how = sent ? "is registered" : "was registered before";
        return {
          document: { name: program.name, ...registration },
          text: `${program.name} ${algorithm} ${how}; its author is ${author}.\n`,
        };
      }),
    );
  return withTimeout(command);
}
