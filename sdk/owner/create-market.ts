import { programHash } from "@sharebridge/algorithms/language/encode.ts";
import { privacyTermsOf } from "@sharebridge/algorithms/language/market-terms.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { getAddress, type Signer } from "ethers";
import { SdkError } from "../errors/sdk-error.ts";
import type { Connection } from "../network/connect.ts";
import { sendTransaction } from "../network/send-transaction.ts";

/** Who gets which part of the price, in basis points; they add up to 10,000. */
export interface Split {
  readonly sellersBps: number;
  readonly authorBps: number;
  readonly committeeBps: number;
  readonly ownerBps: number;
}

export const DEFAULT_SPLIT: Split = { sellersBps: 7_000, authorBps: 1_000, committeeBps: 1_500, ownerBps: 500 };
export const DEFAULT_MINIMUM_ROWS = 10;
export const DEFAULT_DEADLINE_SECONDS = 3_600;
export const DEFAULT_CALLBACK_GAS = 1_000_000;

/** Terms of a market to be; they cannot be changed afterwards. What is left out is as above, or of the network file. */
export interface MarketOffer {
  readonly program: Program;
  /** Of a request, in the token's smallest unit. */
  readonly price: bigint;
  readonly token?: string;
  readonly gateway?: string;
  readonly committeeId?: bigint;
  /** Fewest rows of the pool that a request is taken for. */
  readonly minRows?: number;
  /** Most rows of the pool; the program's own maximum when left out. */
  readonly maxRows?: number;
  readonly deadlineSeconds?: number;
  readonly maxCallbackGas?: number;
  readonly split?: Split;
}

export interface CreatedMarket {
  readonly market: string;
  readonly algorithm: string;
  readonly owner: string;
  readonly price: bigint;
  readonly token: string;
  readonly minRows: number;
  readonly maxRows: number;
  readonly transactionHash: string;
}

/**
 * Makes a market for a registered program; the signer becomes its owner and earns the owner's part. It takes requests once
 * three of the committee's four operators have approved the program.
 *
 * @example
 * const { market } = await createMarket({ connection, signer, program: payGap, price: 5n * 10n ** 18n });
 *
 * @throws SdkError InvalidTerms, InvalidNetworkFile when the file lacks what is left out, Reverted (an unknown algorithm, ...)
 */
export async function createMarket(
  offer: MarketOffer & { connection: Connection; signer: Signer },
): Promise<CreatedMarket> {
  const { connection, signer, program, price } = offer;
  const { factory, description } = connection;
  const { minRows = DEFAULT_MINIMUM_ROWS, maxRows = program.maximumRows, split = DEFAULT_SPLIT } = offer;
  // Check: a pool that the market lets grow so large could not be computed on, whatever sellers and buyers did.
  if (maxRows > program.maximumRows) {
    throw new SdkError(
      "InvalidTerms",
      `The market would take pools of ${maxRows} rows; ${program.name} is proven for at most ${program.maximumRows}. Set a lower maximum.`,
    );
  }
  if (price >= 1n << 96n) throw new SdkError("InvalidTerms", "The price is too large: it must be below 2^96.");
  const algorithm = programHash(program);
  const token = getAddress(offer.token ?? named(description.token, "token"));
  const receipt = await sendTransaction(() =>
    factory.connect(signer).createMarket({
      ...{ algorithm, token, price, minRows, maxRows, ...split, ...privacyTermsOf(program) },
      committeeId: offer.committeeId ?? BigInt(named(description.committeeId, "committeeId")),
      gateway: offer.gateway ?? named(description.gateway, "gateway"),
      deadlineSeconds: offer.deadlineSeconds ?? DEFAULT_DEADLINE_SECONDS,
      maxCallbackGas: offer.maxCallbackGas ?? DEFAULT_CALLBACK_GAS,
    }),
  );
  const created = receipt.logs
    .filter(({ address }) => getAddress(address) === getAddress(description.factory))
    .map((log) => factory.interface.parseLog(log))
    .find((event) => event?.name === "MarketCreated");
  if (!created)
    throw new SdkError("NoContract", `The factory ${description.factory} made no market. Check its address.`);
  const { market } = created.args as unknown as { market: string };
  const owner = await signer.getAddress();
  return { market, algorithm, owner, price, token, minRows, maxRows, transactionHash: receipt.hash };
}

function named<T>(value: T | undefined, member: string): T {
  if (value !== undefined) return value;
  throw new SdkError("InvalidNetworkFile", `The network file names no "${member}". Add it, or say which one.`);
}
