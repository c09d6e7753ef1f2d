/** `node scripts/oracle-runner/main.ts runner.json`: the local oracle runner. Stops on SIGTERM and SIGINT. */
import { readConfig } from "./config.ts";
import { RunnerError } from "./errors.ts";
import { logToStandardOutput } from "./log.ts";
import { startRunner } from "./runner.ts";

const BANNER = `
  Sharebridge local oracle runner: FOR DEVELOPMENT ONLY.
  It runs the job file that a Chainlink node would be given and holds to a Chainlink node's limits,
  but it keeps its key in a file and its suspended runs in memory. Never point it at a chain with value.
`;

const USAGE = "usage: node scripts/oracle-runner/main.ts runner.json";

const [path, ...others] = process.argv.slice(2);
if (path === undefined || others.length > 0 || path === "--help") {
  console.error(USAGE);
  process.exitCode = path === "--help" ? 0 : 2;
} else {
  process.stdout.write(`${BANNER}\n`);
  try {
    const runner = await startRunner(readConfig(path), logToStandardOutput);
    const stop = (): void => {
      process.off("SIGTERM", stop);
      process.off("SIGINT", stop);
      runner.close().catch((error: unknown) => {
        console.error(error);
        process.exitCode = 1;
      });
    };
    process.on("SIGTERM", stop);
    process.on("SIGINT", stop);
    // Last: whoever reads it may send a signal at once.
    logToStandardOutput("info", "runs are resumed here", { url: runner.resumeUrl });
  } catch (error) {
    console.error(error instanceof RunnerError ? `${error.code}: ${error.message}` : error);
    process.exitCode = 1;
  }
}
