import { encodeWords } from "@sharebridge/mpc-nodes/math/words.ts";
import { recombine } from "@sharebridge/mpc-nodes/sharing/shared-vector.ts";
import { earningsIn } from "@sharebridge/sdk/seller/earnings.ts";
import { leaveMarket } from "@sharebridge/sdk/seller/leave-market.ts";
import { type Policy, parsePolicy, policyFor } from "@sharebridge/sdk/seller/policy.ts";
import { memoryPublicationStore, parsePublication } from "@sharebridge/sdk/seller/publication.ts";
import { type PublishOptions, type PublishStep, publishDataset } from "@sharebridge/sdk/seller/publish-dataset.ts";
import { encodeTable } from "@sharebridge/sdk/table/encode-table.ts";
import { expect } from "chai";
import { toBeHex } from "ethers";
import { rejection } from "../support/rejection.ts";
import { anyAlgorithm, workers, workersSchema } from "../support/tables.ts";
import { startWorld, type World } from "../support/world.ts";

describe("publishDataset", () => {
  let world: World;
  let policy: Policy;
  const options = (): PublishOptions => ({
    signer: world.wallets.seller1,
    market: world.payGapMarket,
    table: workers,
    schema: workersSchema,
    policy,
    nodes: { attempts: 2, retryDelayMs: 1 },
  });

  before(async () => {
    world = await startWorld();
    policy = parsePolicy({ ...policyFor(world.payGapMarket), algorithms: anyAlgorithm });
  });
  after(() => world.stop());
  beforeEach(() => world.reset());

  it("shares, registers, uploads to four nodes and joins, and reports each step", async () => {
    const steps: PublishStep[] = [];
    const published = await publishDataset({ ...options(), onProgress: ({ step }) => steps.push(step) });
    expect(published.seats).to.deep.equal([0, 1, 2, 3]);
    expect(published.missing).to.deep.equal([]);
    expect(published.validRows).to.equal(workers.rows.length);
    expect([...new Set(steps)]).to.deep.equal(["share", "register", "upload", "receipts", "join"]);
    expect(await world.payGapMarket.contract.isMember(published.datasetId)).to.equal(true);
    expect((await world.payGapMarket.contract.pool()).rows).to.equal(BigInt(workers.rows.length));

    // The four nodes together hold exactly the table; none of the shares that one lacks is on its wire.
    const id = toBeHex(published.datasetId, 32);
    const held = world.nodes.map((node) => node.datasets.get(id)!);
    const { columns } = encodeTable(workers, workersSchema);
    columns.forEach((words, column) => {
      const shares = [0, 1, 2, 3].map((j) => held[(j + 1) % 4].columns[j]![column]);
      expect([...recombine(shares)]).to.deep.equal([...words]);
      for (const node of world.nodes) {
        for (const body of node.received) expect(body.includes(Buffer.from(encodeWords(words)))).to.equal(false);
      }
    });
  });

  it("refuses a policy that forbids the market, and names each term, before anything is sent", async () => {
    const strict = parsePolicy({
      algorithms: [`0x${"11".repeat(32)}`],
      token: world.wallets.stranger.address,
      minPrice: "99000000000000000000",
      minRows: 1_000,
    });
    const error = await rejection(publishDataset({ ...options(), policy: strict }));
    expect(error.code).to.equal("PolicyForbidsMarket");
    expect(error.message).to.match(/algorithm.*token.*at least 99000000000000000000.*at least 1000 rows/);
    expect(await world.wallets.seller1.getNonce()).to.equal(0);
    expect(world.nodes[0].calls).to.equal(0);
  });

  it("refuses a schema that does not fit the market's program", async () => {
    const schema = { columns: workersSchema.columns.filter(({ name }) => name !== "sex") };
    const error = await rejection(publishDataset({ ...options(), schema }));
    expect(error.code).to.equal("SchemaDoesNotFit");
    expect(error.message).to.match(/pay_gap: column sex is missing/);
  });

  for (const fault of ["hang up", "nonsense", { status: 413, code: "TooLarge" }] as const) {
    it(`goes on with three nodes when one fails (${typeof fault === "string" ? fault : fault.code}), and names it`, async () => {
      world.nodes[2].fault = () => fault;
      const published = await publishDataset(options());
      expect(published.seats).to.deep.equal([0, 1, 3]);
      expect(published.missing.map(({ seat }) => seat)).to.deep.equal([2]);
      expect(published.missing[0].reason).to.match(/^Node 2 /);
      expect(await world.payGapMarket.contract.isMember(published.datasetId)).to.equal(true);
    });
  }

  it("tries again what may pass by itself", async () => {
    let failures = 1;
    world.nodes[1].fault = () => (failures-- > 0 ? { status: 503, code: "ChainUnreachable" } : undefined);
    expect((await publishDataset(options())).missing).to.deep.equal([]);
  });

  it("does not count a receipt that the seat's key did not sign", async () => {
    const impostor = world.nodes[3];
    const sign = impostor.wallet.signTypedData.bind(impostor.wallet);
    impostor.wallet.signTypedData = world.wallets.stranger.signTypedData.bind(world.wallets.stranger);
    try {
      const { missing } = await publishDataset(options());
      expect(missing[0]?.reason).to.match(/Node 3 gives a receipt that its key on chain did not sign/);
    } finally {
      impostor.wallet.signTypedData = sign;
    }
  });

  it("resumes after too few nodes answered: the same dataset, nothing registered twice", async () => {
    const store = memoryPublicationStore();
    world.nodes[0].fault = () => "hang up";
    world.nodes[1].fault = () => "hang up";
    const error = await rejection(publishDataset({ ...options(), store }));
    expect(error.code).to.equal("TooFewUploads");
    expect(error.message).to.match(/2 of the four nodes.*Node 0.*Node 1.*Nothing is lost/s);
    world.nodes[0].fault = undefined;
    const resumed = await publishDataset({ ...options(), store });
    expect(resumed.transactions.register).to.equal(undefined);
    expect(resumed.seats).to.deep.equal([0, 2, 3]);
    world.nodes[1].fault = undefined;
    const completed = await publishDataset({ ...options(), store });
    expect(completed.datasetId).to.equal(resumed.datasetId);
    expect(completed.transactions).to.deep.equal({});
    expect(completed.seats).to.deep.equal([0, 1, 2, 3]);
  });

  it("resumes after a failed join", async () => {
    const store = memoryPublicationStore();
    for (const node of world.nodes) node.fault = (path) => (path.endsWith("receipts") ? "hang up" : undefined);
    expect((await rejection(publishDataset({ ...options(), store }))).code).to.equal("TooFewReceipts");
    for (const node of world.nodes) node.fault = undefined;
    const resumed = await publishDataset({ ...options(), store });
    expect(resumed.transactions.register).to.equal(undefined);
    expect(resumed.transactions.join).to.be.a("string");
  });

  it("refuses to resume with a changed table, and keeps the publication readable", async () => {
    const store = memoryPublicationStore();
    await publishDataset({ ...options(), store });
    const changed = { ...workers, rows: workers.rows.map((row) => ["9.99", ...row.slice(1)]) };
    const error = await rejection(publishDataset({ ...options(), table: changed, store }));
    expect(error.code).to.equal("PublicationChanged");
    expect(error.message).to.match(/the table changed/);
    expect(parsePublication(JSON.parse(JSON.stringify(await store.load())))).to.deep.equal(await store.load());
    expect((await rejection(Promise.resolve().then(() => parsePublication({ version: 2 })))).code).to.equal(
      "InvalidPublication",
    );
  });

  it("explains the contract's refusal when the on-chain policy forbids another market", async () => {
    const store = memoryPublicationStore();
    const narrow = parsePolicy(policyFor(world.payGapMarket));
    await publishDataset({ ...options(), policy: narrow, store });
    const error = await rejection(publishDataset({ ...options(), policy, market: world.scoreMarket, store }));
    expect(error.code).to.equal("Reverted");
    expect(error.message).to.match(/policy of dataset \d+ does not allow the market's algorithm/);
  });

  it("leaves the market, once", async () => {
    const { datasetId } = await publishDataset(options());
    const leave = { signer: world.wallets.seller1, market: world.payGapMarket, datasetId };
    await leaveMarket(leave);
    expect((await earningsIn(world.payGapMarket, world.wallets.seller1.address)).datasets).to.deep.equal([
      { datasetId, validRows: 6n, member: false, claimable: 0n },
    ]);
    expect((await rejection(leaveMarket(leave))).message).to.match(/is not in this market/);
    const stranger = { ...leave, signer: world.wallets.stranger };
    expect((await rejection(leaveMarket(stranger))).code).to.equal("Reverted");
  });
});
