import { Command } from "commander";
import { isHexString } from "ethers";
import { SdkError } from "../../errors/sdk-error.ts";
import { openMarket } from "../../network/open-market.ts";
import { leaveMarket } from "../../seller/leave-market.ts";
import type { Run } from "../run-cli.ts";

export function leaveCommand(run: Run): Command {
  return new Command("leave")
    .description("take a dataset out of a market; requests already made still use it and pay it")
    .argument("<dataset-id>", "as publish printed it")
    .requiredOption("--market <address>", "market, by address or by its name in the network file")
    .addHelpText(
      "after",
      `
Example:
  $ sharebridge leave 0x5d… --market payGap --account seller2`,
    )
    .action((id: string, options: { market: string }, command: Command) =>
      run(command, async (context) => {
        if (!isHexString(id, 32)) throw new SdkError("Usage", "A dataset id is 0x and 64 hexadecimal digits.");
        const market = await openMarket(await context.connection(), options.market);
        const transactionHash = await leaveMarket({ signer: await context.signer(), market, datasetId: BigInt(id) });
        return {
          document: { datasetId: id, market: market.address, transactionHash },
          text: `The dataset ${id} has left ${market.address}.\n`,
        };
      }),
    );
}
