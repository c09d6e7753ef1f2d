import { checkSellers, ofOneSeller } from "@sharebridge/algorithms/language/contributions.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { largestPool } from "@sharebridge/algorithms/language/tables.ts";
import { SdkError } from "../errors/sdk-error.ts";
import { checkTerms } from "../network/check-terms.ts";
import type { Market } from "../network/open-market.ts";
import { readPool } from "../network/read-pool.ts";
import { checkConsent } from "./check-consent.ts";

/**
 * Checks, before anything is approved or paid, that a request could be answered now: the pool has the rows and datasets that
 * market and buyer ask for and no more rows than the program is proven for, of no seller more than its noise hides, three operators
 * approve the program, the market's terms are true of it, and the sellers still consent.
 *
 * @throws SdkError WrongTerms, TooFewRows, TooFewDatasets, TooManyRows, TooManyRowsOfSeller, AlgorithmNotRunnable, and those of
 * `checkConsent`
 */
export async function checkComputable(
  market: Market,
  program: Program,
  buyer: string,
  least: { readonly rows: bigint; readonly datasets: number },
): Promise<void> {
  const { contract, connection, terms } = market;
  checkTerms(market, program);
  const [{ rows, datasets }, epoch] = await Promise.all([
    contract.pool(),
    connection.committees.currentEpoch(terms.committeeId),
  ]);
  const needed = [1n, terms.minRows, least.rows].reduce((most, bound) => (bound > most ? bound : most));
  if (rows < needed) {
    const advice = needed > terms.minRows ? "Wait for more sellers, or lower your minimum." : "Wait for more sellers.";
    throw new SdkError("TooFewRows", `The pool has ${rows} rows, ${needed} are needed. ${advice}`);
  }
  if (datasets < BigInt(least.datasets)) {
    throw new SdkError(
      "TooFewDatasets",
      `The pool has ${datasets} datasets, ${least.datasets} are needed. Wait for more sellers, or lower your minimum.`,
    );
  }
  const most = largestPool(program);
  if (rows > BigInt(most)) {
    throw new SdkError(
      "TooManyRows",
      `The pool has ${rows} rows; the program ${program.name} is proven for at most ${most}, so no node computes on it. Use another market.`,
    );
  }
  await checkSellerRows(market, program);
  if (!(await connection.algorithms.isRunnable(terms.algorithm, terms.committeeId, epoch))) {
    throw new SdkError(
      "AlgorithmNotRunnable",
      `Fewer than three operators of committee ${terms.committeeId} approve the market's algorithm ${terms.algorithm}. Ask them to approve it, or use another market.`,
    );
  }
  await checkConsent(market, program, buyer);
}

/** Only noise that hides sellers asks whose the rows are. */
async function checkSellerRows(market: Market, program: Program): Promise<void> {
  if (program.privacy?.unit !== "seller") return;
  const { members } = await readPool(market);
  const runs = members.map(({ validRows, seller }) => ({ rows: Number(validRows), seller }));
  try {
    checkSellers(program, { ...ofOneSeller(0), runs });
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    throw new SdkError("TooManyRowsOfSeller", `${error.message}, so no node computes on it. Use another market.`, {
      cause: error,
    });
  }
}
