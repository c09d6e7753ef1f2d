import { removeExhausted } from "@sharebridge/sdk/network/remove-exhausted.ts";
import { parsePolicy, policyFor } from "@sharebridge/sdk/seller/policy.ts";
import { publishDataset } from "@sharebridge/sdk/seller/publish-dataset.ts";
import { expect } from "chai";
import { rejection } from "../support/rejection.ts";
import { workers, workersSchema } from "../support/tables.ts";
import { startWorld, type World } from "../support/world.ts";

describe("taking out a dataset that is used up", () => {
  let world: World;
  let datasetId: bigint;
  const nodes = { attempts: 1, retryDelayMs: 1 };
  const remove = () => removeExhausted({ signer: world.wallets.buyer, market: world.payGapMarket, datasetId, nodes });

  before(async () => {
    world = await startWorld();
    const policy = parsePolicy({ ...policyFor(world.payGapMarket), maxUses: 1 });
    const { seller1: signer } = world.wallets;
    ({ datasetId } = await publishDataset({
      ...{ signer, market: world.payGapMarket, table: workers, schema: workersSchema, policy },
    }));
    await world.snapshot();
  });
  after(() => world.stop());
  beforeEach(() => world.reset());

  it("needs three nodes, and does without the fourth", async () => {
    world.nodes[1].fault = () => "hang up";
    await remove();
    expect(await world.payGapMarket.contract.isMember(datasetId)).to.equal(false);
  });

  it("says what each node says when too few confirm it, and sends nothing", async () => {
    world.nodes[0].fault = () => ({ status: 409, code: "NotExhausted" });
    world.nodes[3].fault = () => ({ status: 409, code: "NotExhausted" });
    const nonce = await world.wallets.buyer.getNonce();
    const error = await rejection(remove());
    expect(error.code).to.equal("TooFewConfirmations");
    expect(error.message).to.match(/^2 of the four nodes say .* Node 0 .*still allows a request.* Node 3 /);
    expect(await world.wallets.buyer.getNonce()).to.equal(nonce);
  });

  it("believes no signature that is not the node's", async () => {
    const { wallet } = world.nodes[2];
    for (const seat of [2, 3]) Object.assign(world.nodes[seat], { wallet: world.nodes[0].wallet });
    const error = await rejection(remove());
    Object.assign(world.nodes[2], { wallet });
    expect(error.code).to.equal("TooFewConfirmations");
    expect(error.message).to.match(/Node 2 gives a word that its key on chain did not sign/);
  });
});
