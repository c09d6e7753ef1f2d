import { exhaustionTypes, marketDomain } from "@sharebridge/contracts/typed-data.ts";
import { confirmExhaustion } from "@sharebridge/mpc-nodes/node/exhaustion.ts";
import { expect } from "chai";
import { id, verifyTypedData } from "ethers";
import { type TestContext, testContext } from "./support/context.ts";
import { MARKET, TOKEN } from "./support/fake-chain.ts";
import { Folders } from "./support/keys.ts";
import { registerPool } from "./support/pool-of-one.ts";
import { rejection } from "./support/rejection.ts";

describe("a node's word that a dataset is used up", () => {
  const folders = new Folders();
  let context: TestContext;
  let datasetId: string;

  beforeEach(async () => {
    const [node] = await folders.keys(1);
    context = testContext(node);
    datasetId = (await registerPool(context.chain)).datasetId;
    limit({ maxUses: 2 });
  });
  afterEach(() => context.store.close());
  after(() => folders.remove());

  const limit = (changes: object) => {
    const { policies } = context.chain;
    policies.set(datasetId, { ...policies.get(datasetId)!, ...changes });
  };
  const used = (uses: number, epsilon = 0n) => context.chain.used.set(datasetId, { uses, epsilon, delta: 0n });
  const refusal = async (market: unknown = MARKET, dataset: unknown = datasetId) =>
    ((await rejection(confirmExhaustion(context, dataset, market))) as Error & { code?: string }).code;

  it("is given when the uses have ended, for this dataset and market", async () => {
    used(2);
    const { signature, seat } = await confirmExhaustion(context, datasetId, MARKET);
    expect(seat).to.equal(0);
    const domain = marketDomain(context.chain.chainId, MARKET);
    const message = { datasetId: BigInt(datasetId) };
    expect(verifyTypedData(domain, exhaustionTypes, message, signature)).to.equal(context.identity.signer);
  });

  it("is given when the budget does not pay for one more request of this market", async () => {
    limit({ maxUses: 0, epsilonBudget: 10n, deltaBudget: 1n });
    context.chain.market = { ...context.chain.market, epsilonPerRequest: 4n };
    used(2, 7n);
    expect((await confirmExhaustion(context, datasetId, MARKET)).datasetId).to.equal(datasetId);
    context.chain.market = { ...context.chain.market, epsilonPerRequest: 3n };
    expect(await refusal()).to.equal("NotExhausted");
  });

  it("is refused while a request fits, and always where there is no limit", async () => {
    used(1);
    expect(await refusal()).to.equal("NotExhausted");
    limit({ maxUses: 0 });
    used(1_000);
    expect(await refusal()).to.equal("NotExhausted");
  });

  it("counts all that is confirmed, and nothing else", async () => {
    const { chain } = context;
    const positions: unknown[] = [];
    const { usage } = chain;
    chain.usage = (ids: readonly string[], position?: unknown) => {
      positions.push(position);
      return usage(ids);
    };
    await refusal();
    expect(positions).to.deep.equal([{ blockNumber: chain.blockNumber + 1, logIndex: 0 }]);
  });

  it("is refused for what is no market, no dataset, another committee's, or malformed", async () => {
    used(2);
    expect(await refusal(TOKEN)).to.equal("UnknownMarket");
    expect(await refusal(MARKET, id("nobody's"))).to.equal("UnknownDataset");
    expect(await refusal("0x12")).to.equal("Malformed");
    expect(await refusal(MARKET, "0x12")).to.equal("Malformed");
    context.chain.market = { ...context.chain.market, committeeId: 2n };
    expect(await refusal()).to.equal("WrongCommittee");
  });
});
