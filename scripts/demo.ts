/** `npm run demo [-- --json FILE]`: starts everything, runs the main job in front of the reader, stops everything. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { printResults, printStep } from "./demo/print.ts";
import { reportAsJson } from "./demo/report.ts";
import { runDemo } from "./demo/run.ts";
import { onInterruption } from "./devnet/interruption.ts";
import { devnetProcesses, startDevnet } from "./devnet/start.ts";

const USAGE = `usage: npm run demo [-- --json FILE]

Six employers sell, one buyer buys the pay gap of 534 workers, four MPC nodes compute it on secret shares.
Exit code 0 only if the answer equals the one computed in the clear within the declared error, its proof holds, and
every wei of the escrow is accounted for.

  --json FILE  also write steps, answer, clear answer, errors and payouts as JSON`;

async function main(jsonFile: string | undefined): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "sharebridge-demo-"));
  const processes = devnetProcesses(folder);
  const guard = onInterruption(async () => {
    console.error("\nstopping");
    await processes.stop();
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  });
  const progress = (message: string) => console.log(`... ${message}`);
  const devnet = await guard(startDevnet(folder, progress, processes)).catch((error: unknown) => {
    console.error(`Logs of every process: ${join(folder, "logs")}`);
    throw error;
  });
  let passed = false;
  try {
    const report = await guard(runDemo(devnet, printStep));
    printResults(report);
    if (jsonFile !== undefined) writeFileSync(jsonFile, reportAsJson(report));
    passed = report.passed;
  } finally {
    await devnet.stop();
    if (passed) rmSync(folder, { recursive: true });
    else console.error(`Everything is kept for a look: ${folder} (logs/, a folder for each node)`);
  }
  return passed;
}

let options: { json?: string; help?: boolean };
try {
  options = parseArgs({ options: { json: { type: "string" }, help: { type: "boolean", short: "h" } } }).values;
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  process.exit(2);
}
if (options.help) console.log(USAGE);
else process.exitCode = (await main(options.json)) ? 0 : 1;
