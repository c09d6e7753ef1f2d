import { getAddress, isAddress } from "ethers";
import { z } from "zod";
import { SdkError } from "../errors/sdk-error.ts";
import type { Market } from "../network/open-market.ts";

const policySchema = z.strictObject({
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
});

/** What a seller consents to (`IDatasetRegistry.Policy`). */
export type Policy = z.infer<typeof policySchema>;

/**
 * Reads a policy, in which `minPrice` is a string: prices do not fit JSON's numbers.
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

/** A policy that allows exactly what a market does, in the form that `parsePolicy` reads. */
export function policyFor(market: Market): { algorithms: string[]; token: string; minPrice: string; minRows: number } {
  const { algorithm, token, price, minRows } = market.terms;
  return { algorithms: [algorithm], token, minPrice: price.toString(), minRows: Number(minRows) };
}

/**
 * Checks a policy against a market's terms before anything is paid for; the contract checks the same when joining.
 *
 * @throws SdkError PolicyForbidsMarket, naming every term that the policy forbids.
 */
export function checkPolicy(policy: Policy, market: Market): void {
  const { algorithm, token, price, minRows } = market.terms;
  const forbidden: string[] = [];
  if (!policy.algorithms.includes(algorithm)) forbidden.push(`it does not allow the market's algorithm ${algorithm}`);
  if (policy.token !== token) forbidden.push(`it accepts the token ${policy.token}, the market pays in ${token}`);
  if (price < policy.minPrice)
    forbidden.push(`it asks for at least ${policy.minPrice}, the market's price is ${price}`);
  if (minRows < BigInt(policy.minRows)) {
    forbidden.push(`it asks for at least ${policy.minRows} rows, the market computes from ${minRows} on`);
  }
  if (forbidden.length === 0) return;
  throw new SdkError(
    "PolicyForbidsMarket",
    `The policy forbids this market: ${forbidden.join("; ")}. Change the policy if you consent, or choose another market.`,
  );
}
