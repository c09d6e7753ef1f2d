import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { projectRoot } from "../../scripts/devnet/processes.ts";

/** Twelve workers: six women, six men; wages in dollars per hour. */
const WORKERS = Array.from({ length: 12 }, (_, index) => ({
  wage: 5 + 0.75 * index,
  sex: index % 2 === 0 ? "female" : "male",
}));
const MEAN_WAGE_MEN = 5 + (0.75 * (1 + 3 + 5 + 7 + 9 + 11)) / 6;

/** A devnet that is asked to stop and has not done so by then is killed; only for a failed test. */
const STOP_GRACE_MS = 30_000;

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe("the command line against a devnet, in processes of their own", function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "sharebridge-cli-e2e-"));
  const networkFile = join(folder, "network.json");
  /** Where the devnet makes its temporary folder. */
  const temporary = join(folder, "tmp");
  const { SHAREBRIDGE_PRIVATE_KEY: _key, SHAREBRIDGE_HOME: _home, ...inherited } = process.env;
  const environment = {
    ...inherited,
    HOME: folder,
    TMPDIR: temporary,
    SHAREBRIDGE_NETWORK: networkFile,
    NODE_COMPILE_CACHE: join(projectRoot, "node_modules/.cache/compile"),
  };
  let devnet: ChildProcess;
  let ended: Promise<number | null>;
  let printed = "";

  before(async () => {
    mkdirSync(temporary);
    const script = join(projectRoot, "scripts/devnet.ts");
    devnet = spawn(process.execPath, [script, "--network-file", networkFile], {
      cwd: folder,
      env: environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    ended = new Promise((resolve) => devnet.once("close", resolve));
    await new Promise<void>((resolve, reject) => {
      for (const stream of [devnet.stdout!, devnet.stderr!]) {
        stream.on("data", (text: Buffer) => {
          printed += text.toString();
          if (printed.includes("Ctrl-C stops everything.")) resolve();
        });
      }
      devnet.once("close", () => reject(new Error(`the devnet ended while starting:\n${printed}`)));
    });
  });

  after(async () => {
    if (devnet.exitCode === null && devnet.signalCode === null) devnet.kill("SIGTERM");
    const killer = setTimeout(() => devnet.kill("SIGKILL"), STOP_GRACE_MS);
    await ended;
    clearTimeout(killer);
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs one command to its end. */
  function sharebridge(...args: string[]): Promise<Ran> {
    const main = join(projectRoot, "sdk/cli/main.ts");
    return new Promise((resolve) => {
      const child = execFile(process.execPath, [main, ...args], { cwd: folder, env: environment }, (_, out, err) =>
        resolve({ code: child.exitCode ?? -1, out, err }),
      );
    });
  }
  async function succeeds(...args: string[]): Promise<string> {
    const { code, out, err } = await sharebridge(...args);
    expect(code, `${args.join(" ")}\n${out}${err}`).to.equal(0);
    return out;
  }

  it("publishes a table, buys its answer, verifies it and pays the seller", async () => {
    const csv = ["wage,sex", ...WORKERS.map(({ wage, sex }) => `${wage},${sex}`), ""].join("\n");
    writeFileSync(join(folder, "wages.csv"), csv);
    writeFileSync(join(folder, "schema.json"), await succeeds("schema", "infer", "wages.csv", "--market", "payGap"));
    writeFileSync(join(folder, "policy.json"), await succeeds("policy", "example", "--market", "payGap"));

    const consent = ["--schema", "schema.json", "--policy", "policy.json", "--market", "payGap"];
    const published = await succeeds("publish", "wages.csv", ...consent, "--account", "seller1", "--json");
    expect(JSON.parse(published)).to.include({ rows: 12, validRows: 12 });
    // The program opens groups of two sellers at least.
    await succeeds("publish", "wages.csv", ...consent, "--account", "seller2", "--json");

    const asked = await succeeds("request", "--market", "payGap", "--wait", "--account", "buyer", "--json");
    const { requestId, rows, answer } = JSON.parse(asked);
    expect([rows, answer.sealed]).to.deep.equal(["24", true]);
    const figures = new Map<string, { value: number; error: number }>(
      answer.figures.map((figure: { name: string }) => [figure.name, figure]),
    );
    expect(figures.get("count_men")!.value).to.equal(12);
    const mean = figures.get("mean_wage_men")!;
    expect(Math.abs(mean.value - MEAN_WAGE_MEN) <= mean.error, `${mean.value} ± ${mean.error}`).to.equal(true);

    expect(await succeeds("verify", requestId)).to.match(/The answer is valid\.\n$/);
    const earned = JSON.parse(await succeeds("earnings", "--account", "seller1", "--json"));
    // Half of 70 of 100 tokens, rounded down to the smallest unit.
    expect(earned.markets[0].total).to.equal("34999999999999999999");
    expect(await succeeds("withdraw", "--account", "seller1")).to.match(/^34\.9{18} SBT from 0x/);
    const again = await sharebridge("withdraw", "--account", "seller1", "--json");
    expect(again.code).to.equal(1);
    expect(JSON.parse(again.out).error.code).to.equal("NothingEarned");
  });

  it("takes an algorithm from a template to the chain", async () => {
    await succeeds("algorithm", "new", "mean_wage");
    const ran = await succeeds(
      ...["algorithm", "run", "mean_wage.ts", "--data", "mean_wage.csv", "--param", "least_hours=10"],
    );
    expect(ran).to.match(/All outputs are within their declared errors\.\n$/);
    const registered = await succeeds("algorithm", "register", "mean_wage.ts", "--account", "author", "--json");
    const inspected = await succeeds("algorithm", "inspect", "mean_wage.ts", "--encoding");
    writeFileSync(join(folder, "mean_wage.json"), inspected);
    expect(JSON.parse(registered)).to.include({ name: "mean_wage", sent: true });
    const [state] = readdirSync(temporary).filter((name) => name.startsWith("sharebridge-"));
    const node = join(projectRoot, "mpc-nodes/node/main.ts");
    const args = [node, "approve", "mean_wage.json", "--yes", "--folder", join(temporary, state!, "node0")];
    const approved = execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    expect(approved).to.contain(`Program mean_wage (${JSON.parse(registered).algorithm}) approved on chain by seat 0`);
  });

  it("keeps the network file, which has keys, for its user alone", () => {
    expect(statSync(networkFile).mode & 0o777).to.equal(0o600);
  });

  it("stops on Ctrl-C with code 0 and leaves no process and no file behind", async () => {
    // Hardhat's loader keeps a cache of its own beside ours.
    const ownFolders = () => readdirSync(temporary).filter((name) => name.startsWith("sharebridge-"));
    const [state] = ownFolders();
    const { listen } = JSON.parse(readFileSync(join(temporary, state!, "oracle-runner", "runner.json"), "utf8"));
    // Chain, four nodes, adapter and its metrics, as printed; and the oracle runner's port.
    const endpoints = [...new Set(printed.match(/http:\/\/127\.0\.0\.1:\d+/g)), `http://127.0.0.1:${listen.port}`];
    expect(endpoints).to.have.length(8);
    for (const endpoint of endpoints) expect(await answers(endpoint), endpoint).to.equal(true);

    devnet.kill("SIGINT");
    expect(await ended, printed).to.equal(0);
    for (const endpoint of endpoints) expect(await answers(endpoint), endpoint).to.equal(false);
    expect(existsSync(networkFile)).to.equal(false);
    expect(ownFolders()).to.deep.equal([]);
  });
});

const answers = (endpoint: string) =>
  fetch(endpoint).then(
    () => true,
    () => false,
  );
