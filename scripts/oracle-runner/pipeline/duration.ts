import { RunnerError } from "../errors.ts";

const UNITS_MS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a Go duration with one unit, e.g. `15s`, `500ms`. */
export function parseDurationMs(text: string): number {
  const [, count, unit] = /^([0-9]+)(ms|s|m|h)$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) {
    throw new RunnerError("BadInput", `${JSON.stringify(text)} is not a duration such as 15s or 500ms`);
  }
  return Number(count) * (UNITS_MS[unit] as number);
}
