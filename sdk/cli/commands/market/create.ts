import { Command, InvalidArgumentError } from "commander";
import { isAddress } from "ethers";
import {
  createMarket,
  DEFAULT_CALLBACK_GAS,
  DEFAULT_DEADLINE_SECONDS,
  DEFAULT_MINIMUM_ROWS,
  DEFAULT_SPLIT,
  type Split,
} from "../../../owner/create-market.ts";
import { type ProgramFlags, readProgram } from "../../algorithm/read-program.ts";
import { amountText } from "../../output.ts";
import { wholeAmount, wholeNumber } from "../../read-table.ts";
import type { Run } from "../../run-cli.ts";
import { PROGRAM, withTimeout } from "../algorithm/options.ts";

interface CreateFlags extends ProgramFlags {
  price: bigint;
  token?: string;
  gateway?: string;
  committee?: bigint;
  minRows?: number;
  maxRows?: number;
  deadline?: number;
  callbackGas?: number;
  split?: Split;
}

export function createMarketCommand(run: Run): Command {
  const command = new Command("create")
    .description("make a market that sells answers of a registered program; your account becomes its owner")
    .argument(...PROGRAM)
    .requiredOption("--price <amount>", "of a request, in the token's smallest unit", wholeAmount)
    .option("--token <address>", "that is paid in (default: the network file's)", address)
    .option("--gateway <address>", "to the oracle (default: the network file's)", address)
    .option("--committee <number>", "of operators who compute (default: the network file's)", wholeAmount)
    .option(
      "--min-rows <number>",
      `fewest rows of a pool to compute on (default: ${DEFAULT_MINIMUM_ROWS})`,
      wholeNumber,
    )
    .option("--max-rows <number>", "most rows of the pool (default: the program's maximum)", wholeNumber)
    .option("--deadline <seconds>", `for the answer (default: ${DEFAULT_DEADLINE_SECONDS})`, wholeNumber)
    .option("--callback-gas <gas>", `most for a buyer's contract (default: ${DEFAULT_CALLBACK_GAS})`, wholeNumber)
    .option(
      "--split <bps>",
      `of the price, in basis points: sellers,author,committee,owner (default: ${Object.values(DEFAULT_SPLIT).join(",")})`,
      splitOf,
    )
    .addHelpText(
      "after",
      `
The terms cannot be changed afterwards. The program must be registered ("algorithm register"), and the market takes requests once three of the
committee's four operators have approved it. Commands take the address that is printed; to use a name, add it to "markets" of the network file.

Example:
  $ sharebridge market create wage_histogram --price 5000000000000000000 --account author`,
    )
    .action((subject: string, flags: CreateFlags, command: Command) =>
      run(command, async (context) => {
        const program = await readProgram(context, subject, flags);
        const connection = await context.connection();
        const signer = await context.signer();
        const { committee, deadline, callbackGas, timeout: _, ...terms } = flags;
        const created = await createMarket({
          ...{ connection, signer, program, ...terms },
          ...(committee === undefined ? {} : { committeeId: committee }),
          ...(deadline === undefined ? {} : { deadlineSeconds: deadline }),
          ...(callbackGas === undefined ? {} : { maxCallbackGas: callbackGas }),
        });
        const { market, algorithm, token, price, minRows, maxRows } = created;
        const cost = await amountText(connection, token, price);
        return {
          document: { name: program.name, ...created },
          text: `Market ${market} sells ${program.name} ${algorithm}: ${cost} a request, ${minRows} to ${maxRows} rows.\n`,
        };
      }),
    );
  return withTimeout(command);
}

function address(text: string): string {
  if (!isAddress(text)) throw new InvalidArgumentError("It must be an address: 0x and 40 hexadecimal digits.");
  return text;
}

function splitOf(text: string): Split {
  const parts = text.split(",").map((part) => (/^\d{1,5}$/.test(part) ? Number(part) : Number.NaN));
  if (parts.length !== 4 || parts.reduce((sum, part) => sum + part, 0) !== 10_000) {
    throw new InvalidArgumentError("It must be four whole numbers that add up to 10000, e.g. 7000,1000,1500,500.");
  }
  const [sellersBps, authorBps, committeeBps, ownerBps] = parts;
  return { sellersBps, authorBps, committeeBps, ownerBps };
}
