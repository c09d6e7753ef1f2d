/** `npm run demo:library [-- --only NAMES] [--json FILE]`: every algorithm of the standard library, bought on a devnet from the command line. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { library } from "@sharebridge/algorithms/library/index.ts";
import { onInterruption } from "./devnet/interruption.ts";
import { type Devnet, devnetProcesses, startDevnet } from "./devnet/start.ts";
import { buy, type Purchase } from "./library/buy.ts";
import { caseProblems, libraryCases } from "./library/cases.ts";
import { tableLines } from "./library/print.ts";

const USAGE = `usage: npm run demo:library [-- --only NAMES] [--json FILE]

Starts a devnet and takes every program of the standard library through the market, each step by the command line: registered, a market
made, real data published by three sellers, an answer bought, read, verified, and each figure compared with an independent computation.
Exit code 0 only if all figures are within their declared errors, with noise added where a program adds it.

  --only NAMES  these programs alone, separated by commas
  --json FILE   also write the table as JSON`;

interface Options {
  readonly programs: readonly string[];
  readonly json?: string | undefined;
}

async function main({ programs, json }: Options): Promise<boolean> {
  const problems = caseProblems(library.keys());
  if (problems.length > 0) {
    console.error(problems.join("\n"));
    return false;
  }
  const folder = mkdtempSync(join(tmpdir(), "sharebridge-library-"));
  const processes = devnetProcesses(folder);
  const stop = new AbortController();
  const guard = onInterruption(async () => {
    console.error("\nstopping");
    stop.abort();
    await processes.stop();
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  });
  const progress = (message: string) => console.log(`... ${message}`);
  let devnet: Devnet | undefined;
  let passed = false;
  try {
    devnet = await guard(startDevnet(folder, progress, processes, { allowLibrary: true }));
    const networkFile = join(folder, "network.json");
    writeFileSync(networkFile, JSON.stringify(devnet.network), { mode: 0o600 });
    const purchases: Purchase[] = [];
    let failed = 0;
    for (const name of programs) {
      progress(name);
      try {
        const place = { folder: join(folder, "users", name), networkFile, signal: stop.signal };
        const purchase = await guard(buy(library.get(name)!, libraryCases.get(name)!(), place));
        purchases.push(purchase);
        for (const failure of purchase.judgement.failures) console.error(`${name}: ${failure}`);
        if (purchase.judgement.failures.length > 0) failed += 1;
      } catch (error) {
        failed += 1;
        console.error(`${name}: ${error instanceof Error ? error.message : error}`);
      }
    }
    console.log(`\n${tableLines(purchases).join("\n")}\n`);
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(purchases, null, 2)}\n`);
    passed = failed === 0;
    console.log(
      passed
        ? `Passed: ${programs.length} programs, every figure within its declared error (and noise, where there is any), every proof valid.`
        : `FAILED: ${failed} of ${programs.length} programs.`,
    );
  } finally {
    await (devnet?.stop() ?? processes.stop());
    if (passed) rmSync(folder, { recursive: true });
    else console.error(`Everything is kept for a look: ${folder} (logs/, a folder for each node, users/)`);
  }
  return passed;
}

function optionsOf(): Options | null {
  const { values } = parseArgs({
    options: { only: { type: "string" }, json: { type: "string" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) return null;
  const programs = values.only?.split(",") ?? [...library.keys()];
  const unknown = programs.find((name) => !library.has(name));
  if (unknown !== undefined) throw new Error(`--only takes names of the library, not ${unknown}`);
  return { programs, json: values.json };
}

let options: Options | null;
try {
  options = optionsOf();
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  process.exit(2);
}
if (options === null) console.log(USAGE);
else process.exitCode = (await main(options)) ? 0 : 1;
