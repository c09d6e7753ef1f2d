/** `MarketAnswer` as text and back: what the store keeps and compares, numbers as decimal strings. */
import { canonicalJson } from "@sharebridge/algorithms/language/canonical-json.ts";
import type { MarketAnswer } from "@sharebridge/contracts/typed-data.ts";

export function answerToText(answer: MarketAnswer): string {
  return canonicalJson({ ...answer, budgetSpent: answer.budgetSpent.toString() });
}

export function answerFromText(text: string): MarketAnswer {
  const parsed = JSON.parse(text) as Omit<MarketAnswer, "budgetSpent"> & { budgetSpent: string };
  return { ...parsed, budgetSpent: BigInt(parsed.budgetSpent) };
}
