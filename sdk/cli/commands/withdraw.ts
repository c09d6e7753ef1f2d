import { Command } from "commander";
import { toBeHex } from "ethers";
import { SdkError } from "../../errors/sdk-error.ts";
import { listMarkets } from "../../network/list-markets.ts";
import { openMarket } from "../../network/open-market.ts";
import { type Payout, withdrawEarnings } from "../../seller/withdraw-earnings.ts";
import { amountText } from "../output.ts";
import type { Run } from "../run-cli.ts";

export function withdrawCommand(run: Run): Command {
  return new Command("withdraw")
    .description("take everything that your account has earned")
    .option("--market <address>", "only from this market (default: all markets of the deployment)")
    .addHelpText(
      "after",
      `
Example:
  $ sharebridge withdraw --account seller2`,
    )
    .action((options: { market?: string }, command: Command) =>
      run(command, async (context) => {
        const connection = await context.connection();
        const signer = await context.signer();
        const markets =
          options.market === undefined ? await listMarkets(connection) : [await openMarket(connection, options.market)];
        const payouts: Payout[] = [];
        // One after another: an account's transactions are numbered.
        for (const market of markets) payouts.push(...(await withdrawEarnings({ signer, market })));
        if (payouts.length === 0) {
          const account = await signer.getAddress();
          throw new SdkError(
            "NothingEarned",
            `${account} has nothing to withdraw. Earnings appear once a request is answered.`,
          );
        }
        const lines = await Promise.all(
          payouts.map(async ({ market, token, amount, datasetId }) => {
            const source = datasetId === undefined ? "own balance" : `dataset ${toBeHex(datasetId, 32)}`;
            return `${await amountText(connection, token, amount)} from ${market}, ${source}\n`;
          }),
        );
        const document = payouts.map(({ datasetId, ...payout }) => ({
          ...payout,
          ...(datasetId === undefined ? {} : { datasetId: toBeHex(datasetId, 32) }),
        }));
        return { document: { payouts: document }, text: lines.join("") };
      }),
    );
}
