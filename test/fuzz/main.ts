/** `npm run fuzz:decoder [-- --cases N] [--seed N] [--from N]`: mutated programs against the decoder; exit code 1 at the first that breaks its rule. */
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { mutatedEncoding, outcomeOf } from "./decoder.ts";

const REPORT_EVERY = 1_000;
/** A thousand cases take a second or two; no report for so long is a hang. */
const HANG_MS = 60_000;

interface Work {
  readonly seed: number;
  readonly from: number;
  readonly cases: number;
}

interface Report {
  readonly done: number;
  readonly outcomes: ReadonlyMap<string, number>;
  readonly slowestMs: number;
  readonly slowestCase: number;
  /** Of the case `done`, if it broke the rule. */
  readonly failure?: string;
}

function work({ seed, from, cases }: Work): void {
  const outcomes = new Map<string, number>();
  let slowestMs = 0;
  let slowestCase = from;
  const report = (done: number, failure?: string) =>
    parentPort!.postMessage({ done, outcomes, slowestMs, slowestCase, ...(failure === undefined ? {} : { failure }) });
  for (let index = from; index < from + cases; index++) {
    const bytes = mutatedEncoding(seed, index);
    const started = performance.now();
    try {
      const outcome = outcomeOf(bytes);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    } catch (error) {
      report(index, error instanceof Error ? (error.stack ?? error.message) : String(error));
      return;
    }
    const took = performance.now() - started;
    if (took > slowestMs) [slowestMs, slowestCase] = [took, index];
    if ((index + 1 - from) % REPORT_EVERY === 0 && index + 1 < from + cases) report(index + 1);
  }
  report(from + cases);
}

function printOutcomes(report: Report, { from }: Work, startedAt: number): void {
  const seconds = (performance.now() - startedAt) / 1_000;
  const cases = report.done - from;
  for (const [outcome, count] of [...report.outcomes].sort(([, a], [, b]) => b - a)) {
    console.log(`  ${String(count).padStart(9)}  ${outcome}`);
  }
  console.log(`${cases} cases in ${seconds.toFixed(0)} s: ${Math.round(cases / seconds)} a second`);
  console.log(`the slowest took ${report.slowestMs.toFixed(0)} ms (--from ${report.slowestCase} --cases 1)`);
}

/** Runs the cases in a thread, so that one that hangs is noticed. */
function watch(given: Work): Promise<boolean> {
  const startedAt = performance.now();
  const worker = new Worker(new URL(import.meta.url), { workerData: given });
  return new Promise((resolve) => {
    let last = given.from;
    const stop = (passed: boolean, message: string) => {
      clearTimeout(timer);
      console.log(message);
      void worker.terminate().then(() => resolve(passed));
    };
    const hung = () => stop(false, `FAILED: a case after ${last} has hung (--from ${last})`);
    let timer = setTimeout(hung, HANG_MS);
    worker.on("message", (report: Report) => {
      clearTimeout(timer);
      timer = setTimeout(hung, HANG_MS);
      last = report.done;
      if (report.failure !== undefined)
        stop(false, `FAILED: case ${report.done} (--from ${report.done} --cases 1): ${report.failure}`);
      else if (report.done === given.from + given.cases) {
        printOutcomes(report, given, startedAt);
        stop(
          true,
          "Passed: each was refused by name and place, or was the canonical encoding of the program that it gave.",
        );
      } else if (report.done % 100_000 === 0) console.log(`... ${report.done}`);
    });
    worker.on("error", (error) => stop(false, `FAILED after ${last}: ${error.stack}`));
  });
}

if (isMainThread) {
  const { values } = parseArgs({
    options: {
      cases: { type: "string", default: "1000000" },
      seed: { type: "string", default: "20181014" },
      from: { type: "string", default: "0" },
    },
  });
  const given = { cases: Number(values.cases), seed: Number(values.seed), from: Number(values.from) };
  if (!Object.values(given).every((value) => Number.isSafeInteger(value) && value >= 0) || given.cases === 0) {
    console.error("usage: npm run fuzz:decoder [-- --cases N] [--seed N] [--from N]   (whole numbers)");
    process.exitCode = 2;
  } else process.exitCode = (await watch(given)) ? 0 : 1;
} else work(workerData as Work);
