import { Command } from "commander";
import { readAnswer } from "../../buyer/read-answer.ts";
import { requestComputation } from "../../buyer/request-computation.ts";
import { waitForAnswer } from "../../buyer/wait-for-answer.ts";
import { formatTime } from "../../errors/decode-revert.ts";
import { openMarket } from "../../network/open-market.ts";
import { keyFolder } from "../key-folder.ts";
import { figureLines } from "../output.ts";
import { parameterOption } from "../parameter-option.ts";
import { readPrivateInputs } from "../read-private-inputs.ts";
import { wholeAmount, wholeNumber } from "../read-table.ts";
import type { Run } from "../run-cli.ts";

interface RequestFlags {
  market: string;
  param: Record<string, string>;
  privateInputs?: string;
  public?: boolean;
  wait?: boolean;
  maxPrice?: bigint;
  maxOracleFee?: bigint;
  minRows?: number;
  minDatasets?: number;
}

export function requestCommand(run: Run): Command {
  return new Command("request")
    .description("buy a computation: pay into escrow and ask for the answer")
    .requiredOption("--market <address>", "market, by address or by its name in the network file")
    .option("--param <name=value>", "a public parameter of the program; repeat for each", parameterOption, {})
    .option("--private-inputs <file>", "JSON file with the program's private inputs by name; nobody else sees them")
    .option("--public", "let the answer stand on chain for everybody (default: sealed to you alone)")
    .option("--wait", "wait for the answer and print it")
    .option("--max-price <amount>", "most that you pay, in the token's smallest unit", wholeAmount)
    .option("--max-oracle-fee <juels>", "most that the oracle may cost, in 10^-18 LINK", wholeAmount)
    .option("--min-rows <number>", "fewest rows in the pool", wholeNumber)
    .option("--min-datasets <number>", "fewest datasets in the pool", wholeNumber)
    .option("--keys <folder>", "where the key that opens the answer is kept (default: ~/.sharebridge/keys)")
    .addHelpText(
      "after",
      `
The key of a sealed answer is made here and kept in a file that only you can read. Keep it: whoever loses it loses the
answer, and the price with it.

Examples:
  $ sharebridge request --market payGap --wait --account buyer
  $ sharebridge request --market score --param weight_education=0.5 --param intercept=1 --account buyer --json
  $ sharebridge request --market model --private-inputs model.json --wait --account buyer`,
    )
    .action((flags: RequestFlags, command: Command) =>
      run(command, async (context) => {
        const connection = await context.connection();
        const signer = await context.signer();
        const market = await openMarket(connection, flags.market);
        const keys = keyFolder(context.io, context.keyFolder);
        const say = (message: string) => context.progress.say(message);
        const requested = await requestComputation({
          signer,
          market,
          parameters: flags.param,
          privateInputs: await readPrivateInputs(context.io, flags.privateInputs),
          nodes: { signal: context.io.signal },
          answer: flags.public ? "public" : "sealed",
          keys,
          ...(flags.maxPrice === undefined ? {} : { maxPrice: flags.maxPrice }),
          ...(flags.maxOracleFee === undefined ? {} : { maxOracleFee: flags.maxOracleFee }),
          ...(flags.minRows === undefined ? {} : { minRows: BigInt(flags.minRows) }),
          ...(flags.minDatasets === undefined ? {} : { minDatasets: flags.minDatasets }),
          onProgress: say,
        });
        const { requestId, deadlineUnixS, rows } = requested;
        const text = `Request ${requestId} over ${rows} rows; the answer is due by ${formatTime(deadlineUnixS)}.\n`;
        if (!flags.wait)
          return { document: requested, text: `${text}Read it: sharebridge result ${requestId} --wait\n` };
        say(text.trimEnd());
        const { signal } = context.io;
        await waitForAnswer({ connection, requestId, signal, onProgress: ({ message }) => say(message) });
        const answer = await readAnswer({ connection, requestId, keys, nodes: { signal } });
        for (const note of answer.notes) say(note);
        return { document: { ...requested, answer }, text: figureLines(answer.figures) };
      }),
    );
}
