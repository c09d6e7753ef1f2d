/** Programs over several tables at the nodes: which table a dataset belongs to, what each seat loads, and what all nodes refuse alike. */
import { trace } from "@sharebridge/algorithms/language/builder.ts";
import { programHash } from "@sharebridge/algorithms/language/encode.ts";
import type { Column, TableSchema } from "@sharebridge/algorithms/language/schema.ts";
import { foldPool } from "@sharebridge/mpc-nodes/chain/pool.ts";
import { PARTIES } from "@sharebridge/mpc-nodes/math/party.ts";
import { contributionsOf, loadInputs } from "@sharebridge/mpc-nodes/node/inputs.ts";
import { giveReceipt } from "@sharebridge/mpc-nodes/node/receipts.ts";
import { checkRequest } from "@sharebridge/mpc-nodes/node/request-checks.ts";
import { expect } from "chai";
import { id } from "ethers";
import { noDemands } from "../../support/policies.ts";
import { collect } from "../support/shared-columns.ts";
import { allValid, type TestContext, testContext } from "./support/context.ts";
import { FakeChain, MARKET, TOKEN } from "./support/fake-chain.ts";
import { Folders } from "./support/keys.ts";
import { upload } from "./support/lacking.ts";
import { approve, SELLER } from "./support/pool-of-one.ts";
import { rejection } from "./support/rejection.ts";
import { commitTable } from "./support/seller.ts";

const number = (name: string): Column => ({ name, kind: "number", fractionBits: 0, minimum: "0", maximum: "1000" });
const program = trace(
  {
    name: "sold",
    description: "What was sold, at the prices of others.",
    columns: [number("product"), number("quantity")],
    maximumRows: 6,
    tables: [{ name: "prices", columns: [number("product"), number("price")], maximumRows: 4 }],
  },
  (t) => {
    const prices = t.table("prices");
    const match = t.match(t.encoded("product"), prices.encoded("product"));
    t.output("revenue", t.dot(t.lookUp(match, prices.encoded("price")), t.encoded("quantity")));
  },
);

/** Tables by column. */
type Words = Readonly<Record<string, readonly number[]>>;
const sales = (...rows: readonly (readonly [number, number])[]): Words => ({
  quantity: rows.map(([, quantity]) => quantity),
  product: rows.map(([product]) => product),
});
const prices = (...rows: readonly (readonly [number, number])[]): Words => ({
  price: rows.map(([, price]) => price),
  note: rows.map(() => 1),
  product: rows.map(([product]) => product),
});

describe("several tables at the nodes", () => {
  const folders = new Folders();
  let chain: FakeChain;
  let contexts: TestContext[];

  before(async () => {
    chain = new FakeChain();
    chain.market = { ...chain.market, algorithm: programHash(program) };
    const keys = await folders.keys(4);
    contexts = PARTIES.map((seat) => testContext(keys[seat]!, { seat, chain }));
    await Promise.all(contexts.map((context) => approve(context, program)));
  });
  after(async () => {
    await Promise.all(contexts.map(({ store }) => store.close()));
    folders.remove();
  });

  /** Registers a table, and leaves its shares at all four nodes. */
  async function publish(table: Words): Promise<string> {
    const schema: TableSchema = { columns: Object.keys(table).map(number) };
    const columns = Object.values(table).map((words) => BigUint64Array.from(words, BigInt));
    const committed = await commitTable(id(`dataset ${chain.datasets.size}`), schema, columns);
    const { datasetId, commitment, schemaHash, rows } = committed;
    const owner = SELLER.address;
    chain.datasets.set(datasetId, {
      ...{ datasetId, owner, commitment, schemaHash, rows },
      ...{ committeeId: 1n, epoch: 1n, scheme: 1 },
    });
    const algorithms = [programHash(program)];
    chain.policies.set(datasetId, {
      algorithms,
      token: TOKEN,
      minPrice: 1n,
      minRows: 1,
      ...noDemands,
      epsilonBudget: 0n,
      deltaBudget: 0n,
    });
    for (const context of contexts) await upload(context, committed);
    return datasetId;
  }

  /** A request on the pool of these tables, which joined in this order. */
  async function requestOn(tables: readonly Words[]): Promise<string> {
    const members = [];
    for (const [index, table] of tables.entries()) {
      const datasetId = await publish(table);
      const { commitment, rows } = chain.datasets.get(datasetId)!;
      members.push({ datasetId, seller: `0x${index}`, commitment, validRows: rows });
    }
    chain.currentPool = foldPool(members.map((member) => ({ kind: "joined" as const, member })));
    return chain.addRequest();
  }

  const refusals = async (requestId: string) => {
    const codes = contexts.map((context) => rejection(checkRequest(context, requestId)));
    return [...new Set((await Promise.all(codes)).map((error) => (error as Error & { code?: string }).code))];
  };

  it("append what belongs to each table in the order of the pool, and say whose it is", async () => {
    const requestId = await requestOn([
      sales([1, 10], [2, 20]),
      prices([2, 7]),
      sales([3, 30]),
      prices([1, 5], [3, 9]),
    ]);
    const seats = await Promise.all(
      contexts.map(async (context) => {
        const { tables, rows, request } = await checkRequest(context, requestId);
        expect(rows).to.deep.equal([3, 3]);
        const { runs, furtherRuns } = contributionsOf(tables, request.buyer, { cohortRows: 0, cohortSellers: 0 });
        expect([runs, furtherRuns]).to.deep.equal([
          [
            { rows: 2, seller: "0x0" },
            { rows: 1, seller: "0x2" },
          ],
          [
            [
              { rows: 1, seller: "0x1" },
              { rows: 2, seller: "0x3" },
            ],
          ],
        ]);
        return loadInputs(context.store, tables, program, context.seat);
      }),
    );
    const columns = [...seats[0]!.columns.keys()].map((name) => {
      const parts = seats.map(({ columns }) => columns.get(name)!);
      return [name, [...collect(parts)].map(Number)];
    });
    expect(Object.fromEntries(columns)).to.deep.equal({
      ...{ product: [1, 2, 3], quantity: [10, 20, 30] },
      ...{ "prices.product": [2, 1, 3], "prices.price": [7, 5, 9] },
    });
    // The request's keys are made of these, at every node in the same order.
    const orders = seats.map(({ salts }) => salts.map(({ datasetId }) => datasetId));
    for (const order of orders) expect(order).to.deep.equal(orders[0]).and.to.have.length(4);
  });

  for (const [what, tables, rows] of [
    ["a further table", [sales([1, 10])], [1, 0]],
    ["the main table", [prices([1, 5], [2, 6])], [0, 2]],
  ] as const) {
    it(`take ${what} as empty if no dataset of the pool is of it`, async () => {
      const requestId = await requestOn(tables);
      for (const context of contexts) {
        const checked = await checkRequest(context, requestId);
        expect(checked.rows).to.deep.equal(rows);
        const { columns } = await loadInputs(context.store, checked.tables, program, context.seat);
        expect(["quantity", "prices.price"].map((name) => columns.get(name)?.length)).to.deep.equal(rows);
        for (const { shares } of columns.values()) expect(shares.indexOf(null)).to.equal(context.seat);
      }
    });
  }

  it("refuse a pool in which one table is too long, though another has room", async () => {
    const five = [1, 2, 3, 4, 5].map((product): [number, number] => [product, 1]);
    expect(await refusals(await requestOn([prices(...five.slice(0, 3)), prices([9, 9], [8, 8])]))).to.deep.equal([
      "TooManyRows",
    ]);
  });

  it("refuse a pool with a dataset that could be of two tables, or of none", async () => {
    const both = { ...sales([1, 10]), price: [5] };
    expect(await refusals(await requestOn([sales([1, 10]), both]))).to.deep.equal(["AmbiguousTable"]);
    expect(await refusals(await requestOn([sales([1, 10]), { product: [1] }]))).to.deep.equal(["SchemaMismatch"]);
  });

  it("give no receipt for such a dataset, nor for one that is longer than its table", async () => {
    const codeOf = async (table: Words) => {
      const datasetId = await publish(table);
      const given = await giveReceipt(contexts[0]!, allValid, datasetId, MARKET).catch((error: unknown) => error);
      return (given as { code?: string }).code ?? "given";
    };
    const five = [1, 2, 3, 4, 5].map((product): [number, number] => [product, 1]);
    expect(await codeOf({ ...sales([1, 10]), price: [5] })).to.equal("AmbiguousTable");
    expect(await codeOf({ product: [1], note: [2] })).to.equal("SchemaMismatch");
    expect(await codeOf(sales(...five))).to.equal("given");
    expect(await codeOf(prices(...five))).to.equal("DatasetTooLong");
  });
});
