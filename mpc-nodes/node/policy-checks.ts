/** What sellers consent to, checked again by every node: uses, groups and privacy budget (MARKET 3, PROTOCOL 18, 20). */
import { cohortShortfall } from "@sharebridge/algorithms/language/cohort.ts";
import type { Contributions } from "@sharebridge/algorithms/language/contributions.ts";
import { costText, termsMismatch } from "@sharebridge/algorithms/language/market-terms.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { isLimited, limitReached, type Usage } from "@sharebridge/contracts/dataset-usage.ts";
import type { ChainPolicy, ChainRequest, ChainTerms, ChainView, Pool } from "../chain/chain-reader.ts";
import { lower } from "../chain/hex.ts";
import { NodeError } from "./errors.ts";

/**
 * The contract, which checks policies against a market's terms, cannot read programs: what the terms say of one is true, or
 * nothing is computed and no receipt given. Throws `WrongTerms`.
 */
export function checkTerms(program: Program, terms: ChainTerms): void {
  const mismatch = termsMismatch(program, terms);
  if (mismatch !== null) throw new NodeError("WrongTerms", `the market's terms are wrong: ${mismatch}`);
}

/**
 * The sellers' policies are immutable, and the market checked them; a node checks them again, and what only it can: the program's
 * groups, and how often each dataset was used before, in all markets.
 *
 * Throws `PolicyNotSatisfied`, `UsesExhausted`, `BudgetExhausted`.
 */
export async function checkConsent(
  view: ChainView,
  terms: ChainTerms,
  program: Program,
  { request, position }: ChainRequest,
  { members, rows }: Pool,
  contributions: Contributions,
): Promise<void> {
  const policies = await Promise.all(members.map(({ datasetId }) => view.policy(datasetId)));
  const seller = (index: number) => `the seller of dataset ${members[index].datasetId}`;
  for (const [index, policy] of policies.entries()) {
    const objection = objectionTo(policy, terms, request.price, rows);
    if (objection !== null)
      throw new NodeError("PolicyNotSatisfied", `${seller(index)} does not consent: ${objection}`);
  }
  const shortfall = cohortShortfall(program, contributions);
  if (shortfall !== null) throw new NodeError("PolicyNotSatisfied", `the sellers do not consent: ${shortfall}`);

  const limited = [...policies.keys()].filter((index) => isLimited(policies[index]));
  if (limited.length === 0) return;
  const usage = await view.usage(
    limited.map((index) => members[index].datasetId),
    position,
  );
  for (const index of limited) {
    const used = usage.get(members[index].datasetId);
    if (used === undefined) throw new Error(`nothing is known of dataset ${members[index].datasetId}`);
    const refusal = limitError(policies[index], used, terms, seller(index));
    if (refusal !== null) throw refusal;
  }
}

/** What a policy forbids in a market, as a clause; null if nothing. */
function objectionTo(policy: ChainPolicy, terms: ChainTerms, price: bigint, rows: bigint): string | null {
  if (!policy.algorithms.includes(terms.algorithm)) return `program ${terms.algorithm} is not allowed`;
  if (lower(policy.token) !== lower(terms.token)) return `token ${terms.token} is not accepted`;
  if (price < policy.minPrice) return `price ${price} is below ${policy.minPrice}`;
  if (rows < BigInt(policy.minRows)) return `${rows} rows are fewer than ${policy.minRows}`;
  const [offered, asked] = [cohortOf(terms), cohortOf(policy)];
  if (offered.rows < asked.rows || offered.sellers < asked.sellers) {
    return `the market opens groups of ${offered.rows} rows of ${offered.sellers} sellers, fewer than ${asked.rows} of ${asked.sellers}`;
  }
  if (policy.epsilonBudget > 0n && terms.epsilonPerRequest === 0n) {
    return "there is a privacy budget, and the answers are exact";
  }
  return null;
}

/** `UsesExhausted` or `BudgetExhausted` if one more request of the market would go beyond the policy; null if it fits. */
export function limitError(policy: ChainPolicy, used: Usage, terms: ChainTerms, seller: string): NodeError | null {
  const reached = limitReached(policy, used, terms);
  if (reached === "uses") {
    return new NodeError(
      "UsesExhausted",
      `${seller} consents to ${policy.maxUses} requests, of all markets together; there were ${used.uses} before this one`,
    );
  }
  if (reached === "budget") {
    return new NodeError(
      "BudgetExhausted",
      `${seller} allows ${costText(policy.epsilonBudget, policy.deltaBudget)}, of all markets together; ${costText(used.epsilon, used.delta)} are spent, this request costs ${costText(terms.epsilonPerRequest, terms.deltaPerRequest)}`,
    );
  }
  return null;
}

export type Cohort = Pick<ChainTerms, "cohortRows" | "cohortSellers">;

/** A group that is opened has a row: 0 asks for no more than 1 does. */
export function cohortOf({ cohortRows, cohortSellers }: Cohort) {
  return { rows: Math.max(1, cohortRows), sellers: Math.max(1, cohortSellers) };
}
