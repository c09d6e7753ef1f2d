import { expect } from "chai";
import { ZeroHash } from "ethers";
import { loadFixture } from "../support/chain.ts";
import { deliver, openMarket, publishAndJoin, request } from "../support/market.ts";
import { deployWorld } from "../support/world.ts";

describe("DirectGateway", () => {
  it("announces the request, takes nothing, and needs nothing to be delivered", async () => {
    const world = await loadFixture(deployWorld);
    const market = await openMarket(world, "DirectGateway");
    await publishAndJoin(world, market, world.people.sellers[0], 20n);
    const before = await world.link.balanceOf(world.people.buyer.address);
    const open = await request(market);
    const gateway = world.directGateway;
    const [asked] = await gateway.queryFilter(gateway.filters.OracleRequested());
    expect([...asked.args]).to.deep.equal([open.requestId, ZeroHash, world.people.buyer.address, 0n]);
    expect(await world.link.balanceOf(world.people.buyer.address)).to.equal(before);
    await deliver(market.connect(world.people.stranger), open);
    expect(await market.statusOf(open.requestId)).to.equal(2);
    expect(await gateway.FACTORY()).to.equal(world.addresses.marketFactory);
  });
});
