/** A buyer's private inputs from a file to the four nodes and into a request; nobody else sees a number. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { disclosureHash } from "@sharebridge/algorithms/language/disclosure.ts";
import { programHash } from "@sharebridge/algorithms/language/encode.ts";
import { privacyTermsOf } from "@sharebridge/algorithms/language/market-terms.ts";
import { linearScore } from "@sharebridge/algorithms/library/index.ts";
import { AlgorithmRegistry__factory } from "@sharebridge/contracts";
import { memoryKeyStore } from "@sharebridge/sdk/buyer/answer-key.ts";
import { type RequestOptions, requestComputation } from "@sharebridge/sdk/buyer/request-computation.ts";
import { sharePrivateInputs } from "@sharebridge/sdk/buyer/share-private-inputs.ts";
import { findRequest } from "@sharebridge/sdk/network/find-request.ts";
import { type Market, openMarket } from "@sharebridge/sdk/network/open-market.ts";
import { parsePolicy, policyFor } from "@sharebridge/sdk/seller/policy.ts";
import { publishDataset } from "@sharebridge/sdk/seller/publish-dataset.ts";
import { expect } from "chai";
import { ZeroHash } from "ethers";
import { createMarket, registerAlgorithm } from "../../../scripts/deploy.ts";
import { rejection } from "../support/rejection.ts";
import { ran } from "../support/run-cli.ts";
import { workers, workersCsv, workersSchema } from "../support/tables.ts";
import { PRICE, startWorld, type World } from "../support/world.ts";

const quick = { attempts: 1, retryDelayMs: 1 };
const weights = { intercept: "-3.25", weight_education: "0.75", weight_experience: "-0.0625" };
const words = [-212_992n, 49_152n, -4_096n];

describe("private inputs of a buyer", () => {
  let world: World;
  let market: Market;
  let folder: string;
  const buy = (options: Partial<RequestOptions> = {}) =>
    requestComputation({
      ...{ signer: world.wallets.buyer, market, keys: memoryKeyStore(), privateInputs: weights, nodes: quick },
      ...options,
    });

  before(async () => {
    world = await startWorld();
    market = await sellLinearScore(world);
    await world.snapshot();
  });
  after(() => world.stop());
  beforeEach(async () => {
    await world.reset();
    folder = await mkdtemp(join(tmpdir(), "sharebridge-private-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** What the four nodes hold together. */
  function recombined(commitment: string): bigint[] {
    const shares = [0, 1, 2, 3].map((j) => {
      const holders = world.nodes.filter(({ seat }) => seat !== j);
      const copies = holders.flatMap((node) => [...(node.privateInputs.get(commitment)?.held.columns[j] ?? [])]);
      return copies[0]!;
    });
    return words.map((_, index) =>
      BigInt.asIntN(
        64,
        shares.reduce((sum, share) => sum + share[index]!, 0n),
      ),
    );
  }

  it("are shared among the nodes before the request, which names them", async () => {
    const said: string[] = [];
    const { requestId } = await buy({ onProgress: (message) => said.push(message) });
    const { request } = await findRequest(world.connection, requestId);
    expect(request.privateInputs).not.to.equal(ZeroHash);
    expect(recombined(request.privateInputs)).to.deep.equal(words);
    for (const node of world.nodes) {
      expect(node.privateInputs.get(request.privateInputs)!.buyer).to.equal(world.wallets.buyer.address.toLowerCase());
    }
    expect(said[0]).to.equal("Private inputs: 1 of 4 nodes hold their shares");
    expect(said.indexOf("Approving the price")).to.be.greaterThan(3);
  });

  it("no value is in what travels, and the same values look different each time", async () => {
    const commitments = [];
    for (let time = 0; time < 2; time++) {
      commitments.push((await findRequest(world.connection, (await buy()).requestId)).request.privateInputs);
    }
    expect(commitments[0]).not.to.equal(commitments[1]);
    const bytes = Buffer.concat(world.nodes.flatMap(({ received }) => received)).toString();
    expect(bytes).to.include(world.wallets.buyer.address.toLowerCase());
    for (const value of [...Object.values(weights), ...words.map(String), "weight_education"]) {
      expect(bytes).not.to.include(value);
    }
  });

  it("one node may fail; of two nothing is approved or paid", async () => {
    world.nodes[1]!.fault = (path) => (path.startsWith("/v1/private-inputs") ? "hang up" : undefined);
    await buy();
    world.nodes[2]!.fault = (path) =>
      path.startsWith("/v1/private-inputs") ? { status: 507, code: "StorageFull" } : undefined;
    const spent = await market.contract.accounts();
    const error = await rejection(buy());
    expect(error).to.have.property("code", "TooFewUploads");
    expect(error.message).to.match(/^2 of the four nodes took.*Node 1.*Node 2.*Nothing was requested or paid\.$/);
    expect(await market.contract.accounts()).to.deep.equal(spent);
  });

  it("are refused before anything is sent: missing, unknown, out of range; no message has the value", async () => {
    for (const privateInputs of [
      {},
      { ...weights, other: "1" },
      { ...weights, weight_education: "100.7" },
      { ...weights, weight_education: "one hundred" },
    ]) {
      const error = await rejection(buy({ privateInputs }));
      expect(error).to.have.property("code", "InvalidPrivateInputs");
      expect(error.message).not.to.match(/100\.7|one hundred/);
    }
    expect(world.nodes.every(({ calls }) => calls === 0)).to.equal(true);
    const none = await rejection(buy({ market: world.payGapMarket }));
    expect(none).to.have.property("code", "InvalidPrivateInputs");
  });

  it("of a contract that buys are uploaded by another account, and are the contract's alone", async () => {
    const consumer = `0x${"c0".repeat(20)}`;
    const signer = world.wallets.stranger;
    const commitment = await sharePrivateInputs({
      signer,
      market,
      privateInputs: weights,
      buyer: consumer,
      nodes: quick,
    });
    expect(recombined(commitment)).to.deep.equal(words);
    expect(world.nodes[0]!.privateInputs.get(commitment)!.buyer).to.equal(consumer);
    const paying = { signer, market: world.payGapMarket, privateInputs: {}, nodes: quick };
    expect(await sharePrivateInputs(paying), "a program that takes none").to.equal(ZeroHash);
  });

  const run = (line: string) => ran(line, folder);

  it("come from a file on the command line, and are never printed", async () => {
    const network = {
      ...world.networkFile,
      markets: { ...(world.networkFile.markets as object), model: market.address },
    };
    await writeFile(join(folder, "devnet.json"), JSON.stringify(network));
    await writeFile(join(folder, "model.json"), JSON.stringify({ ...weights, intercept: -3.25 }));
    const requested = await run("request --market model --private-inputs model.json --account buyer --json");
    expect(requested.code, requested.out).to.equal(0);
    const { requestId } = JSON.parse(requested.out) as { requestId: string };
    const { request } = await findRequest(world.connection, requestId);
    expect(recombined(request.privateInputs)).to.deep.equal(words);
    expect(requested.out + requested.err).not.to.match(/3\.25|0\.75|0\.0625/);

    await writeFile(join(folder, "workers.csv"), workersCsv);
    const hash = programHash(linearScore);
    const ran = await run(`algorithm run ${hash} --data workers.csv,workers.csv --private-inputs model.json`);
    expect(ran.code, ran.out + ran.err).to.equal(0);
    expect(ran.out).to.contain("All outputs are within their declared errors.");
    const missing = await run(`algorithm run ${hash} --data workers.csv --json`);
    expect(JSON.parse(missing.out).error.code).to.equal("InvalidPrivateInputs");
  });

  it("a file that holds something else is refused, without a word of what it holds", async () => {
    await writeFile(join(folder, "devnet.json"), JSON.stringify(world.networkFile));
    for (const [text, code] of [
      ['{"intercept": "77.5" oops', "FileUnreadable"],
      ['["77.5"]', "InvalidPrivateInputs"],
      ['{"intercept": {"value": "77.5"}}', "InvalidPrivateInputs"],
    ] as const) {
      await writeFile(join(folder, "bad.json"), text);
      const {
        code: exit,
        out,
        err,
      } = await run("request --market payGap --private-inputs bad.json --account buyer --json");
      expect([exit, JSON.parse(out).error.code]).to.deep.equal([1, code]);
      expect(out + err).not.to.include("77.5");
    }
  });
});

/** A market for `linear_score` with the workers of two sellers in its pool. */
async function sellLinearScore(world: World): Promise<Market> {
  const { wallets, connection, nodes } = world;
  const hash = programHash(linearScore);
  const registry = await connection.algorithms.getAddress();
  await registerAlgorithm(wallets.author, registry, hash, disclosureHash(linearScore), "ipfs://program");
  const { terms } = world.scoreMarket;
  for (const node of nodes) {
    const signer = node.wallet.connect(connection.provider);
    await (
      await AlgorithmRegistry__factory.connect(registry, signer).approve(hash, terms.committeeId, 1, node.seat)
    ).wait();
  }
  const address = await createMarket(wallets.owner, await connection.factory.getAddress(), {
    ...{ algorithm: hash, committeeId: terms.committeeId, gateway: terms.gateway, token: terms.token, price: PRICE },
    ...{ minRows: 4, maxRows: 1_000, deadlineSeconds: 3_600, maxCallbackGas: 0 },
    ...{ sellersBps: 7_000, authorBps: 1_000, committeeBps: 1_500, ownerBps: 500, ...privacyTermsOf(linearScore) },
  });
  const market = await openMarket(connection, address);
  await publishDataset({
    ...{ signer: wallets.seller1, market, table: workers, schema: workersSchema },
    policy: parsePolicy({ ...policyFor(market), algorithms: [hash] }),
  });
  return market;
}
