import { expect } from "chai";
import { AbiCoder, type ContractTransactionResponse } from "ethers";
import { deliveryOf, type OpenRequest, openMarket, oracleFeeJuels, publishAndJoin, request } from "./market.ts";
import { deployWorld, type World } from "./world.ts";

const abi = AbiCoder.defaultAbiCoder();

/** What a Chainlink node reads of a request from the Operator's event. */
export interface OracleRequest {
  readonly oracleRequestId: string;
  readonly callbackFunctionId: string;
  readonly cancelExpiration: bigint;
  readonly data: string;
  readonly specId: string;
  readonly requester: string;
  readonly payment: bigint;
  readonly dataVersion: bigint;
}

/** The oracle request that was made for a computation. */
export async function oracleRequestFor(world: World, open: OpenRequest): Promise<OracleRequest> {
  const gateway = world.operatorGateway;
  const [asked] = await gateway.queryFilter(gateway.filters.OracleRequested(open.requestId));
  const requests = await world.operator.queryFilter(world.operator.filters.OracleRequest());
  const { args } = requests.find((event) => event.args.requestId === asked.args.oracleRequestId)!;
  return {
    oracleRequestId: args.requestId,
    callbackFunctionId: args.callbackFunctionId,
    cancelExpiration: args.cancelExpiration,
    data: args.data,
    specId: args.specId,
    requester: args.requester,
    payment: args.payment,
    dataVersion: args.dataVersion,
  };
}

/** The job's answer: its ethabiencode task, "(bytes32 oracleRequestId, bytes32 requestId, bytes result, bytes proof)". */
export function jobAnswer(oracleRequestId: string, delivery: readonly [string, string, string]): string {
  return abi.encode(["bytes32", "bytes32", "bytes", "bytes"], [oracleRequestId, ...delivery]);
}

/** Fulfils as the oracle node does, with any data. */
export async function fulfill(
  world: World,
  oracle: OracleRequest,
  data: string,
  gasLimit = 1_500_000n,
): Promise<ContractTransactionResponse> {
  return world.operator.fulfillOracleRequest2(
    oracle.oracleRequestId,
    oracleFeeJuels,
    world.addresses.operatorGateway,
    oracle.callbackFunctionId,
    oracle.cancelExpiration,
    data,
    { gasLimit },
  );
}

/** A market over the real Operator with one open request, its oracle request, and an honest answer to it. */
export async function oracleWorld() {
  const world = await deployWorld();
  const market = await openMarket(world, "OperatorGateway");
  await publishAndJoin(world, market, world.people.sellers[0], 20n);
  const open = await request(market);
  const oracle = await oracleRequestFor(world, open);
  const delivery = await deliveryOf(market, open);
  return { world, gateway: world.operatorGateway, market, open, oracle, delivery, address: await market.getAddress() };
}

/** The gateway never holds LINK between transactions, so that it always has what it owes: nothing. */
export async function expectNoLinkLeft(world: World): Promise<void> {
  expect(await world.link.balanceOf(world.addresses.operatorGateway)).to.equal(0);
}
