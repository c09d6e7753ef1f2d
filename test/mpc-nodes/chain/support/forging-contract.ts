/** An adversary: a contract that emits whatever log it is told to. */
import { IDataMarket__factory } from "@sharebridge/contracts";
import type { MarketRequest } from "@sharebridge/contracts/typed-data.ts";
import { concat, dataSlice, type Signer } from "ethers";

/**
 * Init code that returns the runtime code after its 12 bytes. Runtime: three topics are calldata words 0..2, the data is
 * the rest. PUSH1 0x60 CALLDATASIZE SUB PUSH1 0x60 PUSH1 0 CALLDATACOPY; PUSH1 0x40 CALLDATALOAD PUSH1 0x20 CALLDATALOAD
 * PUSH1 0 CALLDATALOAD PUSH1 0x60 CALLDATASIZE SUB PUSH1 0 LOG3 STOP
 */
const RUNTIME = "0x606036036060600037604035602035600035606036036000a300";
const INIT = "0x601a600c600039601a6000f3";

export class ForgingContract {
  readonly address: string;
  readonly #signer: Signer;

  private constructor(address: string, signer: Signer) {
    this.address = address;
    this.#signer = signer;
  }

  static async deploy(signer: Signer): Promise<ForgingContract> {
    const receipt = await (await signer.sendTransaction({ data: concat([INIT, RUNTIME]) })).wait();
    return new ForgingContract(receipt?.contractAddress ?? "", signer);
  }

  /** The very event that a market emits. */
  async emitRequest(requestId: string, request: MarketRequest, parameters: string): Promise<void> {
    const market = IDataMarket__factory.createInterface();
    const event = market.getEvent("ComputationRequested");
    const { topics, data } = market.encodeEventLog(event, [requestId, request.buyer, request, parameters]);
    const transaction = await this.#signer.sendTransaction({ to: this.address, data: concat([...topics, data]) });
    const receipt = await transaction.wait();
    if (receipt?.logs.length !== 1 || dataSlice(receipt.logs[0].topics[1], 0) !== requestId)
      throw new Error("nothing was forged");
  }
}
