import { setTimeout } from "node:timers/promises";

/** Resolves after so many milliseconds; keeps no process alive, so it may be left pending. */
export function sleep(ms: number): Promise<void> {
  return setTimeout(ms, undefined, { ref: false });
}
