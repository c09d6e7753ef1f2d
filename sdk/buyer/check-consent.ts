import { cohortShortfall } from "@sharebridge/algorithms/language/cohort.ts";
import { costText } from "@sharebridge/algorithms/language/market-terms.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { isLimited, limitReached } from "@sharebridge/contracts/dataset-usage.ts";
import { toBeHex } from "ethers";
import { SdkError } from "../errors/sdk-error.ts";
import type { Market } from "../network/open-market.ts";
import { readPool } from "../network/read-pool.ts";
import { readUsage } from "../network/read-usage.ts";

const TAKE_IT_OUT =
  "No node computes on a pool with it. Take it out, which anyone may (sharebridge remove-exhausted), and try again.";

/** Policies that are read from the chain at once. */
const READS_AT_ONCE = 50;

/**
 * Checks, before anything is paid, what nodes refuse for the sellers' sake: groups that are smaller than they allow, uses and
 * privacy budgets that have come to an end. Requests of others that are mined in between can still be the last that fit.
 *
 * @param buyer whose own rows count for no group
 * @throws SdkError PolicyNotSatisfied, UsesExhausted, BudgetExhausted
 */
export async function checkConsent(market: Market, program: Program, buyer: string): Promise<void> {
  const { terms, connection } = market;
  const { members } = await readPool(market);
  const shortfall = cohortShortfall(program, {
    runs: members.map(({ validRows, seller }) => ({ rows: Number(validRows), seller })),
    buyer,
    minimumRows: Math.max(1, terms.cohortRows),
    minimumSellers: Math.max(1, terms.cohortSellers),
  });
  if (shortfall !== null) {
    throw new SdkError("PolicyNotSatisfied", `No node computes on this pool: ${shortfall}. Wait for more sellers.`);
  }

  const limited = [];
  for (let start = 0; start < members.length; start += READS_AT_ONCE) {
    const some = members.slice(start, start + READS_AT_ONCE);
    const policies = await Promise.all(some.map(({ datasetId }) => connection.datasets.policyOf(datasetId)));
    for (const [index, { maxUses, epsilonBudget, deltaBudget }] of policies.entries()) {
      const limits = { maxUses: Number(maxUses), epsilonBudget, deltaBudget };
      if (isLimited(limits)) limited.push({ datasetId: some[index].datasetId, limits });
    }
  }
  if (limited.length === 0) return;
  const usage = await readUsage(
    connection,
    limited.map(({ datasetId }) => datasetId),
  );
  for (const { datasetId, limits } of limited) {
    const used = usage.get(datasetId)!;
    const reached = limitReached(limits, used, terms);
    const whose = `The seller of dataset ${toBeHex(datasetId, 32)}`;
    if (reached === "uses") {
      throw new SdkError(
        "UsesExhausted",
        `${whose} consents to ${limits.maxUses} requests, and there were ${used.uses}. ${TAKE_IT_OUT}`,
      );
    }
    if (reached === "budget") {
      throw new SdkError(
        "BudgetExhausted",
        `${whose} allows ${costText(limits.epsilonBudget, limits.deltaBudget)}; ${costText(used.epsilon, used.delta)} are spent, a request here costs ${costText(terms.epsilonPerRequest, terms.deltaPerRequest)}. ${TAKE_IT_OUT}`,
      );
    }
  }
}
