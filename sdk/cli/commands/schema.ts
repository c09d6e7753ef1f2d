import { tablesOf } from "@sharebridge/algorithms/language/tables.ts";
import { Command } from "commander";
import { findProgram } from "../../network/find-program.ts";
import { openMarket } from "../../network/open-market.ts";
import { chooseTable } from "../../table/choose-table.ts";
import { inferSchema } from "../../table/infer-schema.ts";
import { jsonText } from "../output.ts";
import { MISSING_OPTION, readTable, type TableFlags } from "../read-table.ts";
import type { Run } from "../run-cli.ts";

export function schemaCommand(run: Run): Command {
  const infer = new Command("infer")
    .description("propose a schema for a table; it is public, so read it before you publish")
    .argument("<file.csv>", "comma-separated values with a header")
    .option(...MISSING_OPTION)
    .option(
      "--market <address>",
      "take just the columns that this market's program asks for, as it declares them; of several tables, those of the one that the file has",
    )
    .addHelpText(
      "after",
      `
The schema goes to stdout, what is left out and why to stderr. Ranges are rounded outwards, so that they do not tell the
table's extremes; names of categories are the table's own.

Examples:
  $ sharebridge schema infer wages.csv > schema.json
  $ sharebridge schema infer wages.csv --market payGap --network devnet.json > schema.json`,
    )
    .action((file: string, options: TableFlags & { market?: string }, command: Command) =>
      run(command, async (context) => {
        const table = await readTable(context, file, options);
        const wanted = options.market === undefined ? [] : await wantedBy(options.market);
        const { schema, leftOut } = inferSchema(table, { wanted });
        for (const { header, reason } of leftOut) context.progress.say(`Left out: ${header} ${reason}`);
        return { document: schema, text: jsonText(schema) };

        async function wantedBy(name: string) {
          const market = await openMarket(await context.connection(), name);
          const program = await findProgram(market.connection, market.terms.algorithm);
          return tablesOf(program)[chooseTable(program, table)].columns;
        }
      }),
    );
  return new Command("schema").description("the columns of a table").addCommand(infer);
}
