import { readFileSync } from "node:fs";
import { expect } from "chai";
import { type BaseContract, keccak256 } from "ethers";
import { parse } from "smol-toml";
import { GasEater__factory, GasMeter__factory } from "../support/adversaries.ts";
import { loadFixture } from "../support/chain.ts";
import { deliveryOf, openMarket, publishAndJoin, request } from "../support/market.ts";
import { fulfill, jobAnswer, oracleRequestFor } from "../support/oracle.ts";
import { deployWorld } from "../support/world.ts";

const jobSpec = new URL("../../../adapter/jobs/computation.toml", import.meta.url);

/** `gasLimit` of the job spec: what a Chainlink node gives its transaction to the Operator. */
function jobGasLimit(): bigint {
  // Numbers may be placeholders until the spec is rendered; the gas limit is not.
  const rendered = readFileSync(jobSpec, "utf8").replaceAll(/\$\{\w+\}/g, "1");
  const { gasLimit } = parse(rendered);
  if (typeof gasLimit !== "number") throw new Error("the job spec has no gasLimit");
  return BigInt(gasLimit);
}

/** The most that a delivery can be: the longest result, four signatures, the first settlement of its market. */
async function largestDelivery(
  deployCallback: (world: Awaited<ReturnType<typeof deployWorld>>) => Promise<BaseContract>,
) {
  const world = await deployWorld();
  const maxCallbackGas = await world.factory.MAX_CALLBACK_GAS();
  const market = await openMarket(world, "OperatorGateway", { maxCallbackGas });
  await publishAndJoin(world, market, world.people.sellers[0], 20n);
  const callback = await deployCallback(world);
  const open = await request(market, { callback: await callback.getAddress(), callbackGas: maxCallbackGas });
  const oracle = await oracleRequestFor(world, open);
  const result = `0x${"ff".repeat(Number(await market.MAX_RESULT_BYTES()))}`;
  const changes = { seats: [0, 1, 2, 3], result, answer: { outputsHash: keccak256(result) } };
  const answer = jobAnswer(oracle.oracleRequestId, await deliveryOf(market, open, changes));
  return { world, market, open, oracle, answer, maxCallbackGas, callback };
}

async function meteredWorld() {
  return largestDelivery(({ people }) => new GasMeter__factory(people.deployer).deploy());
}

async function eatenWorld() {
  return largestDelivery(({ people }) => new GasEater__factory(people.deployer).deploy());
}

describe("the gas limit of the job spec", () => {
  it("is that of the factory's reasoning", () => {
    expect(jobGasLimit()).to.equal(2_500_000n);
  });

  it("is enough for the largest delivery with the largest callback, which gets all of its gas", async () => {
    const { world, market, open, oracle, answer, maxCallbackGas, callback } = await loadFixture(meteredWorld);
    const fulfilled = await fulfill(world, oracle, answer, jobGasLimit());
    await expect(fulfilled).to.emit(world.operatorGateway, "Delivered");
    await expect(fulfilled).to.not.emit(market, "CallbackFailed");
    const [called] = await callback.queryFilter("Called");
    const { gasGiven, responseBytes } = (called as unknown as { args: Record<string, bigint> }).args;
    expect(responseBytes).to.equal(8_256);
    // What the callee sees is less by what it has spent itself to get there.
    expect(gasGiven > maxCallbackGas - 2_000n).to.equal(true);
    expect(await market.statusOf(open.requestId)).to.equal(2);
  });

  it("is enough when the callback uses all of its gas up", async () => {
    const { world, market, open, oracle, answer, maxCallbackGas } = await loadFixture(eatenWorld);
    const fulfilled = await fulfill(world, oracle, answer, jobGasLimit());
    await expect(fulfilled).to.emit(world.operatorGateway, "Delivered");
    await expect(fulfilled).to.emit(market, "CallbackFailed");
    expect((await fulfilled.wait())!.gasUsed > maxCallbackGas).to.equal(true);
    expect([await market.statusOf(open.requestId), await market.callbackFailed(open.requestId)]).to.deep.equal([
      2n,
      true,
    ]);
  });
});
