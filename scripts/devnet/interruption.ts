/** Ctrl-C at any moment: everything is stopped and cleared away before the process ends. */
import { constants } from "node:os";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Waits for work that an interruption would make fail; then it is never settled, as the process is about to end. */
export type Guard = <T>(work: Promise<T>) => Promise<T>;

/**
 * From now on the first signal has `clearUp` run, and the process end with the code that it gives: by default 130 for
 * Ctrl-C, as shells count. Further signals change nothing. `clearUp` must leave nothing running that writes files.
 */
export function onInterruption(clearUp: () => Promise<number | undefined>): Guard {
  let isInterrupted = false;
  const interrupt = async (signal: (typeof SIGNALS)[number]): Promise<void> => {
    if (isInterrupted) return;
    isInterrupted = true;
    // What was under way fails because its other side is stopped: nobody needs to read of it.
    process.on("unhandledRejection", () => {});
    const code = await clearUp().catch((error: unknown) => {
      console.error(error);
      return 1;
    });
    process.exit(code ?? 128 + constants.signals[signal]);
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  return (work) =>
    work.catch((error: unknown) => {
      if (!isInterrupted) throw error;
      return new Promise<never>(() => {});
    });
}
