import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { readConfig } from "../../../scripts/oracle-runner/config.ts";
import { TestFolder } from "../../adapter/support/adapter.ts";
import { until } from "../../adapter/support/http.ts";
import { change } from "./support/job.ts";
import { Oracle } from "./support/oracle.ts";
import { rejectionOf } from "./support/rejection.ts";

const script = fileURLToPath(new URL("../../../scripts/oracle-runner/main.ts", import.meta.url));
const key = `0x${"12".repeat(32)}`;

function start(args: string[]) {
  const child = spawn(process.execPath, [script, ...args]);
  let output = "";
  const read = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout.on("data", read);
  child.stderr.on("data", read);
  let hasEnded = false;
  const ended = new Promise<number | null>((exit) => child.once("exit", exit)).finally(() => {
    hasEnded = true;
  });
  return { child, ended, output: () => output, hasEnded: () => hasEnded };
}

describe("oracle runner: process", () => {
  const folder = new TestFolder();
  const oracle = new Oracle();
  const write = (name: string, content: unknown) => {
    writeFileSync(join(folder.path, name), typeof content === "string" ? content : JSON.stringify(content));
    return join(folder.path, name);
  };
  const config = (changes: Record<string, unknown> = {}) => ({
    rpcUrl: oracle.chain.rpcUrl,
    jobFile: "job.toml",
    bridges: { sharebridge: oracle.bridge.url },
    keyFile: "key",
    listen: { port: 0 },
    ...changes,
  });

  before(async () => {
    await oracle.open();
    write("key", `${key}\n`);
    write("job.toml", oracle.job());
  });
  after(async () => {
    await oracle.close();
    folder.remove();
  });

  it("says that it is for development, runs, and stops on SIGTERM", async () => {
    const { child, ended, output, hasEnded } = start([write("runner.json", config())]);
    await until(() => output().includes("runs are resumed here") || hasEnded());
    expect(output()).to.include("FOR DEVELOPMENT ONLY").and.include('"message":"watching the Operator"');
    expect(output()).to.not.include(key.slice(2));
    child.kill("SIGTERM");
    expect(await ended).to.equal(0);
  });

  it("ends with a sentence when the job is not one that it can run", async () => {
    write("bad.toml", change(oracle.job(), 'type="cborparse"', 'type="http"'));
    const { ended, output } = start([write("bad.json", config({ jobFile: "bad.toml" }))]);
    expect(await ended).to.equal(1);
    expect(output()).to.include("UnknownTaskType: task decode_cbor: this runner does not know tasks of type http");
  });

  it("ends with its usage when it is called wrongly", async () => {
    const { ended, output } = start([]);
    expect(await ended).to.equal(2);
    expect(output()).to.include("usage: ");
  });

  it("names what is wrong in its configuration", async () => {
    const cases: [unknown, RegExp][] = [
      ["{", /^BadConfig: .*is not JSON/],
      [config({ rpcUrl: "ftp://x" }), /^BadConfig: .*rpcUrl/s],
      [config({ more: 1 }), /^BadConfig: .*more/s],
      [config({ jobFile: "none.toml" }), /^BadConfig: the job cannot be read: .*none\.toml \(ENOENT\)/],
      [config({ keyFile: "job.toml" }), /^BadConfig: the key file must hold 0x and 64 hexadecimal digits$/],
      [config({ bridges: { sharebridge: "here" } }), /^BadConfig: .*bridges/s],
    ];
    for (const [content, error] of cases) {
      const path = write("case.json", content);
      expect(await rejectionOf(() => readConfig(path))).to.match(error);
    }
    expect(await rejectionOf(() => readConfig(join(folder.path, "nothing.json")))).to.match(
      /^BadConfig: the configuration cannot be read/,
    );
  });
});
