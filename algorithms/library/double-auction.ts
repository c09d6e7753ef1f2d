/**
 * Uniform-price double auction: rows are bids to buy and asks to sell a quantity at a price or a better one. Opened are the lowest
 * price at which the market clears and the quantity traded, both 0 if nothing is.
 *
 * With all orders sorted by price, a price p clears if supply S, the quantity of asks at p or below, is no less than the bids above
 * p, and the asks below p no more than the bids at p or above. The lowest such price is that of the first row up to which bids and
 * asks together reach the quantity D of all bids, for S less the bids above p is all quantities up to p less D: of all units by price
 * it is that of the D-th, the lower end of the interval of clearing prices (k = 0 in Satterthwaite, Williams, *Bilateral trade with
 * the sealed bid k-double auction*, Journal of Economic Theory 48, 1989). It needs one running sum and no rule for ties. The quantity
 * is the smaller of S and of the bids at p or above; who of those at p itself is served in part is not decided here.
 */
import { trace } from "../language/builder.ts";
import type { Program } from "../language/program.ts";

export const doubleAuction: Program = trace(
  {
    name: "double_auction",
    description:
      "Uniform-price double auction: the lowest market-clearing price of all bids and asks, and the quantity traded.",
    columns: [
      { name: "side", kind: "category", categories: ["ask", "bid"] },
      { name: "price", kind: "number", fractionBits: 0, minimum: "0", maximum: "1000000000" },
      { name: "quantity", kind: "number", fractionBits: 0, minimum: "0", maximum: "1000000" },
    ],
    maximumRows: 1_000_000,
  },
  (t) => {
    const price = t.encoded("price");
    const quantity = t.encoded("quantity");
    const bids = t.multiply(t.indicator("side", "bid"), quantity);
    const asks = t.subtract(quantity, bids);

    const order = t.order(price);
    const reached = t.atLeast(t.prefixSum(t.arrange(order, quantity)), t.sum(bids));
    const first = t.and(reached, t.not(t.previous(reached)));
    const clearing = t.dot(t.number(first), t.arrange(order, price));

    const supply = t.dot(t.number(t.atLeast(clearing, price)), asks);
    const demand = t.dot(t.number(t.atLeast(price, clearing)), bids);
    const traded = t.smaller(supply, demand);
    const none = t.constant("0", 0);
    const some = t.less(none, traded);
    t.finish("price", "Clearing price", t.output("price", t.select(some, clearing, none)));
    t.finish("quantity", "Quantity traded", t.output("quantity", traded));
  },
);
