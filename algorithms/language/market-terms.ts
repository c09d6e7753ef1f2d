/** What the terms of a market say of its program. The contracts cannot read programs: nodes and SDK hold the two together. */
import { demandsCohort, exposureOf } from "./cohort.ts";
import { type PrivacyCost, privacyCostOf } from "./privacy-cost.ts";
import type { Program } from "./program.ts";

/** Members of `IDataMarket.Terms`; epsilon in millionths, delta in units of 10^-18. */
export interface PrivacyTerms {
  readonly epsilonPerRequest: bigint;
  readonly deltaPerRequest: bigint;
  readonly cohortRows: number;
  readonly cohortSellers: number;
}

/** The terms for a market of the program: what an answer costs in privacy, and the least group that it opens by itself. */
export function privacyTermsOf(program: Program, cost: PrivacyCost | null = privacyCostOf(program)): PrivacyTerms {
  const { minimumRows, minimumSellers } = program.protection ?? { minimumRows: 0, minimumSellers: 0 };
  return {
    epsilonPerRequest: cost?.epsilonMillionths ?? 0n,
    deltaPerRequest: cost?.deltaE18 ?? 0n,
    cohortRows: Math.max(minimumRows, minimumSellers),
    cohortSellers: minimumSellers,
  };
}

/** What is wrong with a market's terms, as a clause; null if nothing: the costs are the program's, and the cohort can be kept. */
export function termsMismatch(
  program: Program,
  terms: PrivacyTerms,
  cost: PrivacyCost | null = privacyCostOf(program),
): string | null {
  const { epsilonPerRequest, deltaPerRequest } = privacyTermsOf(program, cost);
  if (terms.epsilonPerRequest !== epsilonPerRequest || terms.deltaPerRequest !== deltaPerRequest) {
    return `they say that a request costs ${costText(terms.epsilonPerRequest, terms.deltaPerRequest)}; the program ${program.name} costs ${costText(epsilonPerRequest, deltaPerRequest)}`;
  }
  const { cohortRows: rows, cohortSellers: sellers } = terms;
  if (!demandsCohort({ rows, sellers }) || exposureOf(program, cost) !== "parts") return null;
  return `they promise groups of ${rows} rows of ${sellers} sellers; the program ${program.name} opens numbers about parts of the pool, however few rows they have`;
}

/** "epsilon 1.5, delta 1e-9" in exact decimals. */
export function costText(epsilonMillionths: bigint, deltaE18: bigint): string {
  return `epsilon ${decimal(epsilonMillionths, 6)} and delta ${decimal(deltaE18, 18)}`;
}

function decimal(units: bigint, places: number): string {
  const digits = units.toString().padStart(places + 1, "0");
  const fraction = digits.slice(-places).replace(/0+$/, "");
  return `${digits.slice(0, -places)}${fraction === "" ? "" : `.${fraction}`}`;
}
