/** The markets of a factory, followed as they are created. */
import { IDataMarketFactory__factory } from "@sharebridge/contracts";
import { getAddress, type JsonRpcProvider } from "ethers";

export interface MarketListOptions {
  readonly factoryAddress: string;
  readonly fromBlock: number;
  readonly logRangeBlocks: number;
}

/** Blocks before the last one scanned that are scanned again: a provider may lag behind the block number it gave, or reorganize. */
const SCANNED_AGAIN_BLOCKS = 64;

const factory = IDataMarketFactory__factory.createInterface();

export class MarketList {
  readonly #provider: JsonRpcProvider;
  readonly #options: MarketListOptions;
  readonly #markets = new Set<string>();
  #nextBlock: number;
  /** Updates run one after another. */
  #update: Promise<unknown> = Promise.resolve();

  constructor(provider: JsonRpcProvider, options: MarketListOptions) {
    this.#provider = provider;
    this.#options = options;
    this.#nextBlock = options.fromBlock;
  }

  /**
   * Every market that was created up to a block, newest first. Only the blocks since the last call are read.
   *
   * @throws whatever the provider throws; what was read until then is kept
   */
  upTo(block: number): Promise<string[]> {
    const updated = this.#update.then(() => this.#readUpTo(block));
    this.#update = updated.catch(() => {});
    return updated.then(() => [...this.#markets].reverse());
  }

  async #readUpTo(block: number): Promise<void> {
    const { factoryAddress, fromBlock, logRangeBlocks } = this.#options;
    const { topicHash } = factory.getEvent("MarketCreated");
    let from = Math.max(fromBlock, this.#nextBlock - SCANNED_AGAIN_BLOCKS);
    while (from <= block) {
      const toBlock = Math.min(block, from + logRangeBlocks - 1);
      const filter = { address: factoryAddress, topics: [topicHash], fromBlock: from, toBlock };
      for (const { topics } of await this.#provider.getLogs(filter)) {
        this.#markets.add(getAddress(`0x${String(topics[1]).slice(-40)}`));
      }
      from = toBlock + 1;
      this.#nextBlock = Math.max(this.#nextBlock, from);
    }
  }
}
