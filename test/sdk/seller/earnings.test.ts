import { memoryKeyStore } from "@sharebridge/sdk/buyer/answer-key.ts";
import { requestComputation } from "@sharebridge/sdk/buyer/request-computation.ts";
import { earningsIn } from "@sharebridge/sdk/seller/earnings.ts";
import { withdrawEarnings } from "@sharebridge/sdk/seller/withdraw-earnings.ts";
import { expect } from "chai";
import { Contract, type Signer, Wallet } from "ethers";
import { fillPools } from "../support/pool.ts";
import { payGapWords } from "../support/tables.ts";
import { answerRequest, PRICE, startWorld, type World } from "../support/world.ts";

/** The first seller's four of six rows. */
const EARNED = (PRICE * 7_000n * 4n) / 6n / 10_000n;

describe("earnings of a dataset that was sold", () => {
  let world: World;
  let datasetId: bigint;
  const earned = async (account: string) => (await earningsIn(world.payGapMarket, account)).total;
  const withdraw = (signer: Signer) => withdrawEarnings({ signer, market: world.payGapMarket });
  const sell = async () => {
    const { seller1, stranger } = world.wallets;
    const abi = ["function transferFrom(address from, address to, uint256 tokenId)"];
    const token = new Contract(world.connection.datasetRegistry, abi, seller1);
    await (await token.transferFrom(seller1.address, stranger.address, datasetId)).wait();
  };

  before(async () => {
    world = await startWorld();
    await fillPools(world);
    const { requestId } = await requestComputation({
      signer: world.wallets.buyer,
      market: world.payGapMarket,
      keys: memoryKeyStore(),
    });
    await answerRequest(world, requestId, payGapWords());
    [{ datasetId }] = (await earningsIn(world.payGapMarket, world.wallets.seller1.address)).datasets;
    await world.snapshot();
  });
  after(() => world.stop());
  beforeEach(() => world.reset());

  it("are the new owner's, who sees and takes them; the old one sees none", async () => {
    const { seller1, stranger } = world.wallets;
    expect([await earned(seller1.address), await earned(stranger.address)]).to.deep.equal([EARNED, 0n]);
    await sell();
    expect([await earned(seller1.address), await earned(stranger.address)]).to.deep.equal([0n, EARNED]);
    expect(await withdraw(seller1)).to.deep.equal([]);
    expect((await withdraw(stranger)).map((payout) => [payout.datasetId, payout.amount])).to.deep.equal([
      [datasetId, EARNED],
    ]);
    expect(await earned(stranger.address)).to.equal(0n);
  });

  it("do not count as the seller's when the sale comes between looking and claiming", async () => {
    const { seller1, stranger } = world.wallets;
    const hasty = new Wallet(seller1.privateKey, world.connection.provider);
    const send = hasty.sendTransaction.bind(hasty);
    hasty.sendTransaction = async (transaction) => {
      hasty.sendTransaction = send;
      await sell();
      return send(transaction);
    };
    expect(await withdraw(hasty)).to.deep.equal([]);
    const { token } = world.payGapMarket.terms;
    const balanceOf = new Contract(token, ["function balanceOf(address) view returns (uint256)"], seller1).balanceOf;
    expect(await balanceOf(stranger.address)).to.equal(EARNED);
    expect(await balanceOf(seller1.address)).to.equal(0n);
  });
});
