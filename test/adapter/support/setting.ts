import { type Environment, TestAdapter, TestFolder } from "./adapter.ts";
import { startChain, type TestChain } from "./chain.ts";
import { FakeChainlinkNode } from "./fake-chainlink-node.ts";
import { type Behaviour, FakeNode, honest } from "./fake-node.ts";
import { chainId, deployTestMarket, type TestMarket } from "./market.ts";

/** A chain with a market, four nodes and a Chainlink node; adapters are started in it with settings of their own. */
export class Setting {
  chain!: TestChain;
  market!: TestMarket;
  readonly nodes = [0, 1, 2, 3].map((seat) => new FakeNode(seat));
  readonly chainlinkNode = new FakeChainlinkNode();
  #adapters: TestAdapter[] = [];
  #folders: TestFolder[] = [];

  /** @param oracleSender who may fulfil requests of the Operator, if anybody */
  async open(oracleSender?: string): Promise<void> {
    this.chain = await startChain();
    await this.chainlinkNode.start();
    for (const node of this.nodes) await node.start();
    this.market = await deployTestMarket(
      this.chain,
      this.nodes.map((node) => node.endpoint),
      oracleSender,
    );
    for (const node of this.nodes) node.market = await this.market.direct.getAddress();
  }

  /** Sets the four nodes' behaviours, honest where none is given, and forgets what they were asked. */
  nodesAre(...behaviours: Behaviour[]): void {
    for (const [seat, node] of this.nodes.entries()) node.reset(behaviours[seat] ?? honest);
  }

  /** Submissions that each of the four nodes has had. */
  submissions(): number[] {
    return this.nodes.map((node) => node.submissions.length);
  }

  newFolder(): string {
    const folder = new TestFolder();
    this.#folders.push(folder);
    return folder.path;
  }

  async adapter(environment: Environment = {}): Promise<TestAdapter> {
    const adapter = await TestAdapter.start({
      RPC_URL: this.chain.rpcUrl,
      CHAIN_ID: String(chainId),
      FACTORY_ADDRESS: this.market.addresses.marketFactory,
      COMMITTEE_IDS: "1",
      RESUME_ALLOWED_ORIGINS: this.chainlinkNode.origin,
      DATA_DIR: environment.DATA_DIR ?? this.newFolder(),
      ...environment,
    });
    this.#adapters.push(adapter);
    return adapter;
  }

  /** After each test: no adapter goes on. */
  async closeAdapters(): Promise<void> {
    for (const adapter of this.#adapters.splice(0)) await adapter.close();
    for (const folder of this.#folders.splice(0)) folder.remove();
  }

  async close(): Promise<void> {
    await this.closeAdapters();
    for (const node of this.nodes) await node.close();
    await this.chainlinkNode.close();
    await this.chain.close();
  }
}
