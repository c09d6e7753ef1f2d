/** An RPC endpoint's log side: it holds what a test puts there, counts questions and refuses large answers. */
import { IDataMarket__factory, IDataMarketFactory__factory } from "@sharebridge/contracts";
import { type Filter, type Log, makeError, type Provider, toBeHex, zeroPadValue } from "ethers";

const created = IDataMarketFactory__factory.createInterface().getEvent("MarketCreated").topicHash;
const requested = IDataMarket__factory.createInterface().getEvent("ComputationRequested").topicHash;

type Entry = Pick<Log, "address" | "topics" | "blockNumber" | "index">;

export class LogEndpoint {
  readonly questions: { fromBlock: number; toBlock: number; addresses: string[] }[] = [];
  maximumResults = Number.POSITIVE_INFINITY;
  down = false;
  #logs: Entry[] = [];

  get provider(): Provider {
    return { getLogs: (filter: Filter) => this.#answer(filter) } as unknown as Provider;
  }

  createMarket(factory: string, market: string, blockNumber: number): void {
    this.#add(factory, [created, zeroPadValue(market, 32)], blockNumber);
  }

  request(market: string, requestId: string, blockNumber: number): void {
    this.#add(market, [requested, requestId], blockNumber);
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

  #add(address: string, topics: string[], blockNumber: number): void {
    this.#logs.push({ address, topics, blockNumber, index: this.#logs.length });
  }

  async #answer({ address, topics, fromBlock, toBlock }: Filter): Promise<Entry[]> {
    if (this.down) throw new Error("connect ECONNREFUSED");
    const [from, to] = [Number(fromBlock), Number(toBlock)];
    const addresses = address === undefined ? null : ([address].flat() as string[]).map((one) => one.toLowerCase());
    this.questions.push({ fromBlock: from, toBlock: to, addresses: addresses ?? [] });
    const found = this.#logs.filter(
      (log) =>
        (addresses === null || addresses.includes(log.address.toLowerCase())) &&
        log.topics[0] === topics?.[0] &&
        log.blockNumber >= from &&
        log.blockNumber <= to,
    );
    if (found.length > this.maximumResults) throw makeError("too many results", "UNKNOWN_ERROR");
    return found;
  }
}

/** The n-th of some addresses. */
export const addressOf = (n: number): string => zeroPadValue(toBeHex(n + 1), 20);
