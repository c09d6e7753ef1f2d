import { encodeParameters } from "@sharebridge/contracts/typed-data.ts";
import { type Signer, ZeroAddress, ZeroHash } from "ethers";
import { explainError } from "../errors/explain-error.ts";
import { SdkError } from "../errors/sdk-error.ts";
import type { NodeCallOptions } from "../network/call-node.ts";
import { findProgram } from "../network/find-program.ts";
import type { Market } from "../network/open-market.ts";
import { chainTimeUnixS } from "../network/read-events.ts";
import { sendTransaction } from "../network/send-transaction.ts";
import { type AnswerKeyStore, createAnswerKey } from "./answer-key.ts";
import { checkComputable } from "./check-computable.ts";
import { approveCosts, type Cost, costsOf } from "./pay.ts";
import { sharePrivateInputs } from "./share-private-inputs.ts";
import { parameterWords, privateInputWords } from "./words-of-texts.ts";

/** How long a request may wait to be mined. */
const VALID_FOR_SECONDS = 600n;

export interface RequestOptions {
  readonly signer: Signer;
  readonly market: Market;
  /** By name, as decimal text; the program says which there are. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** The buyer's own numbers, which nobody else sees: by name, as decimal text. They are shared among the nodes before the request is made. */
  readonly privateInputs?: Readonly<Record<string, string>>;
  /** "sealed" (the default): only this buyer can read the answer. "public": it stands on chain for everybody. */
  readonly answer?: "sealed" | "public";
  /** Where the key that opens a sealed answer is kept. Needed for sealed answers. */
  readonly keys?: AnswerKeyStore;
  /** Most that the buyer pays; the market's price when it was opened by default. */
  readonly maxPrice?: bigint;
  /** Most that the oracle may cost, in juels (10^-18 LINK); by default what the network file's gateway asks for. */
  readonly maxOracleFee?: bigint;
  /** Least rows and datasets in the pool. */
  readonly minRows?: bigint;
  readonly minDatasets?: number;
  /** A contract to call back with the answer, and the gas that it gets. */
  readonly callback?: { readonly address: string; readonly gas: number };
  /** How the nodes are talked to, which take the private inputs. */
  readonly nodes?: NodeCallOptions;
  readonly onProgress?: (message: string) => void;
}

export interface Requested {
  readonly requestId: string;
  readonly transactionHash: string;
  /** Last second in which the answer may be delivered; after it `cancelRequest` gives the price back. */
  readonly deadlineUnixS: bigint;
  readonly rows: bigint;
  readonly costs: readonly Cost[];
}

/**
 * Buys a computation: checks that it can be computed and what it costs, approves price and oracle fee, keeps the answer's
 * key, pays into escrow.
 *
 * @example
 * const { requestId } = await requestComputation({ signer, market, keys, parameters: { threshold: "0.5" } });
 *
 * @throws SdkError InvalidParameters, InvalidPrivateInputs, TooFewUploads, PriceAboveMaximum, AnswerKeyMissing, and those of `checkComputable`, `costsOf` and
 * `approveCosts`, before anything is approved but the last; Reverted. Nothing is paid then.
 */
export async function requestComputation(options: RequestOptions): Promise<Requested> {
  const { signer, market, callback } = options;
  const progress = options.onProgress ?? (() => {});
  const program = await findProgram(market.connection, market.terms.algorithm);
  const parameters = encodeParameters(parameterWords(program, options.parameters ?? {}));
  privateInputWords(program, options.privateInputs ?? {});

  const maxPrice = options.maxPrice ?? market.terms.price;
  if (market.terms.price > maxPrice) {
    throw new SdkError(
      "PriceAboveMaximum",
      `The price is ${market.terms.price}, more than the ${maxPrice} that you allow. Raise the maximum, or do not buy.`,
    );
  }
  if (options.answer !== "public" && options.keys === undefined) throw noPlaceForKey();
  const least = { rows: options.minRows ?? 0n, datasets: options.minDatasets ?? 0 };
  await checkComputable(market, program, await signer.getAddress(), least).catch((error: unknown) => {
    throw explainError(error);
  });
  const costs = await costsOf(market, options.maxOracleFee);
  const privateInputs = await sharePrivateInputs({
    ...{ signer, market, privateInputs: options.privateInputs ?? {}, onProgress: progress },
    ...(options.nodes === undefined ? {} : { nodes: options.nodes }),
  });
  await approveCosts(signer, costs, ({ what }) => progress(`Approving the ${what}`));
  const answerKey = await keptAnswerKey(options, progress);

  progress("Paying into escrow and sending the request");
  const contract = market.contract.connect(signer);
  const validUntilUnixS = (await chainTimeUnixS(market.connection.provider)) + VALID_FOR_SECONDS;
  const receipt = await sendTransaction(() =>
    contract.requestComputation({
      parameters,
      answerKey,
      privateInputs,
      maxPrice,
      minRows: least.rows,
      minDatasets: least.datasets,
      validUntilUnixS,
      callback: callback?.address ?? ZeroAddress,
      callbackGas: callback?.gas ?? 0,
    }),
  );
  const event = receipt.logs
    .filter((log) => log.address === market.address)
    .map((log) => market.contract.interface.parseLog(log))
    .find((log) => log?.name === "ComputationRequested");
  if (!event)
    throw new SdkError("NoContract", "The market took the request but emitted no event: it is another contract.");
  return {
    requestId: event.args.requestId,
    transactionHash: receipt.hash,
    deadlineUnixS: event.args.request.deadlineUnixS,
    rows: event.args.request.poolRows,
    costs,
  };
}

/** The public key for the request; zero for a public answer. The key pair is kept before anything is paid. */
async function keptAnswerKey(options: RequestOptions, progress: (message: string) => void): Promise<string> {
  if (options.answer === "public") return ZeroHash;
  if (options.keys === undefined) throw noPlaceForKey();
  const key = await createAnswerKey();
  await options.keys.save(key);
  progress("Kept the answer's key; whoever loses it loses the answer");
  return key.publicKey;
}

function noPlaceForKey(): SdkError {
  return new SdkError(
    "AnswerKeyMissing",
    `A sealed answer needs a place for its key: without the key nobody can read the answer. Give "keys", or ask for a public answer.`,
  );
}
