import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type JobValues, jobTemplate, renderJob } from "@sharebridge/adapter/jobs/render.ts";
import { specIdOf } from "@sharebridge/adapter/jobs/spec-id.ts";
import { expect } from "chai";
import { toUtf8String } from "ethers";
import { parse } from "smol-toml";

const values: JobValues = {
  externalJobId: "0EEC7E1D-d0d2-476c-a1a8-72dfb6633f46",
  operatorAddress: `0x${"11".repeat(20)}`,
  gatewayAddress: `0x${"22".repeat(20)}`,
  chainId: 31_337n,
  minIncomingConfirmations: 2,
  minPaymentJuels: 10n ** 17n,
};

const codeOf = (run: () => unknown): string | undefined => {
  try {
    run();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
};

describe("adapter: job", () => {
  it("is filled with a deployment's values", () => {
    const text = renderJob(values);
    expect(text).to.not.include("${");
    expect(parse(text)).to.deep.include({
      type: "directrequest",
      schemaVersion: 1,
      externalJobID: values.externalJobId,
      contractAddress: values.operatorAddress,
      evmChainID: "31337",
      minIncomingConfirmations: 2,
      minContractPaymentLinkJuels: "100000000000000000",
      requesters: [values.gatewayAddress],
    });
  });

  it("is filled with well-formed values only", () => {
    const wrong: Partial<JobValues>[] = [
      { externalJobId: "1" },
      { operatorAddress: '0x"\nname = "x' },
      { gatewayAddress: "" },
      { chainId: -1n },
      { minIncomingConfirmations: 1.5 },
      { minPaymentJuels: -1n },
    ];
    for (const change of wrong) {
      expect(
        codeOf(() => renderJob({ ...values, ...change })),
        JSON.stringify(Object.keys(change)),
      ).to.equal("MalformedValue");
    }
  });

  it("has a value for each placeholder and a placeholder for each value", () => {
    expect(codeOf(() => renderJob(values, `${jobTemplate()}\nname = "\${NAME}"`))).to.equal("UnknownPlaceholder");
    expect(codeOf(() => renderJob(values, jobTemplate().replace(/\$\{GATEWAY_ADDRESS\}/, "")))).to.equal("UnusedValue");
  });

  it("is named on chain by the UUID without dashes, in ASCII", () => {
    expect(toUtf8String(specIdOf(values.externalJobId))).to.equal("0eec7e1dd0d2476ca1a872dfb6633f46");
    expect(() => specIdOf("0eec7e1d")).to.throw(TypeError, "UUID");
  });

  it("is printed by the command, or the command names what is missing", () => {
    const script = fileURLToPath(new URL("../../../adapter/jobs/render.ts", import.meta.url));
    const run = (args: string[]) => spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
    const complete = ["--chain-id", "1", "--operator", values.operatorAddress, "--gateway", values.gatewayAddress];
    const printed = run([...complete, "--external-job-id", values.externalJobId]);
    expect(printed.status).to.equal(0);
    expect(parse(printed.stdout).evmChainID).to.equal("1");
    const failed = run(complete);
    expect(failed.status).to.equal(1);
    expect(failed.stderr.trim()).to.equal("MalformedValue: EXTERNAL_JOB_ID must be a UUID");
  });
});
