import {
  environmentName,
  parseSettings,
  readSettings,
  type SettingName,
  settingsTable,
} from "@sharebridge/mpc-nodes/node/settings.ts";
import { SettingsError } from "@sharebridge/mpc-nodes/node/settings-error.ts";
import { expect } from "chai";

const minimal = {
  rpcUrl: "http://127.0.0.1:8545",
  chainId: 31_337,
  factory: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
  committeeId: 1,
};

function problems(json: unknown, environment: Record<string, string> = {}): readonly string[] {
  try {
    parseSettings(json, environment);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe("a node's settings", () => {
  it("have defaults for all but what only the operator knows", () => {
    const settings = parseSettings(minimal);
    expect(settings).to.include({
      chainId: 31_337,
      committeeId: 1n,
      confirmations: 1,
      fromBlock: 0,
      "http.port": 7_001,
    });
    expect(Object.keys(settings).sort()).to.deep.equal(Object.keys(settingsTable).sort());
  });

  it("are read from nested members, and the environment wins", () => {
    const json = { ...minimal, http: { host: "::", port: 1 }, confirmations: 2 };
    const environment = {
      [environmentName("http.port")]: "8080",
      [environmentName("logLevel")]: "debug",
      [environmentName("committeeId")]: "340282366920938463463374607431768211456",
      PATH: "/usr/bin",
    };
    const settings = parseSettings(json, environment);
    expect(settings).to.include({ "http.host": "::", "http.port": 8_080, confirmations: 2, logLevel: "debug" });
    expect(settings.committeeId).to.equal(2n ** 128n);
  });

  it("are refused all at once, each by name, and never repaired", () => {
    const json = {
      ...minimal,
      chainId: "31337",
      factory: "0x12",
      confirmations: -1,
      http: { port: 70_000 },
      colour: "red",
      peer: 7,
    };
    const found = problems(json, { SHAREBRIDGE_NODE_HTPP_PORT: "1", SHAREBRIDGE_NODE_LOG_LEVEL: "loud" });
    for (const name of [
      "chainId",
      "factory",
      "confirmations",
      "http.port",
      "colour",
      "peer",
      "SHAREBRIDGE_NODE_HTPP_PORT",
      "logLevel",
    ]) {
      expect(
        found.filter((problem) => problem.startsWith(`${name} `)),
        name,
      ).to.have.length(1);
    }
    expect(found).to.have.length(8);
  });

  it("name what is missing, with the variable that can say it", () => {
    expect(problems({})).to.deep.equal(
      ["rpcUrl", "chainId", "factory", "committeeId"].map((name) => `${name} is missing (or ${environmentName(name)})`),
    );
    expect(environmentName("maxUploadBytes")).to.equal("SHAREBRIDGE_NODE_MAX_UPLOAD_BYTES");
  });

  it("do not repeat a secret in a complaint", () => {
    const found = problems({ ...minimal, rpcUrl: "ftp://user:password@rpc.example/key-1234" });
    expect(found).to.have.length(1);
    expect(found[0])
      .to.match(/^rpcUrl /)
      .and.not.contain("1234");
  });

  it("refuse what is no object, and a folder without node.json", () => {
    for (const json of [null, [], "text", 1]) expect(problems(json)[0]).to.contain("node.json must be an object");
    expect(() => readSettings("/nonexistent", {})).to.throw(SettingsError, "node.json cannot be read");
  });

  for (const name of Object.keys(settingsTable) as SettingName[]) {
    it(`describe ${name}, and its default is valid`, () => {
      const setting = settingsTable[name];
      expect(setting.description).to.match(/^[A-Z].{10,}[^.]$/);
      if ("default" in setting) expect(setting.schema.safeParse(setting.default).success).to.equal(true);
    });
  }
});
