import { Command } from "commander";
import { openMarket } from "../../network/open-market.ts";
import { policyFor } from "../../seller/policy.ts";
import { jsonText } from "../output.ts";
import type { Run } from "../run-cli.ts";

export function policyCommand(run: Run): Command {
  const example = new Command("example")
    .description("print a policy that allows exactly what a market does")
    .requiredOption("--market <address>", "market, by address or by its name in the network file")
    .addHelpText(
      "after",
      `
A policy is what you consent to, on chain: "algorithms" (program hashes; read them with "sharebridge algorithms"), "token"
and "minPrice" (in the token's smallest unit) that you are paid in, "minRows", the fewest rows of all sellers together,
"cohortRows" and "cohortSellers", the fewest rows and sellers of each group that is opened exactly, "maxUses", the most requests, and
"epsilonBudget" and "deltaBudget", the most privacy that these cost together; with a budget only programs that add noise may
run. All count every market, for ever; 0 is no limit.

Example:
  $ sharebridge policy example --market payGap > policy.json`,
    )
    .action((options: { market: string }, command: Command) =>
      run(command, async (context) => {
        const policy = policyFor(await openMarket(await context.connection(), options.market));
        return { document: policy, text: jsonText(policy) };
      }),
    );
  return new Command("policy").description("what a seller consents to").addCommand(example);
}
