import { join } from "node:path";
import { Command } from "commander";
import { toBeHex } from "ethers";
import { SdkError } from "../../errors/sdk-error.ts";
import { openMarket } from "../../network/open-market.ts";
import { parsePolicy } from "../../seller/policy.ts";
import { type Published, publishDataset } from "../../seller/publish-dataset.ts";
import { encodeTable } from "../../table/encode-table.ts";
import { parseSchema } from "../../table/parse-schema.ts";
import { readJson } from "../files.ts";
import { publicationFile } from "../publication-folder.ts";
import { MISSING_OPTION, readTable, type TableFlags, wholeNumber } from "../read-table.ts";
import type { Run } from "../run-cli.ts";

interface PublishFlags extends TableFlags {
  schema: string;
  policy: string;
  market: string;
  resume?: boolean;
  new?: boolean;
  maxRows?: number;
}

/** e.g. "10 rows", "9 valid rows of 10". */
function rowsOf({ rows, validRows }: Published): string {
  return validRows === rows ? `${rows} rows` : `${validRows} valid rows of ${rows}`;
}

export function publishCommand(run: Run): Command {
  return new Command("publish")
    .description("share a table among the four nodes and join a market; the table itself stays here")
    .argument("<file.csv>", "comma-separated values with a header")
    .requiredOption("--schema <file>", 'its columns; "schema infer" proposes them')
    .requiredOption("--policy <file>", 'what you consent to; "policy example" writes one')
    .requiredOption("--market <address>", "market, by address or by its name in the network file")
    .option(...MISSING_OPTION)
    .option("--resume", "go on with the interrupted publication of this table; fail when there is none")
    .option("--new", "make a new dataset although this table was published already")
    .option("--max-rows <number>", "most rows to read (default: 1000000)", wholeNumber)
    .addHelpText(
      "after",
      `
The same command again resumes an interrupted publication: what it needs is kept in ~/.sharebridge/publications (readable
by you alone; as secret as the table). The market is joined once all four nodes hold their shares.

Example:
  $ sharebridge publish wages.csv --schema schema.json --policy policy.json --market payGap --account seller2`,
    )
    .action((file: string, flags: PublishFlags, command: Command) =>
      run(command, async (context) => {
        if (flags.resume && flags.new) throw new SdkError("Usage", "--resume and --new exclude each other.");
        const { io, progress } = context;
        const schema = parseSchema(await readJson(io, flags.schema, "schema"));
        const policy = parsePolicy(await readJson(io, flags.policy, "policy"));
        const table = await readTable(context, file, flags, flags.maxRows);
        const encoded = encodeTable(table, schema);
        const connection = await context.connection();
        const signer = await context.signer();
        const market = await openMarket(connection, flags.market);
        const store = publicationFile(io, join(context.homeFolder, "publications"), {
          chainId: connection.chainId,
          registry: connection.datasetRegistry,
          seller: await signer.getAddress(),
          table: encoded,
        });
        if (flags.new) await store.setAside();
        const begun = await store.exists();
        if (flags.resume && !begun) {
          throw new SdkError(
            "InvalidPublication",
            "There is no publication of this table to resume. Leave --resume out.",
          );
        }
        if (begun)
          progress.say("Going on with the publication of this table that was begun before (--new makes another)");
        const published = await publishDataset({
          signer,
          market,
          table,
          schema,
          policy,
          store,
          nodes: { signal: io.signal },
          onProgress: ({ message, done }) => progress.say(done === undefined ? message : `${message} (${done} of 4)`),
        });
        const datasetId = toBeHex(published.datasetId, 32);
        return {
          document: { ...published, datasetId, market: market.address, state: store.path },
          text: `Published ${rowsOf(published)} as dataset ${datasetId} in market ${market.address}.\n`,
        };
      }),
    );
}
