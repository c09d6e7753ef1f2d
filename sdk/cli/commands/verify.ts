import { Command } from "commander";
import { verifyAnswer } from "../../buyer/verify-answer.ts";
import type { Run } from "../run-cli.ts";

export function verifyCommand(run: Run): Command {
  return new Command("verify")
    .description("check an answer's proof and commitments from the chain alone")
    .argument("<request-id>", "of any request, also of others'")
    .addHelpText(
      "after",
      `
Exit code 1 when a check fails. Needs no account and no node: everything is read from the chain and computed again.

Example:
  $ sharebridge verify 0x5d… --json`,
    )
    .action((requestId: string, _flags: object, command: Command) =>
      run(command, async (context) => {
        const verification = await verifyAnswer({ connection: await context.connection(), requestId });
        const lines = verification.checks.map(
          ({ name, passed, detail }) => `  ${passed ? "ok  " : "FAIL"} ${name.padEnd(12)} ${detail}\n`,
        );
        const verdict = verification.valid ? "The answer is valid.\n" : "The answer is NOT valid.\n";
        return { document: verification, text: `${lines.join("")}${verdict}`, ok: verification.valid };
      }),
    );
}
