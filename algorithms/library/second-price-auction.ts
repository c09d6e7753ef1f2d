/**
 * Sealed-bid second-price auction of one good (Vickrey, *Counterspeculation, auctions, and competitive sealed tenders*, Journal of
 * Finance 16, 1961) with the buyer's public reserve price: every row is a bid. The highest bid wins if it reaches the reserve, and
 * pays the second highest bid or the reserve, whichever is more. Of equal bids the first row's wins, at its own price.
 *
 * Opened are whether the good is sold, to whom, and the price; all three 0 if it is not. All who may read the answer see all three:
 * the language opens outputs to one reader or to everyone and has none that only the winner sees. The winner's own bid stays secret,
 * as do all but the one that sets the price. Whole numbers of the smallest unit of money, so that the price is exact.
 */
import { trace } from "../language/builder.ts";
import { rowAt } from "../language/position.ts";
import type { Program } from "../language/program.ts";

const MOST = "1000000000";

export const secondPriceAuction: Program = trace(
  {
    name: "second_price_auction",
    description:
      "Sealed-bid second-price auction with a reserve price: whether the good is sold, the number of the winning bidder, the price.",
    columns: [
      { name: "bidder", kind: "number", fractionBits: 0, minimum: "1", maximum: "4294967295" },
      { name: "bid", kind: "number", fractionBits: 0, minimum: "0", maximum: MOST },
    ],
    parameters: [{ name: "reserve", fractionBits: 0, minimum: "0", maximum: MOST }],
    maximumRows: 1_000_000,
  },
  (t) => {
    const bid = t.encoded("bid");
    const reserve = t.parameter("reserve");
    const order = t.order({ descending: bid });
    const sorted = t.arrange(order, bid);
    const bidders = t.arrange(order, t.encoded("bidder"));
    // Without a row there is no bidder, for their numbers begin at 1.
    const winner = t.at(bidders, rowAt(0));
    const none = t.constant("0", 0);
    const sold = t.and(t.less(none, winner), t.atLeast(t.at(sorted, rowAt(0)), reserve));
    const price = t.larger(t.at(sorted, rowAt(1)), reserve);
    t.finish("sold", "Sold (1) or not (0)", t.output("sold", t.number(sold)));
    t.finish("winner", "Number of the winning bidder", t.output("winner", t.select(sold, winner, none)));
    t.finish("price", "Price", t.output("price", t.select(sold, price, none)));
  },
);
