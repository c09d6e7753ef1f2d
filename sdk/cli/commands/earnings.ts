import { Command } from "commander";
import { toBeHex } from "ethers";
import { listMarkets } from "../../network/list-markets.ts";
import { openMarket } from "../../network/open-market.ts";
import { earningsIn } from "../../seller/earnings.ts";
import { amountText } from "../output.ts";
import type { Run } from "../run-cli.ts";

export function earningsCommand(run: Run): Command {
  return new Command("earnings")
    .description("what your account has earned and not yet taken")
    .option("--market <address>", "only in this market (default: all markets of the deployment)")
    .addHelpText(
      "after",
      `
Example:
  $ sharebridge earnings --account seller2`,
    )
    .action((options: { market?: string }, command: Command) =>
      run(command, async (context) => {
        const connection = await context.connection();
        const account = await (await context.signer()).getAddress();
        const markets =
          options.market === undefined ? await listMarkets(connection) : [await openMarket(connection, options.market)];
        const earnings = await Promise.all(
          markets.map(async (market) => {
            const { datasets, ...rest } = await earningsIn(market, account);
            return {
              ...rest,
              datasets: datasets.map((entry) => ({ ...entry, datasetId: toBeHex(entry.datasetId, 32) })),
            };
          }),
        );
        const involved = earnings.filter(({ datasets, total }) => datasets.length > 0 || total > 0n);
        const lines: string[] = [];
        for (const { market, token, datasets, withdrawable, total } of involved) {
          lines.push(`${market}: ${await amountText(connection, token, total)}\n`);
          for (const { datasetId, claimable, member } of datasets) {
            const left = member ? "" : " (has left)";
            lines.push(`  dataset ${datasetId}${left}: ${await amountText(connection, token, claimable)}\n`);
          }
          if (withdrawable > 0n) {
            lines.push(`  as author, operator or owner: ${await amountText(connection, token, withdrawable)}\n`);
          }
        }
        return {
          document: { account, markets: involved },
          text: lines.length === 0 ? `${account} takes part in no market yet.\n` : lines.join(""),
        };
      }),
    );
}
