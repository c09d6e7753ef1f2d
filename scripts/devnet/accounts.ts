/**
 * Who is who on the devnet: names for Hardhat's well-known development accounts. Node operators are not among them: each node
 * makes a key of its own.
 */
import type { HDNodeWallet, Provider } from "ethers";
import { developmentAccount } from "./chain.ts";

export const SELLERS = ["seller1", "seller2", "seller3", "seller4", "seller5", "seller6"] as const;

/** Order fixes the account's index in the development mnemonic. */
const NAMES = ["deployer", "oracle", "author", "owner", "buyer", ...SELLERS] as const;

export type AccountName = (typeof NAMES)[number];
export type Accounts = Readonly<Record<AccountName, HDNodeWallet>>;

export function devnetAccounts(provider: Provider): Accounts {
  const entries = NAMES.map((name, index) => [name, developmentAccount(index).connect(provider)]);
  return Object.fromEntries(entries) as Accounts;
}
