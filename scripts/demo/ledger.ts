/** The money at the end of the demo: who took what, and whether all of the escrow is accounted for. */
import { IDataMarket__factory, TestToken__factory } from "@sharebridge/contracts";
import { loadKeys } from "@sharebridge/mpc-nodes/node/keys.ts";
import { type Market, withdrawEarnings } from "@sharebridge/sdk";
import type { Signer } from "ethers";
import { SELLERS } from "../devnet/accounts.ts";
import type { Devnet } from "../devnet/start.ts";
import type { Escrow, Payout } from "./report.ts";
import { judgeEscrow } from "./verdict.ts";

/** Everybody takes their earnings, as each would with `sharebridge withdraw`. */
export async function takeEarnings(
  devnet: Devnet,
  market: Market,
  sellerNames: readonly string[],
): Promise<{ payouts: Payout[]; transactions: string[] }> {
  const { accounts, nodes, provider } = devnet;
  const parties: { party: string; role: Payout["role"]; signer: Signer }[] = [
    ...sellerNames.map((party, index) => ({ party, role: "seller" as const, signer: accounts[SELLERS[index]!] })),
    { party: "author of pay_gap", role: "author", signer: accounts.author },
    ...nodes.map(({ folder }, seat) => ({
      party: `node ${seat}`,
      role: "node" as const,
      signer: loadKeys(folder).signer.connect(provider),
    })),
    { party: "owner of the market", role: "market owner", signer: accounts.owner },
  ];
  const payouts: Payout[] = [];
  const transactions: string[] = [];
  for (const { party, role, signer } of parties) {
    const taken = await withdrawEarnings({ signer, market });
    payouts.push({ party, role, amount: taken.reduce((sum, { amount }) => sum + amount, 0n) });
    transactions.push(...taken.map(({ transactionHash }) => transactionHash));
  }
  return { payouts, transactions };
}

/** Reads what the market holds and what its books say, and judges whether all of the price is accounted for. */
export async function accountForEscrow(devnet: Devnet, payouts: readonly Payout[], price: bigint): Promise<Escrow> {
  const { provider, deployment, market } = devnet;
  const heldByMarket = await TestToken__factory.connect(deployment.token, provider).balanceOf(market);
  const books = await IDataMarket__factory.connect(market, provider).accounts();
  return judgeEscrow({ price, payouts, heldByMarket, books, sellers: SELLERS.length });
}
