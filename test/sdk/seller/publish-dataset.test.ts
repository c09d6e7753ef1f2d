import { encodeWords } from "@sharebridge/mpc-nodes/math/words.ts";
import { recombine } from "@sharebridge/mpc-nodes/sharing/shared-vector.ts";
import { SdkError } from "@sharebridge/sdk/errors/sdk-error.ts";
import { earningsIn } from "@sharebridge/sdk/seller/earnings.ts";
import { leaveMarket } from "@sharebridge/sdk/seller/leave-market.ts";
import { checkPolicy, type Policy, parsePolicy, policyFor } from "@sharebridge/sdk/seller/policy.ts";
import { memoryPublicationStore, parsePublication } from "@sharebridge/sdk/seller/publication.ts";
import {
  excludedSentence,
  type PublishOptions,
  type PublishStep,
  publishDataset,
} from "@sharebridge/sdk/seller/publish-dataset.ts";
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
    expect(published.receiptSeats).to.deep.equal([0, 1, 2, 3]);
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

  it("shares an optional column as two, values and presence, beside what the program asks for", async () => {
    const table = {
      header: [...workers.header, "hours"],
      rows: workers.rows.map((row, index) => [...row, index === 2 ? "" : "40"]),
    };
    const schema = {
      columns: [
        ...workersSchema.columns,
        { name: "hours", kind: "number", fractionBits: 0, minimum: "0", maximum: "168", optional: true } as const,
      ],
    };
    const messages: string[] = [];
    const onProgress: PublishOptions["onProgress"] = ({ message }) => messages.push(message);
    const published = await publishDataset({ ...options(), table, schema, onProgress });
    expect(messages[0]).to.contain(`of ${schema.columns.length} columns`);
    const id = toBeHex(published.datasetId, 32);
    const held = world.nodes.map((node) => node.datasets.get(id)!);
    const columnOf = (column: number) =>
      [...recombine([0, 1, 2, 3].map((j) => held[(j + 1) % 4].columns[j]![column]))].map(Number);
    expect(held[0].shape.columns).to.equal(schema.columns.length + 1);
    expect(columnOf(schema.columns.length - 1)).to.deep.equal([40, 40, 0, 40, 40, 40]);
    expect(columnOf(schema.columns.length)).to.deep.equal([1, 1, 0, 1, 1, 1]);
  });

  it("refuses a schema in which rows may lack what the program needs", async () => {
    const columns = workersSchema.columns.map((column) =>
      column.name === "sex" ? { ...column, optional: true as const } : column,
    );
    const error = await rejection(publishDataset({ ...options(), schema: { columns } }));
    expect(error.code).to.equal("SchemaDoesNotFit");
    expect(error.message).to.match(/pay_gap: column sex: may lack a value; the program wants one in every row/);
    expect(world.nodes[0].calls).to.equal(0);
  });

  it("joins with the valid rows when the nodes leave some out, and says how many", async () => {
    for (const node of world.nodes) node.excluded = 2;
    const messages: string[] = [];
    const published = await publishDataset({ ...options(), onProgress: ({ message }) => messages.push(message) });
    expect([published.rows, published.validRows]).to.deep.equal([6, 4]);
    expect((await world.payGapMarket.contract.pool()).rows).to.equal(4n);
    expect(messages.filter((message) => message.startsWith("2 of 6 rows lie outside of the ranges"))).to.have.length(1);
    const [joined] = await world.payGapMarket.contract.queryFilter(world.payGapMarket.contract.filters.DatasetJoined());
    expect(joined!.args.commitment).not.to.equal(published.commitment);
    expect(excludedSentence(6, 5)).to.match(/^1 of 6 row lies outside/);
  });

  it("counts no receipt for other valid rows than the others'", async () => {
    world.nodes[3].excluded = 1;
    const { receiptSeats, validRows } = await publishDataset(options());
    expect([receiptSeats, validRows]).to.deep.equal([[0, 1, 2], 6]);
  });

  it("joins nothing with a table of which no row is valid", async () => {
    for (const node of world.nodes) node.excluded = 6;
    const error = await rejection(publishDataset(options()));
    expect(error.code).to.equal("NoValidRows");
    expect(error.message).to.match(/^None of the 6 rows lies within the ranges/);
    expect((await world.payGapMarket.contract.pool()).datasets).to.equal(0n);
  });

  it("asks again as long as the nodes check the rows", async () => {
    let answers = 0;
    for (const code of ["RowsBeingChecked", "QueueFull"]) {
      world.nodes[0].fault = (path) => {
        if (!path.endsWith("receipts") || ++answers % 7 === 0) return undefined;
        return { status: code === "QueueFull" ? 429 : 503, code };
      };
      expect((await publishDataset(options())).receiptSeats).to.deep.equal([0, 1, 2, 3]);
    }
    expect(answers).to.equal(14);
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

  it("refuses a policy about groups and budgets that forbids the market, before anything is sent", async () => {
    const example = policyFor(world.payGapMarket);
    const cases = [
      [{ cohortRows: 5 }, /groups of at least 5 rows, the market opens groups of 1/],
      [{ cohortRows: 5, cohortSellers: 2 }, /groups of at least 5 rows.*groups of at least 2 sellers/],
      [{ epsilonBudget: "3.5", deltaBudget: "0.000001" }, /privacy budget, and the market's answers are exact/],
    ] as const;
    for (const [changes, message] of cases) {
      const error = await rejection(publishDataset({ ...options(), policy: parsePolicy({ ...example, ...changes }) }));
      expect(error.code).to.equal("PolicyForbidsMarket");
      expect(error.message).to.match(message);
    }
    const { terms } = world.payGapMarket;
    const noised = { ...world.payGapMarket, terms: { ...terms, epsilonPerRequest: 2_000_000n, deltaPerRequest: 5n } };
    const budget = (epsilonBudget: string) => parsePolicy({ ...example, epsilonBudget, deltaBudget: "0.000001" });
    checkPolicy(budget("2"), noised);
    expect(() => checkPolicy(budget("1.999999"), noised)).to.throw(
      SdkError,
      /budget of epsilon 1\.999999 and delta 0\.000001 is less than one request costs, epsilon 2 and/,
    );
    const wrong = await rejection(publishDataset({ ...options(), market: noised }));
    expect(wrong.code).to.equal("WrongTerms");
    expect(await world.wallets.seller1.getNonce()).to.equal(0);
    expect(world.nodes[0].calls).to.equal(0);
  });

  it("reads policies, and says what is wrong with one", () => {
    const example = policyFor(world.payGapMarket);
    const { algorithms, token, minPrice, minRows } = example;
    expect(parsePolicy({ algorithms, token, minPrice, minRows })).to.deep.equal(parsePolicy(example));
    const demanding = {
      cohortRows: 5,
      cohortSellers: 5,
      maxUses: 12,
      epsilonBudget: "2.5",
      deltaBudget: "0.000000000001",
    };
    expect(parsePolicy({ ...example, ...demanding })).to.include({
      ...demanding,
      epsilonBudget: 2_500_000n,
      deltaBudget: 1_000_000n,
    });
    const bad: [object, RegExp][] = [
      [{ cohortRows: 1, cohortSellers: 2 }, /cohortSellers: must not be above cohortRows/],
      [{ cohortRows: -1 }, /cohortRows/],
      [{ cohortSellers: 65_536 }, /cohortSellers/],
      [{ maxUses: 1.5 }, /maxUses/],
      [{ epsilonBudget: "1" }, /deltaBudget: and epsilonBudget are given together/],
      [{ deltaBudget: "0.1" }, /given together/],
      [{ epsilonBudget: "1", deltaBudget: "1" }, /deltaBudget: must be a decimal of at most 18 places below 1/],
      [{ epsilonBudget: "0.0000001", deltaBudget: "0.1" }, /epsilonBudget: must be a decimal of at most 6 places/],
      [{ epsilonBudget: 1, deltaBudget: "0.1" }, /epsilonBudget/],
      [{ epsilonBudget: "-1", deltaBudget: "0.1" }, /epsilonBudget/],
      [{ cohort: 5 }, /cohort/],
    ];
    for (const [changes, message] of bad) {
      expect(() => parsePolicy({ ...example, ...changes }), JSON.stringify(changes)).to.throw(SdkError, message);
    }
  });

  it("refuses a schema that does not fit the market's program", async () => {
    const schema = { columns: workersSchema.columns.filter(({ name }) => name !== "sex") };
    const error = await rejection(publishDataset({ ...options(), schema }));
    expect(error.code).to.equal("SchemaDoesNotFit");
    expect(error.message).to.match(/pay_gap: column sex is missing/);
  });

  for (const fault of ["hang up", "nonsense", { status: 503, code: "UploadsBusy" }] as const) {
    it(`joins nothing while one node lacks its shares (${typeof fault === "string" ? fault : fault.code}), then goes on`, async () => {
      const store = memoryPublicationStore();
      world.nodes[2].fault = (path) => (path.startsWith("/v1/datasets") ? fault : undefined);
      const error = await rejection(publishDataset({ ...options(), store }));
      expect(error.code).to.equal("TooFewUploads");
      expect(error.message).to.match(/^3 of the four nodes hold their shares; all four are needed\. Node 2 /);
      expect(error.message).to.match(/not joined\. Nothing is lost: run the same command again/);
      expect((await world.payGapMarket.contract.pool()).datasets).to.equal(0n);

      world.nodes[2].fault = undefined;
      const { datasetId, transactions } = await publishDataset({ ...options(), store });
      expect(transactions).to.have.all.keys("join");
      expect(await world.payGapMarket.contract.isMember(datasetId)).to.equal(true);
      for (const node of world.nodes) expect([...node.datasets.keys()]).to.deep.equal([toBeHex(datasetId, 32)]);
    });
  }

  it("joins with three receipts when the fourth node holds its shares but gives none", async () => {
    world.nodes[1].fault = (path) => (path.endsWith("receipts") ? "hang up" : undefined);
    const { datasetId, receiptSeats } = await publishDataset(options());
    expect(receiptSeats).to.deep.equal([0, 2, 3]);
    expect(await world.payGapMarket.contract.isMember(datasetId)).to.equal(true);
  });

  it("joins nothing when a node has lost its shares", async () => {
    world.nodes[1].fault = (path) =>
      path.endsWith("receipts") ? { status: 404, code: "DatasetNotStored" } : undefined;
    const error = await rejection(publishDataset(options()));
    expect(error.code).to.equal("TooFewUploads");
    expect(error.message).to.match(/Node 1 refuses: it does not hold the dataset's shares/);
    expect((await world.payGapMarket.contract.pool()).datasets).to.equal(0n);
  });

  it("tries again what may pass by itself", async () => {
    let failures = 1;
    world.nodes[1].fault = () => (failures-- > 0 ? { status: 503, code: "ChainUnreachable" } : undefined);
    expect((await publishDataset(options())).receiptSeats).to.deep.equal([0, 1, 2, 3]);
  });

  it("does not count a receipt that the seat's key did not sign", async () => {
    const impostor = world.nodes[3];
    const sign = impostor.wallet.signTypedData.bind(impostor.wallet);
    impostor.wallet.signTypedData = world.wallets.stranger.signTypedData.bind(world.wallets.stranger);
    try {
      expect((await publishDataset(options())).receiptSeats).to.deep.equal([0, 1, 2]);
      world.nodes[0].fault = (path) => (path.endsWith("receipts") ? "hang up" : undefined);
      const error = await rejection(publishDataset(options()));
      expect(error.code).to.equal("TooFewReceipts");
      expect(error.message).to.match(/^2 of .*Node 3 gives a receipt that its key on chain did not sign/);
    } finally {
      impostor.wallet.signTypedData = sign;
    }
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

  it("sends nothing when the table lacks a column of its schema", async () => {
    const table = { header: ["wage", "education", "experience"], rows: workers.rows.map(([w, , e, x]) => [w, e, x]) };
    const store = memoryPublicationStore();
    const error = await rejection(publishDataset({ ...options(), table, store }));
    expect(error.code).to.equal("MissingColumn");
    expect(error.message).to.match(/sex/);
    expect(await store.load()).to.equal(null);
    expect(await world.wallets.seller1.getNonce()).to.equal(0);
    expect(world.nodes.map(({ calls }) => calls)).to.deep.equal([0, 0, 0, 0]);
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
