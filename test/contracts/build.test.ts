import { globSync, readFileSync } from "node:fs";
import { expect } from "chai";

const root = new URL("../../", import.meta.url);
const read = (path: string) => JSON.parse(readFileSync(new URL(path, root), "utf8"));

/** EIP-170. */
const MAX_CODE_BYTES = 24_576;

describe("the build", () => {
  const artifacts = globSync("artifacts/contracts/**/*.json", { cwd: root }).map(read);

  it("has no compiler warnings in our own sources", () => {
    const warnings = artifacts.flatMap(({ buildInfoId, inputSourceName }) =>
      (read(`artifacts/build-info/${buildInfoId}.output.json`).output.errors ?? []).filter(
        (error: { sourceLocation?: { file: string } }) => error.sourceLocation?.file === inputSourceName,
      ),
    );
    expect(warnings).to.deep.equal([]);
  });

  it("has no contract that is too large to be deployed", () => {
    expect(artifacts.length).to.be.greaterThan(20);
    for (const { contractName, deployedBytecode } of artifacts) {
      expect((deployedBytecode.length - 2) / 2, contractName).to.be.at.most(MAX_CODE_BYTES);
    }
  });
});
