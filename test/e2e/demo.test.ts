import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answerLength, payGap } from "@sharebridge/algorithms";
import { IDataMarket__factory } from "@sharebridge/contracts";
import { decodeSealedResult } from "@sharebridge/contracts/typed-data.ts";
import { openStore } from "@sharebridge/mpc-nodes/node/folder.ts";
import { loadKeys } from "@sharebridge/mpc-nodes/node/keys.ts";
import { SharingError } from "@sharebridge/mpc-nodes/sharing/errors.ts";
import { recombineOpenings } from "@sharebridge/mpc-nodes/sharing/opening.ts";
import { expect } from "chai";
import { getBytes, hexlify } from "ethers";
import { type Report, reportAsJson, type Step } from "../../scripts/demo/report.ts";
import { runDemo } from "../../scripts/demo/run.ts";
import { type Devnet, startDevnet } from "../../scripts/devnet/start.ts";

const UNKNOWN_ID = `0x${"11".repeat(32)}`;

/** Files under a folder, with their paths from it. */
function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

async function post(url: string, body: unknown): Promise<{ status: number; text: string }> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: response.status, text: await response.text() };
}

describe("the whole chain, in processes of its own", function () {
  this.timeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), "sharebridge-e2e-"));
  const steps: Step[] = [];
  let devnet: Devnet;
  let report: Report;

  before(async () => {
    devnet = await startDevnet(folder, () => {});
    report = await runDemo(devnet, (step) => void steps.push(step));
  });

  after(async () => {
    await devnet?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("takes the eight steps of the design, in order", () => {
    expect(steps.map(({ number }) => number)).to.deep.equal([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(report.rows).to.equal(534);
  });

  it("answers what is true in the clear, within the declared error", () => {
    expect(report.figures.map(({ name }) => name)).to.include.members(["mean_wage_men", "log_wage_difference"]);
    for (const figure of report.figures) expect(figure.withinDeclaredError, figure.label).to.equal(true);
  });

  it("accounts for every wei of the escrow", () => {
    const { price, paidOut, dust, heldByMarket } = report.escrow;
    expect(paidOut + dust).to.equal(price);
    expect(heldByMarket).to.equal(dust);
    expect(report.payouts.filter(({ amount }) => amount > 0n)).to.have.length(12);
    expect(report.passed).to.equal(true);
  });

  it("writes all of it as JSON", () => {
    const json = JSON.parse(reportAsJson(report));
    expect(json.steps).to.have.length(8);
    expect(json.escrow.price).to.equal("100000000000000000000");
    expect(json.payouts[0]).to.have.all.keys("party", "role", "amount");
  });

  it("lets one node together with the bridge decrypt nothing (PROTOCOL 12)", async () => {
    const contract = IDataMarket__factory.connect(devnet.market, devnet.provider);
    const [answered] = await contract.queryFilter(contract.filters.Answered(report.requestId));
    const commitments = decodeSealedResult(answered!.args.result).map((commitment) => getBytes(commitment));
    const requestId = getBytes(report.requestId);
    const plaintexts: Uint8Array[] = [];
    for (const { folder: nodeFolder } of devnet.nodes) {
      const store = openStore(nodeFolder, loadKeys(nodeFolder));
      plaintexts.push((await store.opening(report.requestId, 0))!);
      await store.close();
    }
    const openings = plaintexts.map((plaintext, seat) => ({ party: seat as 0 | 1 | 2 | 3, plaintext }));
    const outputs = answerLength(payGap);
    for (const opening of openings) {
      expect(() => recombineOpenings([opening], commitments, requestId, outputs)).to.throw(SharingError, "share");
    }
    // Positive control: two nodes read everything.
    expect(recombineOpenings(openings.slice(0, 2), commitments, requestId, outputs).values[0]).to.equal(289n);
    // And the bridge's own folders hold no opening at all.
    const bridgeFiles = filesUnder(folder).filter((file) => /\/(adapter|oracle-runner)[./]/.test(file));
    expect(bridgeFiles).to.not.be.empty;
    for (const file of bridgeFiles) {
      const bytes = readFileSync(file);
      for (const plaintext of plaintexts) {
        expect(bytes.includes(Buffer.from(plaintext.subarray(0, 32))), file).to.equal(false);
        expect(bytes.includes(hexlify(plaintext.subarray(0, 32)).slice(2)), file).to.equal(false);
      }
    }
  });

  it("leaves no key and no share in a log, and no share readable on a node's disk", async () => {
    const logs = readdirSync(join(folder, "logs")).map((name) => readFileSync(join(folder, "logs", name), "utf8"));
    expect(logs).to.have.length(7);
    for (const { folder: nodeFolder } of devnet.nodes) {
      const keys = JSON.parse(readFileSync(join(nodeFolder, "keys.json"), "utf8"));
      const store = openStore(nodeFolder, loadKeys(nodeFolder));
      const opening = (await store.opening(report.requestId, 0))!;
      await store.close();
      const salt = Buffer.from(opening.subarray(0, 32));
      const secrets = [keys.signingKey, keys.sealingPrivateKey, keys.storageKey, hexlify(salt)];
      for (const log of logs) for (const secret of secrets) expect(log).to.not.include(secret.slice(2));
      for (const file of filesUnder(nodeFolder).filter((name) => name.includes("sqlite"))) {
        expect(readFileSync(file).includes(salt), file).to.equal(false);
      }
    }
  });

  it("refuses ids that no market asked for, at the bridge and at every node", async () => {
    const malformed = await post(devnet.oracle.adapterUrl, { data: { requestId: "0x12" } });
    expect(malformed.status).to.equal(400);
    expect(malformed.text).to.include("MalformedRequestId");
    const unknown = await post(devnet.oracle.adapterUrl, { data: { requestId: UNKNOWN_ID } });
    expect(unknown.status).to.equal(404);
    expect(unknown.text).to.include("UnknownRequest");
    for (const { seat } of devnet.nodes) {
      const answer = await post(`${seat.endpoint}/v1/requests`, { requestId: UNKNOWN_ID });
      expect(answer.status).to.equal(404);
      expect(answer.text).to.include("UnknownRequest");
    }
  });

  it("stops every process that it started", async () => {
    const endpoints = [
      devnet.network.rpcUrl,
      devnet.oracle.adapterUrl,
      ...devnet.nodes.map(({ seat }) => seat.endpoint),
    ];
    await devnet.stop();
    for (const endpoint of endpoints) {
      const outcome = await fetch(endpoint).then(
        () => "answers",
        () => "is gone",
      );
      expect(outcome, endpoint).to.equal("is gone");
    }
  });
});
