import { IOperatorGateway__factory, Operator__factory } from "@sharebridge/contracts";
import { AbiCoder } from "ethers";
import type { World } from "./world.ts";

/** What a Chainlink node does in the end: fulfils the Operator's request with the gateway's callback. */
export async function fulfilOracle(world: World, requestId: string, result: string, proof: string): Promise<void> {
  const { oracle } = world.wallets;
  const gateway = IOperatorGateway__factory.connect(world.payGapMarket.terms.gateway, oracle);
  const operator = Operator__factory.connect(await gateway.operator(), oracle);
  const { oracleRequestId } = await gateway.feeOf(requestId);
  const asked = (await operator.queryFilter(operator.filters.OracleRequest())).find(
    ({ args }) => args.requestId === oracleRequestId,
  )!;
  const data = AbiCoder.defaultAbiCoder().encode(
    ["bytes32", "bytes32", "bytes", "bytes"],
    [oracleRequestId, requestId, result, proof],
  );
  const { payment, callbackAddr, callbackFunctionId, cancelExpiration } = asked.args;
  const transaction = await operator.fulfillOracleRequest2(
    oracleRequestId,
    payment,
    callbackAddr,
    callbackFunctionId,
    cancelExpiration,
    data,
    { gasLimit: 2_000_000 },
  );
  await transaction.wait();
}
