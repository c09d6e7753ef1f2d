import type { Connection } from "./connect.ts";
import { type Market, openMarket } from "./open-market.ts";
import { readEvents } from "./read-events.ts";

/**
 * All markets of the deployment, in the order they were made.
 *
 * @example
 * for (const market of await listMarkets(connection)) console.log(market.address, market.terms.price);
 */
export async function listMarkets(connection: Connection): Promise<Market[]> {
  const { factory, provider, description } = connection;
  const events = await readEvents(
    (from, to) => factory.queryFilter(factory.filters.MarketCreated(), from, to),
    description.fromBlock,
    await provider.getBlockNumber(),
  );
  return Promise.all(events.map(({ args }) => openMarket(connection, args.market)));
}
