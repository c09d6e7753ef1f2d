import { Command } from "commander";
import { isHexString } from "ethers";
import { SdkError } from "../../errors/sdk-error.ts";
import { openMarket } from "../../network/open-market.ts";
import { removeExhausted } from "../../network/remove-exhausted.ts";
import type { Run } from "../run-cli.ts";

export function removeExhaustedCommand(run: Run): Command {
  return new Command("remove-exhausted")
    .description("take a dataset that is used up out of a market, so that the market computes again; anyone may")
    .argument("<dataset-id>", "as request named it")
    .requiredOption("--market <address>", "market, by address or by its name in the network file")
    .addHelpText(
      "after",
      `
A seller's policy ends by uses or by privacy budget. From then on nodes refuse every request on a pool with the dataset. Three
of them must confirm it.

Example:
  $ sharebridge remove-exhausted 0x5d… --market payGap --account buyer`,
    )
    .action((id: string, options: { market: string }, command: Command) =>
      run(command, async (context) => {
        if (!isHexString(id, 32)) throw new SdkError("Usage", "A dataset id is 0x and 64 hexadecimal digits.");
        const market = await openMarket(await context.connection(), options.market);
        const signer = await context.signer();
        const nodes = { signal: context.io.signal };
        const transactionHash = await removeExhausted({ signer, market, datasetId: BigInt(id), nodes });
        return {
          document: { datasetId: id, market: market.address, transactionHash },
          text: `The dataset ${id} is out of ${market.address}.\n`,
        };
      }),
    );
}
