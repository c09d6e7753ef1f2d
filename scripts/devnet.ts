/** `npm run devnet`: the same parts as the demo, up until Ctrl-C, and a `devnet.json` that every command accepts. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "./devnet/processes.ts";
import { type Devnet, startDevnet } from "./devnet/start.ts";

const networkFile = join(projectRoot, "devnet.json");

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

  npm run --silent sharebridge -- schema infer FILE.csv --market payGap --network devnet.json > schema.json
  npm run --silent sharebridge -- policy example --market payGap --network devnet.json > policy.json
  npm run --silent sharebridge -- publish FILE.csv --schema schema.json --policy policy.json --market payGap --network devnet.json --account seller1
  npm run --silent sharebridge -- request --market payGap --wait --network devnet.json --account buyer
  npm run --silent sharebridge -- earnings --network devnet.json --account seller1

Ctrl-C stops everything.`;
}

const stopRequested = new Promise<void>((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
});

const folder = mkdtempSync(join(tmpdir(), "sharebridge-devnet-"));
const devnet = await startDevnet(folder, (message) => console.log(`... ${message}`));
writeFileSync(networkFile, `${JSON.stringify(devnet.network, null, 2)}\n`, { mode: 0o600 });
console.log(describe(devnet));
await stopRequested;
console.log("\nstopping");
await devnet.stop();
rmSync(networkFile, { force: true });
rmSync(folder, { recursive: true, force: true });
