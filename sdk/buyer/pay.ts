import { IOracleGateway__factory } from "@sharebridge/contracts";
import { Contract, type ContractTransactionResponse, formatUnits, type Signer } from "ethers";
import { explainError } from "../errors/explain-error.ts";
import { SdkError } from "../errors/sdk-error.ts";
import type { Market } from "../network/open-market.ts";
import { sendTransaction } from "../network/send-transaction.ts";

const ERC20 = [
  "function balanceOf(address) view returns (uint256)",
  "function allowance(address owner, address spender) view returns (uint256)",
  "function approve(address spender, uint256 amount) returns (bool)",
  "function symbol() view returns (string)",
  "function decimals() view returns (uint8)",
];

/** One amount that a request costs. */
export interface Cost {
  readonly what: "price" | "oracle fee";
  readonly token: string;
  /** Who takes it: the market its price, the gateway the oracle's LINK. */
  readonly spender: string;
  readonly amount: bigint;
}

/**
 * What a request costs now: the market's price, and the oracle's fee in LINK where its gateway has one. Whoever makes a market
 * names its gateway, and a gateway names its own fee, so only the network file's gateway is given LINK.
 *
 * @param maxOracleFee most that the oracle may cost, in juels; without it, what the known gateway asks for.
 * @example
 * const costs = await costsOf(market);
 *
 * @throws SdkError UnknownGateway, OracleFeeAboveMaximum, InvalidNetworkFile
 */
export async function costsOf(market: Market, maxOracleFee?: bigint): Promise<Cost[]> {
  const { terms, connection, address } = market;
  const price: Cost = { what: "price", token: terms.token, spender: address, amount: terms.price };
  const feeJuels = await IOracleGateway__factory.connect(terms.gateway, connection.provider).feeJuels();
  if (feeJuels === 0n) return [price];
  checkGateway(market, feeJuels, maxOracleFee);
  const link = connection.description.link;
  if (link === undefined) {
    throw new SdkError(
      "InvalidNetworkFile",
      `The market's gateway takes an oracle fee in LINK, but the network file does not name the LINK token. Add "link".`,
    );
  }
  return [price, { what: "oracle fee", token: link, spender: terms.gateway, amount: feeJuels }];
}

/** Check: the fee goes to a gateway that the network file vouches for, and is not above what the buyer allows. */
function checkGateway({ terms, connection }: Market, feeJuels: bigint, maxOracleFee: bigint | undefined): void {
  const known = connection.description.gateway;
  if (terms.gateway !== known) {
    throw new SdkError(
      "UnknownGateway",
      `The market's gateway ${terms.gateway} asks for ${formatUnits(feeJuels, 18)} LINK, and is not the network file's (${known ?? "it names none"}). Nothing was approved. Buy in another market, or name it as "gateway" if you trust it.`,
    );
  }
  if (maxOracleFee !== undefined && feeJuels > maxOracleFee) {
    throw new SdkError(
      "OracleFeeAboveMaximum",
      `The oracle fee is ${feeJuels} juels, more than the ${maxOracleFee} that you allow. Raise the maximum, or do not buy.`,
    );
  }
}

/**
 * Makes sure that the signer has what a request costs and that the spenders may take exactly that; approves where the
 * allowance is too low. All balances are checked before the first approval.
 *
 * @throws SdkError InsufficientBalance
 */
export async function approveCosts(
  signer: Signer,
  costs: readonly Cost[],
  onApprove: (cost: Cost) => void,
): Promise<void> {
  const account = await signer.getAddress();
  try {
    for (const cost of costs) await checkBalance(signer, account, cost);
    for (const cost of costs) {
      const token = new Contract(cost.token, ERC20, signer);
      if (((await token.allowance(account, cost.spender)) as bigint) >= cost.amount) continue;
      onApprove(cost);
      await sendTransaction(() => token.approve(cost.spender, cost.amount) as Promise<ContractTransactionResponse>);
    }
  } catch (error) {
    throw explainError(error);
  }
}

async function checkBalance(signer: Signer, account: string, cost: Cost): Promise<void> {
  const token = new Contract(cost.token, ERC20, signer);
  const balance: bigint = await token.balanceOf(account);
  if (balance >= cost.amount) return;
  const [symbol, decimals] = await Promise.all([
    (token.symbol() as Promise<string>).catch(() => "tokens"),
    (token.decimals() as Promise<bigint>).catch(() => 0n),
  ]);
  throw new SdkError(
    "InsufficientBalance",
    `The ${cost.what} is ${formatUnits(cost.amount, decimals)} ${symbol}, ${account} has ${formatUnits(balance, decimals)}. Get more ${symbol} (token ${cost.token}) first.`,
  );
}
