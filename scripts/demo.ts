/** `npm run demo [-- --json FILE] [--lose SEAT]`: starts everything, runs the main job in front of the reader, stops everything. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { isPartyId, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { printResults, printStep } from "./demo/print.ts";
import { reportAsJson } from "./demo/report.ts";
import { runDemo } from "./demo/run.ts";
import { onInterruption } from "./devnet/interruption.ts";
import { devnetProcesses, startDevnet } from "./devnet/start.ts";

const USAGE = `usage: npm run demo [-- --json FILE] [--lose SEAT]

Six employers sell, one buyer buys the pay gap of 534 workers, four MPC nodes compute it on secret shares.
Exit code 0 only if the answer equals the one computed in the clear within the declared error, its proof holds, and
every wei of the escrow is accounted for.

  --json FILE  also write steps, answer, clear answer, errors and payouts as JSON
  --lose SEAT  kill the node of this seat (0 to 3) before the buyer asks: the other three answer`;

interface Options {
  readonly json?: string;
  readonly lose?: PartyId;
}

async function main({ json: jsonFile, lose }: Options): Promise<boolean> {
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
    const report = await guard(runDemo(devnet, printStep, lose));
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

/** @throws Error that says what is wrong with it */
function seatOf(text: string): PartyId {
  const seat = Number(text);
  if (!/^[0-9]$/.test(text) || !isPartyId(seat)) throw new Error(`--lose takes a seat, 0 to 3, not ${text}`);
  return seat;
}

let options: Options & { readonly help?: boolean };
try {
  const { values } = parseArgs({
    options: { json: { type: "string" }, lose: { type: "string" }, help: { type: "boolean", short: "h" } },
  });
  const { lose, ...others } = values;
  options = lose === undefined ? others : { ...others, lose: seatOf(lose) };
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  process.exit(2);
}
if (options.help) console.log(USAGE);
else process.exitCode = (await main(options)) ? 0 : 1;
