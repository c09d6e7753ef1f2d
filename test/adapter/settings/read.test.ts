import { readFileSync } from "node:fs";
import { settingsDefinition } from "@sharebridge/adapter/settings/definition.ts";
import { readSettings, SettingsError } from "@sharebridge/adapter/settings/read.ts";
import { expect } from "chai";
import { TestFolder, withEnvironment } from "../support/adapter.ts";

const address = "0x52908400098527886E0F7030069857D2E4169EE7";
const good = {
  RPC_URL: "http://127.0.0.1:8545",
  CHAIN_ID: "31337",
  FACTORY_ADDRESS: address.toLowerCase(),
  COMMITTEE_IDS: "1, 22",
  RESUME_ALLOWED_ORIGINS: "http://chainlink:6688, https://node.example/",
};

async function problemsOf(environment: Record<string, string>): Promise<readonly string[]> {
  try {
    await withEnvironment(environment, () => readSettings());
  } catch (error) {
    expect(error).to.be.instanceOf(SettingsError);
    return (error as SettingsError).problems;
  }
  return [];
}

describe("adapter: settings", () => {
  const folder = new TestFolder();
  after(() => folder.remove());

  it("are parsed, with defaults for what is not set", async () => {
    const { settings } = await withEnvironment({ ...good, DATA_DIR: `${folder.path}/new/folder` }, () =>
      readSettings(),
    );
    expect(settings.factoryAddress).to.equal(address);
    expect([...settings.committeeIds]).to.deep.equal([1n, 22n]);
    expect([...settings.resumeAllowedOrigins]).to.deep.equal(["http://chainlink:6688", "https://node.example"]);
    expect(settings).to.deep.include({ chainId: 31_337n, fromBlock: 0, queueLimit: 100 });
  });

  it("are refused all together, each by name", async () => {
    const required = Object.entries(settingsDefinition).filter(([, setting]) => "required" in setting);
    const missing = await problemsOf(Object.fromEntries(required.map(([name]) => [name, ""])));
    for (const [name] of required)
      expect(
        missing.some((problem) => problem.startsWith(`${name}: is required`)),
        name,
      ).to.equal(true);
    expect(missing).to.have.length(required.length);

    const bad = {
      RPC_URL: "secret-but-no-url",
      CHAIN_ID: "mainnet",
      FACTORY_ADDRESS: "0x12",
      COMMITTEE_IDS: "one",
      DATA_DIR: folder.path,
      RESUME_ALLOWED_ORIGINS: "http://chainlink:6688/v2/resume",
      QUEUE_LIMIT: "0",
      NODE_POLL_MS: "1.5",
      SYNC_WAIT_MS: "-1",
      REQUIRED_AUTHORIZATION: "secret",
    };
    const problems = await problemsOf(bad);
    const named = problems.map((problem) => problem.split(":")[0]);
    expect(named).to.have.members(Object.keys(bad).filter((name) => name !== "DATA_DIR"));
    expect(problems.join()).to.not.include("secret");
  });

  it("name a data folder that cannot be made", async () => {
    expect(await problemsOf({ ...good, DATA_DIR: "/dev/null/folder" })).to.deep.equal([
      "DATA_DIR: the folder cannot be made (ENOTDIR)",
    ]);
  });

  it("stand in the README: every one, and no other", () => {
    const readme = readFileSync(new URL("../../../adapter/README.md", import.meta.url), "utf8");
    const rows = [...readme.matchAll(/^\| `([A-Z_]+)` *\| ([^|\n]*?) *\| ([^|\n]*?) *\|$/gm)];
    expect(rows.map(([, name]) => name)).to.deep.equal(Object.keys(settingsDefinition));
    for (const [, name, value, description] of rows) {
      const setting = settingsDefinition[name as keyof typeof settingsDefinition];
      const expected = "default" in setting ? `\`${setting.default}\``.replace("``", "none") : "required";
      expect([value, description], name).to.deep.equal([expected, setting.description]);
    }
  });
});
