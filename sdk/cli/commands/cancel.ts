import { Command } from "commander";
import { cancelRequest } from "../../buyer/cancel-request.ts";
import { findRequest } from "../../network/find-request.ts";
import { amountText } from "../output.ts";
import type { Run } from "../run-cli.ts";

export function cancelCommand(run: Run): Command {
  return new Command("cancel")
    .description("give the price of a request back that nobody answered by its deadline; anyone may")
    .argument("<request-id>", "as request printed it")
    .addHelpText(
      "after",
      `
Example:
  $ sharebridge cancel 0x5d… --account buyer`,
    )
    .action((requestId: string, _flags: object, command: Command) =>
      run(command, async (context) => {
        const connection = await context.connection();
        const cancelled = await cancelRequest({ signer: await context.signer(), connection, requestId });
        const { market } = await findRequest(connection, requestId);
        const refund = await amountText(connection, market.terms.token, cancelled.refund);
        return { document: cancelled, text: `Cancelled; ${refund} went back to ${cancelled.buyer}.\n` };
      }),
    );
}
