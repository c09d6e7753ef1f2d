/** `npm run devnet`: the same parts as the demo, up until Ctrl-C, and a `devnet.json` that every command accepts. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { onInterruption } from "./devnet/interruption.ts";
import { projectRoot } from "./devnet/processes.ts";
import { type Devnet, devnetProcesses, startDevnet } from "./devnet/start.ts";

const USAGE = `usage: npm run devnet [-- --network-file FILE]

A chain, four MPC nodes, the adapter and the oracle runner on this machine, with one market, until Ctrl-C.

  --network-file FILE  where commands find it (default: devnet.json in the project's folder)`;

/** The network file to write; ends the process after --help or a wrong command line. */
function networkFileOption(): string {
  try {
    const { values } = parseArgs({
      options: { "network-file": { type: "string" }, help: { type: "boolean", short: "h" } },
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    const file = values["network-file"];
    if (file === undefined) return join(projectRoot, "devnet.json");
    // npm runs a script in the project's folder; paths are meant from where the user called it.
    const calledByNpm = process.env.npm_lifecycle_event === "devnet" ? process.env.INIT_CWD : undefined;
    return resolve(calledByNpm ?? process.cwd(), file);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    process.exit(2);
  }
}

const networkFile = networkFileOption();

function describe({ network, nodes, oracle, folder, market }: Devnet): string {
  return `
Sharebridge devnet is up. Everything runs on this machine with well-known keys: for development only.

  chain         ${network.rpcUrl} (chain id ${network.chainId})
  market        ${market} (pay gap; "payGap" in commands)
  factory       ${network.factory}
  nodes         ${nodes.map(({ seat }) => seat.endpoint).join("  ")}
  adapter       ${oracle.adapterUrl}
  metrics       ${oracle.metricsUrl}
  job           ${oracle.jobFile}
  logs          ${join(folder, "logs")}
  network file  ${networkFile}

Next, in another terminal, with a CSV file that has the columns wage and sex (female or male):

  npm run --silent sharebridge -- schema infer FILE.csv --market payGap --network ${networkFile} > schema.json
  npm run --silent sharebridge -- policy example --market payGap --network ${networkFile} > policy.json
  npm run --silent sharebridge -- publish FILE.csv --schema schema.json --policy policy.json --market payGap --network ${networkFile} --account seller1
  npm run --silent sharebridge -- request --market payGap --wait --network ${networkFile} --account buyer
  npm run --silent sharebridge -- earnings --network ${networkFile} --account seller1

Other programs of the library (docs/library.md) are sold once they are registered and have a market; the operators here allow all of them by rule:

  npm run --silent sharebridge -- algorithm register wage_histogram --network ${networkFile} --account author
  npm run --silent sharebridge -- market create wage_histogram --price 1000000000000000000 --network ${networkFile} --account author

Ctrl-C stops everything.`;
}

const folder = mkdtempSync(join(tmpdir(), "sharebridge-devnet-"));
const processes = devnetProcesses(folder);
let isUp = false;
const clearUp = async (): Promise<void> => {
  await processes.stop();
  if (isUp) rmSync(networkFile, { force: true });
  rmSync(folder, { recursive: true, force: true });
};
const guard = onInterruption(async () => {
  console.log("\nstopping");
  await clearUp();
  // Ctrl-C is how a devnet that is up is meant to end.
  return isUp ? 0 : undefined;
});
const devnet = await guard(
  startDevnet(folder, (message) => console.log(`... ${message}`), processes, { allowLibrary: true }),
);
try {
  writeFileSync(networkFile, `${JSON.stringify(devnet.network, null, 2)}\n`, { mode: 0o600 });
} catch (error) {
  await clearUp();
  console.error(`The network file cannot be written: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}
isUp = true;
console.log(describe(devnet));
