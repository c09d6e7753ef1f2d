import { IDataMarket__factory } from "@sharebridge/contracts";
import { type MarketRequest, requestIdOf } from "@sharebridge/contracts/typed-data.ts";
import { concat, id, type Signer, ZeroAddress } from "ethers";
import { chainId } from "./market.ts";

/**
 * A contract that emits a log with three topics from calldata words 0 to 2 and the rest as data. Its 12 bytes of init code
 * return this runtime code: PUSH1 60 CALLDATASIZE SUB PUSH1 60 PUSH1 0 CALLDATACOPY, PUSH1 40/20/0 CALLDATALOAD,
 * PUSH1 60 CALLDATASIZE SUB PUSH1 0 LOG3 STOP.
 */
const CODE = "0x601a600c600039601a6000f3606036036060600037604035602035600035606036036000a300";

/** Emits the very event of a market, with an id that is right for it, from a contract that is no market of the factory; or with an id that is another's. */
export async function forgeRequest(signer: Signer, copiedId?: string): Promise<string> {
  const market = (await (await signer.sendTransaction({ data: CODE })).wait())?.contractAddress as string;
  const request: MarketRequest = {
    nonce: 0n,
    buyer: await signer.getAddress(),
    parametersHash: id("parameters"),
    answerKey: id("key"),
    privateInputs: id("private inputs"),
    poolHash: id("pool"),
    poolVersion: 1n,
    poolRows: 50n,
    algorithm: id("program"),
    epoch: 1n,
    price: 0n,
    deadlineUnixS: 2n ** 60n,
    callback: ZeroAddress,
    callbackGas: 0n,
  };
  const requestId = copiedId ?? requestIdOf(chainId, market, request);
  const events = IDataMarket__factory.createInterface();
  const event = events.getEvent("ComputationRequested");
  const { topics, data } = events.encodeEventLog(event, [requestId, request.buyer, request, "0x"]);
  const receipt = await (await signer.sendTransaction({ to: market, data: concat([...topics, data]) })).wait();
  if (receipt?.logs[0]?.topics[1] !== requestId) throw new Error("nothing was forged");
  return requestId;
}
