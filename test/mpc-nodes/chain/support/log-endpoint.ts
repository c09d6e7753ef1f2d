/** An RPC endpoint's log side: it holds what a test puts there, counts questions and refuses large answers. */
import { IDataMarket__factory, IDataMarketFactory__factory } from "@sharebridge/contracts";
import { type Filter, type Log, makeError, type Provider, toBeHex, ZeroHash, zeroPadValue } from "ethers";
import { exactTerms } from "../../../support/policies.ts";

const factoryInterface = IDataMarketFactory__factory.createInterface();
const market = IDataMarket__factory.createInterface();
const topicOf = (event: "ComputationRequested" | "DatasetJoined" | "DatasetLeft") => market.getEvent(event).topicHash;

type Entry = Pick<Log, "address" | "topics" | "data" | "blockNumber" | "index">;

/** What one request of a market costs, in the units of its terms. */
export interface Cost {
  readonly epsilonPerRequest: number;
  readonly deltaPerRequest: number;
}

export class LogEndpoint {
  readonly questions: { fromBlock: number; toBlock: number; addresses: string[] }[] = [];
  maximumResults = Number.POSITIVE_INFINITY;
  down = false;
  #logs: Entry[] = [];

  get provider(): Provider {
    return { getLogs: (filter: Filter) => this.#answer(filter) } as unknown as Provider;
  }

  createMarket(factory: string, market: string, blockNumber: number, cost: Partial<Cost> = {}): void {
    const addresses = { gateway: market, token: market };
    const splits = { sellersBps: 0, authorBps: 0, committeeBps: 0, ownerBps: 0 };
    const numbers = { committeeId: 1, price: 1, minRows: 1, maxRows: 1, deadlineSeconds: 1, maxCallbackGas: 0 };
    const terms = { algorithm: ZeroHash, ...addresses, ...numbers, ...splits, ...exactTerms, ...cost };
    const { topics, data } = factoryInterface.encodeEventLog("MarketCreated", [market, ZeroHash, market, terms]);
    this.#add(factory, topics, blockNumber, data);
  }

  request(market: string, requestId: string, blockNumber: number): void {
    this.#add(market, [topicOf("ComputationRequested"), requestId], blockNumber);
  }

  join(market: string, datasetId: string, blockNumber: number): void {
    this.#add(market, [topicOf("DatasetJoined"), datasetId], blockNumber);
  }

  leave(market: string, datasetId: string, blockNumber: number): void {
    this.#add(market, [topicOf("DatasetLeft"), datasetId], blockNumber);
  }

  /** Drops these blocks and all after them. */
  reorganise(firstBlock: number): void {
    this.#logs = this.#logs.filter(({ blockNumber }) => blockNumber < firstBlock);
  }

  /** Blocks read since the last call. */
  takeBlocksRead(): number {
    const questions = this.questions.splice(0);
    return questions.reduce((sum, { fromBlock, toBlock }) => sum + toBlock - fromBlock + 1, 0);
  }

  #add(address: string, topics: string[], blockNumber: number, data = "0x"): void {
    this.#logs.push({ address, topics, data, blockNumber, index: this.#logs.length });
  }

  async #answer({ address, topics, fromBlock, toBlock }: Filter): Promise<Entry[]> {
    if (this.down) throw new Error("connect ECONNREFUSED");
    const [from, to] = [Number(fromBlock), Number(toBlock)];
    const addresses = address === undefined ? null : ([address].flat() as string[]).map((one) => one.toLowerCase());
    this.questions.push({ fromBlock: from, toBlock: to, addresses: addresses ?? [] });
    const found = this.#logs.filter(
      (log) =>
        (addresses === null || addresses.includes(log.address.toLowerCase())) &&
        [topics?.[0]].flat().includes(log.topics[0]) &&
        log.blockNumber >= from &&
        log.blockNumber <= to,
    );
    if (found.length > this.maximumResults) throw makeError("too many results", "UNKNOWN_ERROR");
    return found;
  }
}

/** The n-th of some addresses. */
export const addressOf = (n: number): string => zeroPadValue(toBeHex(n + 1), 20);
