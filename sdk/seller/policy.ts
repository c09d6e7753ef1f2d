import { costText } from "@sharebridge/algorithms/language/market-terms.ts";
import { getAddress, isAddress, parseUnits } from "ethers";
import { z } from "zod";
import { SdkError } from "../errors/sdk-error.ts";
import type { Market } from "../network/open-market.ts";

const count = (most: number) => z.int().min(0).max(most).default(0);

/** A budget as decimal text, in whole units of 10^-places; 0 is no limit. */
const budget = (places: number, pattern: RegExp, message: string) =>
  z
    .string()
    .regex(pattern, message)
    .default("0")
    .transform((text) => parseUnits(text, places));

const fields = z.strictObject({
  /** Program hashes that may run on the dataset. */
  algorithms: z
    .array(
      z
        .string()
        .regex(/^0x[0-9a-fA-F]{64}$/, "must be a program hash")
        .toLowerCase(),
    )
    .min(1),
  /** The only token that the seller is paid in. */
  token: z
    .string()
    .refine((text) => isAddress(text), "must be an address")
    .transform((text) => getAddress(text)),
  /** Least price of one request, in the token's smallest unit, as a decimal string. */
  minPrice: z
    .string()
    .regex(/^\d{1,28}$/, "must be a whole number of the token's smallest unit, as a string")
    .transform(BigInt),
  /** Least number of rows in the pool of a request. */
  minRows: z.int().min(0).max(4_294_967_295),
  /** Least rows of each group that is opened exactly, the buyer's own not counted. */
  cohortRows: count(4_294_967_295),
  /** Least distinct sellers of those rows, the buyer not counted. */
  cohortSellers: count(65_535),
  /** Most requests that may use the dataset, in all markets together and for ever. */
  maxUses: count(4_294_967_295),
  /** Most epsilon that these may cost together, as a decimal string; then noised answers only. In millionths when read. */
  epsilonBudget: budget(
    6,
    /^\d{1,8}(\.\d{1,6})?$/,
    "must be a decimal of at most 6 places below 100000000, as a string",
  ),
  /** The same of delta; in units of 10^-18 when read. */
  deltaBudget: budget(18, /^0(\.\d{1,18})?$/, "must be a decimal of at most 18 places below 1, as a string"),
});

const policySchema = fields
  .refine(({ cohortRows, cohortSellers }) => cohortSellers <= cohortRows, {
    path: ["cohortSellers"],
    message: "must not be above cohortRows: a group has at least as many rows as sellers",
  })
  .refine(({ epsilonBudget, deltaBudget }) => (epsilonBudget === 0n) === (deltaBudget === 0n), {
    path: ["deltaBudget"],
    message: "and epsilonBudget are given together or not at all: every noised answer costs both",
  });

/** What a seller consents to (`IDatasetRegistry.Policy`). */
export type Policy = z.infer<typeof policySchema>;

/**
 * Reads a policy, in which `minPrice` and the budgets are strings: they do not fit JSON's numbers. What speaks of groups, uses and
 * budgets may be left out, and asks for nothing then.
 *
 * @example
 * const policy = parsePolicy({ algorithms: [hash], token, minPrice: "1000000000000000000", minRows: 100 });
 *
 * @throws SdkError InvalidPolicy
 */
export function parsePolicy(value: unknown): Policy {
  const parsed = policySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join(".") || "the file"}: ${issue.message}`);
  throw new SdkError(
    "InvalidPolicy",
    `The policy is not valid. ${issues.slice(0, 5).join("; ")}. "sharebridge policy example --market ADDRESS" writes one.`,
  );
}

/** A policy as it stands in a file. */
export type PolicyFile = z.input<typeof fields>;

/** A policy that allows exactly what a market does, any number of times, in the form that `parsePolicy` reads. */
export function policyFor(market: Market): Required<PolicyFile> {
  const { algorithm, token, price, minRows, cohortRows, cohortSellers } = market.terms;
  return {
    ...{
      algorithms: [algorithm],
      token,
      minPrice: price.toString(),
      minRows: Number(minRows),
      cohortRows,
      cohortSellers,
    },
    ...{ maxUses: 0, epsilonBudget: "0", deltaBudget: "0" },
  };
}

/**
 * Checks a policy against a market's terms before anything is paid for; the contract checks the same when joining.
 *
 * @throws SdkError PolicyForbidsMarket, naming every term that the policy forbids.
 */
export function checkPolicy(policy: Policy, market: Market): void {
  const { algorithm, token, price, minRows } = market.terms;
  const { cohortRows, cohortSellers, epsilonPerRequest, deltaPerRequest } = market.terms;
  const forbidden: string[] = [];
  if (!policy.algorithms.includes(algorithm)) forbidden.push(`it does not allow the market's algorithm ${algorithm}`);
  if (policy.token !== token) forbidden.push(`it accepts the token ${policy.token}, the market pays in ${token}`);
  if (price < policy.minPrice)
    forbidden.push(`it asks for at least ${policy.minPrice}, the market's price is ${price}`);
  if (minRows < BigInt(policy.minRows)) {
    forbidden.push(`it asks for at least ${policy.minRows} rows, the market computes from ${minRows} on`);
  }
  if (cohortRows < policy.cohortRows && policy.cohortRows > 1) {
    forbidden.push(
      `it asks for groups of at least ${policy.cohortRows} rows, the market opens groups of ${atLeastOne(cohortRows)}`,
    );
  }
  if (cohortSellers < policy.cohortSellers && policy.cohortSellers > 1) {
    forbidden.push(
      `it asks for groups of at least ${policy.cohortSellers} sellers, the market opens groups of ${atLeastOne(cohortSellers)}`,
    );
  }
  if (policy.epsilonBudget > 0n && epsilonPerRequest === 0n) {
    forbidden.push("it has a privacy budget, and the market's answers are exact, which no budget pays for");
  } else if (
    policy.epsilonBudget > 0n &&
    (epsilonPerRequest > policy.epsilonBudget || deltaPerRequest > policy.deltaBudget)
  ) {
    forbidden.push(
      `its budget of ${costText(policy.epsilonBudget, policy.deltaBudget)} is less than one request costs, ${costText(epsilonPerRequest, deltaPerRequest)}`,
    );
  }
  if (forbidden.length === 0) return;
  throw new SdkError(
    "PolicyForbidsMarket",
    `The policy forbids this market: ${forbidden.join("; ")}. Change the policy if you consent, or choose another market.`,
  );
}

/** A group that is opened has a row and a seller: 0 asks for no more than 1 does. */
const atLeastOne = (least: number) => Math.max(1, least);
