import { spawn } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { disclosureHash } from "@sharebridge/algorithms/language/disclosure.ts";
import { encodeProgram, programHash } from "@sharebridge/algorithms/language/encode.ts";
import { weightedScore } from "@sharebridge/algorithms/library/weighted-score.ts";
import { approve, identity, init, type Print, programs, revoke, start } from "@sharebridge/mpc-nodes/node/commands.ts";
import { describeError } from "@sharebridge/mpc-nodes/node/describe-error.ts";
import { loadKeys, publicIdentity } from "@sharebridge/mpc-nodes/node/keys.ts";
import { expect } from "chai";
import { id } from "ethers";
import { registerAlgorithm } from "../../../scripts/deploy.ts";
import { payGap } from "../../support/open-pay-gap.ts";
import { CHAIN_ID, type Deployment, deploy } from "./support/deployment.ts";
import { Folders } from "./support/keys.ts";
import { type RpcServer, serveRpc } from "./support/rpc-server.ts";

const main = fileURLToPath(import.meta.resolve("@sharebridge/mpc-nodes/node/main.ts"));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line as a process of its own; `whenOut` is called with what it has printed so far. */
function run(args: readonly string[], whenOut: (text: string, stop: () => void) => void = () => {}): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    let [out, err] = ["", ""];
    child.stdout.on("data", (text: Buffer) => {
      out += text.toString();
      whenOut(out, () => child.kill("SIGTERM"));
    });
    child.stderr.on("data", (text: Buffer) => {
      err += text.toString();
    });
    child.once("close", (code) => resolve({ code, out, err }));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

describe("the node's command line", () => {
  const folders = new Folders();
  let folder: string;
  let chain: Deployment;
  let rpc: RpcServer;
  let payGapFile: string;
  let scoreFile: string;

  before(async () => {
    folder = folders.next();
    const { code, out, err } = await run(["init", "--folder", folder]);
    expect(code, err).to.equal(0);
    expect(JSON.parse(out)).to.deep.equal(publicIdentity(loadKeys(folder)));

    const others = await folders.keys(3);
    chain = await deploy([loadKeys(folder), ...others.map(({ keys }) => keys)].map(publicIdentity));
    rpc = await serveRpc(chain.connection.provider as unknown as Parameters<typeof serveRpc>[0]);
    await configure({});
    const files = folders.next();
    mkdirSync(files);
    [payGapFile, scoreFile] = ["pay-gap", "score"].map((name) => join(files, `${name}.program.json`));
    writeFileSync(payGapFile, encodeProgram(payGap));
    writeFileSync(scoreFile, encodeProgram(weightedScore));
  });
  after(async () => {
    await rpc.close();
    await chain.connection.close();
    folders.remove();
  });

  async function configure(changes: object): Promise<void> {
    const [http, peer] = [await freePort(), await freePort()];
    const settings = {
      rpcUrl: rpc.url,
      chainId: Number(CHAIN_ID),
      factory: chain.factoryAddress,
      committeeId: 1,
      confirmations: 0,
    };
    writeFileSync(
      join(folder, "node.json"),
      JSON.stringify({ ...settings, http: { port: http }, peer: { port: peer }, ...changes }),
    );
  }

  it("says why it refuses, and ends with 1", async () => {
    const { code, err } = await run(["init", "--folder", folder]);
    expect(code).to.equal(1);
    expect(err).to.contain("never overwritten").and.to.contain("[KeysExist]");
  });

  it("ends with 2 for wrong usage and says what is right", async () => {
    const { code, err } = await run(["approve", "--folder", folder]);
    expect(code).to.equal(2);
    expect(err).to.contain("program-file");
  });

  it("explains the settings", async () => {
    const { code, out } = await run(["start", "--help"]);
    expect(code).to.equal(0);
    expect(out).to.contain("SHAREBRIDGE_NODE_RPC_URL");
  });

  /** A command in this process: what it prints, or the sentence with which it is refused. */
  async function printed(command: (print: Print) => Promise<unknown> | unknown): Promise<string> {
    const lines: string[] = [];
    try {
      await command((line) => lines.push(line));
      return lines.join("\n");
    } catch (error) {
      return describeError(error);
    }
  }
  const approval = (file: string, dryRun = false, confirm = async (_question: string) => true) =>
    printed((print) => approve(folder, file, { dryRun, environment: {}, confirm }, print));
  const list = () => printed((print) => programs(folder, print));

  it("prints the identity again", async () => {
    expect(JSON.parse(await printed((print) => identity(folder, print)))).to.deep.equal(
      publicIdentity(loadKeys(folder)),
    );
  });

  it("reviews a program without approving it", async () => {
    const text = await approval(payGapFile, true);
    for (const part of [
      "program pay_gap",
      programHash(payGap),
      "Disclosure statement",
      "bytes sent by the four nodes",
    ]) {
      expect(text).to.contain(part);
    }
    expect(await chain.algorithms.approvalsOf(chain.algorithm, 1n, 1n)).to.equal(0n);
    expect(await list()).to.equal("");
  });

  it("refuses to approve without funds, then approves, lists and revokes", async () => {
    expect(await approval(payGapFile)).to.contain("[NoFunds]");
    expect(await list()).to.equal("");

    await (await chain.deployer.sendTransaction({ to: loadKeys(folder).signer.address, value: 10n ** 18n })).wait();
    expect(await approval(payGapFile))
      .to.contain("approved on chain by seat 0")
      .and.to.contain(`Registered by ${await chain.deployer.getAddress()}, who earns the author's share`);
    expect(await chain.algorithms.approvalsOf(chain.algorithm, 1n, 1n)).to.equal(1n);
    expect(await list()).to.match(new RegExp(`^${programHash(payGap)}  pay_gap  approved `));

    const revoked = await printed((print) => revoke(folder, programHash(payGap), {}, print));
    expect(revoked).to.contain("revoked on chain (seat 0)");
    expect(await chain.algorithms.approvalsOf(chain.algorithm, 1n, 1n)).to.equal(0n);
    expect(await list()).to.equal("");
  });

  it("asks before it approves, and takes only a yes", async () => {
    const questions: string[] = [];
    const declined = await approval(payGapFile, false, async (question) => {
      questions.push(question);
      return false;
    });
    expect(declined).to.contain("[Declined]");
    expect(questions).to.deep.equal([`Let this node compute pay_gap (${programHash(payGap)})?`]);
    // Nobody is there to answer.
    const { code, out, err } = await run(["approve", payGapFile, "--folder", folder]);
    expect(code).to.equal(1);
    expect(out).to.contain("Disclosure statement").and.to.contain("Registered by");
    expect(err).to.contain("Type yes:").and.to.contain("[Declined]");
    expect(await chain.algorithms.approvalsOf(chain.algorithm, 1n, 1n)).to.equal(0n);
    expect(await list()).to.equal("");
  });

  it("refuses a program that nobody registered, and files that hold none", async () => {
    expect(await approval(scoreFile))
      .to.contain("UnknownAlgorithm")
      .and.to.contain("register it first");
    expect(await list()).to.equal("");
    expect(await approval(main)).to.match(/\[(NotJson|TooDeep|TooLarge)\]/);
    expect(await approval("/nonexistent")).to.contain("[UnusableFile]");
    expect(await printed((print) => revoke(folder, "0x12", {}, print))).to.contain("[Malformed]");
  });

  it("refuses a program that was registered with another disclosure statement", async () => {
    const other = { ...payGap, name: "other_gap" };
    const file = join(folders.next(), "other.program.json");
    mkdirSync(dirname(file));
    writeFileSync(file, encodeProgram(other));
    const registry = await chain.algorithms.getAddress();
    await registerAlgorithm(chain.deployer, registry, programHash(other), disclosureHash(payGap), "");
    const text = await approval(file);
    expect(text)
      .to.contain("[DisclosureDiffers]")
      .and.to.contain(disclosureHash(payGap))
      .and.to.contain(disclosureHash(other))
      .and.to.contain("do not approve it");
    expect(await chain.algorithms.approvalsOf(programHash(other), 1n, 1n)).to.equal(0n);
    expect(await list()).to.equal("");
  });

  it("starts, serves, and ends with 0 on SIGTERM", async () => {
    await configure({});
    let info: Promise<unknown> | undefined;
    const ended = await run(["start", "--folder", folder], (text, stop) => {
      const port = /"port":([0-9]+)/.exec(text)?.[1];
      if (port === undefined || info !== undefined) return;
      info = fetch(`http://127.0.0.1:${port}/v1/info`).then((response) => response.json());
      void info.finally(stop);
    });
    expect(ended.code, ended.err).to.equal(0);
    expect(await info).to.include({ seat: 0, chainId: "31337", signer: loadKeys(folder).signer.address });
    expect(ended.out).not.to.contain(loadKeys(folder).signer.privateKey.slice(2));
    expect(ended.out).not.to.contain(rpc.url);
  });

  it("approves on chain what a rule allows, but not what was revoked; list says so", async () => {
    await configure({});
    const rules = join(folder, "approvals.json");
    const rule = { library: true, maximumRounds: 1_000, maximumBytesPerParty: 1_000_000_000_000 };
    writeFileSync(rules, JSON.stringify({ rules: [{ ...rule, requireNoise: true }] }));
    expect(await printed(() => start(folder, {}))).to.contain("[RulesInvalid]");
    expect(await list()).to.contain("[RulesInvalid]");

    const hash = programHash(weightedScore);
    const registry = await chain.algorithms.getAddress();
    await registerAlgorithm(chain.deployer, registry, hash, disclosureHash(weightedScore), "");
    writeFileSync(rules, JSON.stringify({ rules: [rule] }));
    expect(await list())
      .to.contain(`${hash}  weighted_score  allowed by rule 0 of approvals.json`)
      .and.not.to.contain(chain.algorithm);
    const ended = await run(["start", "--folder", folder], (text, stop) => {
      if (text.includes("is approved on chain")) stop();
    });
    expect([ended.code, ended.err]).to.deep.equal([0, ""]);
    expect(await chain.algorithms.approvalsOf(hash, 1n, 1n)).to.equal(1n);
    // Revoked by hash above: no rule brings it back.
    expect(await chain.algorithms.approvalsOf(chain.algorithm, 1n, 1n)).to.equal(0n);

    await printed((print) => revoke(folder, hash, {}, print));
    expect(await chain.algorithms.approvalsOf(hash, 1n, 1n)).to.equal(0n);
    expect(await list()).not.to.contain(hash);
    rmSync(rules);
  });

  it("refuses to start with bad settings, on another chain, without a factory or a seat", async () => {
    const start_ = () => printed(() => start(folder, {}));
    await configure({ chainId: "31337", colour: "red" });
    expect(await start_())
      .to.contain("chainId")
      .and.to.contain("colour is not a setting");
    await configure({ chainId: 1 });
    expect(await start_())
      .to.contain("[WrongChain]")
      .and.to.contain("31337");
    await configure({ factory: `0x${id("nothing").slice(-40)}` });
    expect(await start_()).to.contain("[NoFactory]");
    await configure({ committeeId: 2 });
    expect(await start_()).to.contain("[UnknownCommittee]");
    await configure({});
    const stranger = folders.next();
    await init(stranger, () => {});
    copyFileSync(join(folder, "node.json"), join(stranger, "node.json"));
    expect(await printed(() => start(stranger, {}))).to.contain("[NotSeated]");
  });
});
