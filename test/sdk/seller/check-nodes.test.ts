import { openMarket } from "@sharebridge/sdk/network/open-market.ts";
import { parsePolicy, policyFor } from "@sharebridge/sdk/seller/policy.ts";
import { memoryPublicationStore } from "@sharebridge/sdk/seller/publication.ts";
import { type PublishOptions, publishDataset } from "@sharebridge/sdk/seller/publish-dataset.ts";
import { expect } from "chai";
import { createMarket } from "../../../scripts/deploy.ts";
import { rejection } from "../support/rejection.ts";
import { anyAlgorithm, workers, workersSchema } from "../support/tables.ts";
import { termsObject } from "../support/terms.ts";
import { startWorld, type World } from "../support/world.ts";

describe("before a dataset is registered", () => {
  let world: World;
  const options = (): PublishOptions => ({
    signer: world.wallets.seller1,
    market: world.payGapMarket,
    table: workers,
    schema: workersSchema,
    policy: parsePolicy({ ...policyFor(world.payGapMarket), algorithms: anyAlgorithm }),
    nodes: { attempts: 2, retryDelayMs: 1 },
  });
  const expectNothingSent = async () => expect(await world.wallets.seller1.getNonce()).to.equal(0);

  before(async () => {
    world = await startWorld();
  });
  after(() => world.stop());
  beforeEach(() => world.reset());

  it("names every node that cannot be reached, then goes on with the same publication", async () => {
    const store = memoryPublicationStore();
    world.nodes[0].fault = () => "hang up";
    world.nodes[1].fault = () => "nonsense";
    const error = await rejection(publishDataset({ ...options(), store }));
    expect(error.code).to.equal("TooFewUploads");
    expect(error.message).to.match(/^2 of the four nodes .*Node 0 .*cannot be reached\. Node 1 .*unexpected\./);
    expect(error.message).to.match(/no gas was spent.*run the same command again/);
    await expectNothingSent();
    const begun = await store.load();
    for (const node of world.nodes) node.fault = undefined;
    await publishDataset({ ...options(), store });
    expect(await store.load()).to.deep.equal(begun);
  });

  it("refuses a table that is larger than a node takes, to the byte, and names both sizes", async () => {
    const seller2 = { ...options(), signer: world.wallets.seller2 };
    await publishDataset(seller2);
    const largest = world.nodes.map(({ received }) => Math.max(...received.map(({ length }) => length)));
    expect(largest[3]).to.be.lessThan(largest[0]); // Seat 3 gets seeds only.
    world.nodes.forEach((node, seat) => {
      node.maxUploadBytes = largest[seat];
    });
    world.nodes[3].maxUploadBytes -= 1;
    world.nodes[1].maxUploadBytes -= 1;
    const error = await rejection(publishDataset(options()));
    expect(error.code).to.equal("TooLarge");
    expect(error.message).to.include(
      `Node 1 takes ${largest[1] - 1} bytes, its upload has ${largest[1]}. Node 3 takes`,
    );
    expect(error.message)
      .to.match(/Split the table/)
      .and.not.match(/Node [02] /);
    await expectNothingSent();
    world.nodes[3].maxUploadBytes += 1;
    world.nodes[1].maxUploadBytes += 1;
    await publishDataset(options());
  });

  it("refuses a node that is not the one on chain", async () => {
    Object.defineProperty(world.nodes[2], "chainSeat", {
      configurable: true,
      value: { ...world.nodes[2].chainSeat, signer: world.wallets.stranger.address },
    });
    const error = await rejection(publishDataset(options()));
    Reflect.deleteProperty(world.nodes[2], "chainSeat");
    expect(error.code).to.equal("TooFewUploads");
    expect(error.message).to.match(/Node 2 \(http.*\) is not the one on chain/);
    await expectNothingSent();
  });

  it("refuses a schema that no node reads, and a pool without room", async () => {
    const columns = Array.from({ length: 200 }, (_, index) => ({
      name: `column_${index}`,
      kind: "category" as const,
      categories: Array.from({ length: 60 }, (_, category) => `category ${category}`),
    }));
    const header = [...workers.header, ...columns.map(({ name }) => name)];
    const rows = workers.rows.map((row) => [...row, ...columns.map(() => "category 1")]);
    const schema = { columns: [...workersSchema.columns, ...columns] };
    const long = await rejection(publishDataset({ ...options(), table: { header, rows }, schema }));
    expect(long.code).to.equal("TooLarge");
    expect(long.message).to.match(/schema is larger than nodes take: a manifest is at most 65536 bytes/);

    const terms = termsObject(await world.payGapMarket.contract.terms());
    const address = await createMarket(world.wallets.owner, world.connection.description.factory, {
      ...terms,
      maxRows: 5,
    });
    const market = await openMarket(world.connection, address);
    const full = await rejection(publishDataset({ ...options(), market }));
    expect(full.code).to.equal("PoolFull");
    expect(full.message).to.match(/The pool has 0 rows, the table 6; the market's pool holds at most 5/);
    await expectNothingSent();
  });
});
