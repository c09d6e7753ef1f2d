import { disclosureStatement } from "@sharebridge/algorithms/language/disclosure.ts";
import { costText, type PrivacyTerms } from "@sharebridge/algorithms/language/market-terms.ts";
import { Command } from "commander";
import { SdkError } from "../../errors/sdk-error.ts";
import { findProgram } from "../../network/find-program.ts";
import { listMarkets } from "../../network/list-markets.ts";
import { amountText } from "../output.ts";
import type { Run } from "../run-cli.ts";

/** What a market's terms say of privacy. */
function privacyText(terms: PrivacyTerms): string {
  const { epsilonPerRequest, deltaPerRequest, cohortRows, cohortSellers } = terms;
  const answers =
    epsilonPerRequest === 0n ? "exact answers" : `an answer costs ${costText(epsilonPerRequest, deltaPerRequest)}`;
  const sellers = Math.max(1, cohortSellers);
  return cohortRows > 1 ? `${answers}; groups of at least ${cohortRows} rows of ${sellers} sellers` : answers;
}

export function algorithmsCommand(run: Run): Command {
  return new Command("algorithms")
    .description("list the markets with what their programs disclose")
    .addHelpText(
      "after",
      `
Example:
  $ sharebridge algorithms --network devnet.json`,
    )
    .action((_options: object, command: Command) =>
      run(command, async (context) => {
        const connection = await context.connection();
        const markets = await Promise.all(
          (await listMarkets(connection)).map(async ({ address, terms, contract }) => {
            const [program, pool] = await Promise.all([
              findProgram(connection, terms.algorithm).catch((error: unknown) => {
                if (error instanceof SdkError && error.code === "UnknownProgram") return null;
                throw error;
              }),
              contract.pool(),
            ]);
            return {
              market: address,
              algorithm: terms.algorithm,
              name: program?.name ?? null,
              price: terms.price,
              token: terms.token,
              minRows: terms.minRows,
              cohortRows: terms.cohortRows,
              cohortSellers: terms.cohortSellers,
              epsilonPerRequest: terms.epsilonPerRequest,
              deltaPerRequest: terms.deltaPerRequest,
              rows: pool.rows,
              datasets: pool.datasets,
              disclosure: program === null ? null : disclosureStatement(program),
            };
          }),
        );
        const texts = await Promise.all(
          markets.map(async (listed) => {
            const { market, algorithm, name, price, token, rows, datasets, disclosure } = listed;
            const cost = await amountText(connection, token, price);
            const head = `${name ?? "unknown program"}: ${cost} a request, ${datasets} datasets, ${rows} rows\n`;
            return `${head}  market    ${market}\n  algorithm ${algorithm}\n  privacy   ${privacyText(listed)}\n\n${disclosure ?? "Its program is not here.\n"}`;
          }),
        );
        return { document: { markets }, text: texts.length === 0 ? "There is no market yet.\n" : texts.join("\n") };
      }),
    );
}
