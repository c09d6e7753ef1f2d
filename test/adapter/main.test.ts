import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { TestFolder } from "./support/adapter.ts";

const script = fileURLToPath(new URL("../../adapter/main.ts", import.meta.url));

function start(environment: Record<string, string>) {
  const { PATH = "" } = process.env;
  const child: ChildProcess = spawn(process.execPath, [script], { env: { PATH, ...environment } });
  let output = "";
  const ended = new Promise<number | NodeJS.Signals | null>((exit) =>
    child.once("exit", (code, signal) => exit(code ?? signal)),
  );
  const says = new Promise<number>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      const port = /"port":([0-9]+)/.exec(output)?.[1];
      if (port !== undefined) resolve(Number(port));
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("exit", () => reject(new Error(output)));
  });
  says.catch(() => {});
  return { child, ended, says, output: () => output };
}

describe("adapter: process", () => {
  const folder = new TestFolder();
  after(() => folder.remove());

  it("starts without its chain, says that it is not ready, and stops on SIGTERM", async () => {
    const { child, ended, says } = start({
      RPC_URL: "http://127.0.0.1:9/",
      CHAIN_ID: "31337",
      FACTORY_ADDRESS: `0x${"11".repeat(20)}`,
      COMMITTEE_IDS: "1",
      DATA_DIR: folder.path,
      EA_PORT: "0",
      METRICS_ENABLED: "false",
    });
    const port = await says;
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).to.equal(200);
    const ready = await fetch(`http://127.0.0.1:${port}/ready`);
    expect([ready.status, (await ready.json()).error.name]).to.deep.equal([503, "RpcUnavailable"]);
    child.kill("SIGTERM");
    expect(await ended).to.equal(0);
  });

  it("ends with the list of bad settings", async () => {
    const { ended, output } = start({ RPC_URL: "http://127.0.0.1:9/", CHAIN_ID: "x" });
    expect(await ended).to.equal(1);
    for (const name of ["CHAIN_ID", "FACTORY_ADDRESS", "COMMITTEE_IDS", "DATA_DIR"]) expect(output()).to.include(name);
  });
});
