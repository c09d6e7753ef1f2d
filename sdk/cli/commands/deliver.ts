import { Command } from "commander";
import { deliverAnswer } from "../../buyer/deliver-answer.ts";
import type { Run } from "../run-cli.ts";

export function deliverCommand(run: Run): Command {
  return new Command("deliver")
    .description("bring the nodes' answer to the market yourself, when the oracle does not; anyone may")
    .argument("<request-id>", "as request printed it")
    .addHelpText(
      "after",
      `
Example:
  $ sharebridge deliver 0x5d… --account buyer`,
    )
    .action((requestId: string, _flags: object, command: Command) =>
      run(command, async (context) => {
        const connection = await context.connection();
        const nodes = { signal: context.io.signal };
        const delivered = await deliverAnswer({ signer: await context.signer(), connection, requestId, nodes });
        const seats = delivered.seats.join(", ");
        return {
          document: delivered,
          text: `Delivered with the signatures of seats ${seats}: ${delivered.transactionHash}\n`,
        };
      }),
    );
}
