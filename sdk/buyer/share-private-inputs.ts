import type { Program } from "@sharebridge/algorithms/language/program.ts";
import {
  datasetCommitment,
  marketDomain,
  privateInputsIdOf,
  privateUploadTypes,
  SIGNATURES_REQUIRED,
} from "@sharebridge/contracts/typed-data.ts";
import { COMMITMENT_SCHEME } from "@sharebridge/mpc-nodes/sharing/commitment.ts";
import { encodePackage } from "@sharebridge/mpc-nodes/sharing/package.ts";
import { seal, sealingInfo } from "@sharebridge/mpc-nodes/sharing/sealing.ts";
import { type SharedTable, shareTable } from "@sharebridge/mpc-nodes/sharing/table.ts";
import type { PrivateUpload } from "@sharebridge/mpc-nodes/wire/private-upload.ts";
import { sealedHashOf } from "@sharebridge/mpc-nodes/wire/upload.ts";
import { getBytes, hexlify, randomBytes, type Signer, ZeroHash } from "ethers";
import { z } from "zod";
import { SdkError } from "../errors/sdk-error.ts";
import { callNode, type NodeCallOptions } from "../network/call-node.ts";
import { forEachSeat } from "../network/each-node.ts";
import { findProgram } from "../network/find-program.ts";
import { type Market, type NodeSeat, seatsOf } from "../network/open-market.ts";
import { privateInputWords } from "./words-of-texts.ts";

export interface PrivateInputsOptions {
  /** Signs the uploads: nodes count what they keep by this account. It needs no money, and need not be the buyer. */
  readonly signer: Signer;
  readonly market: Market;
  /** By name, as decimal text; the program says which there are, and in which ranges. */
  readonly privateInputs: Readonly<Record<string, string>>;
  /** Who will make the request: the signer, or a contract that it uploads for. No other request can use them. */
  readonly buyer?: string;
  readonly nodes?: NodeCallOptions;
  readonly onProgress?: (message: string) => void;
}

const stored = z.object({ commitment: z.string(), seat: z.int() });
const NO_ASSOCIATED_DATA = new Uint8Array();

/**
 * Shares private inputs among the market's nodes, sealed to each, before they are named in a request: three nodes at least must take them. Nodes keep
 * them for an hour, or until the request that names them is answered or past its deadline. For one request; share them again for the next.
 *
 * @returns the commitment, for `RequestParams.privateInputs`; zero where the program takes none.
 * @example
 * const commitment = await sharePrivateInputs({ signer, market, privateInputs: { weight: "0.5" }, buyer: consumerContract });
 *
 * @throws SdkError InvalidPrivateInputs, TooFewUploads
 */
export async function sharePrivateInputs(options: PrivateInputsOptions): Promise<string> {
  const { signer, market } = options;
  const { connection, terms } = market;
  const progress = options.onProgress ?? (() => {});
  const words = wordsOf(await findProgram(connection, terms.algorithm), options.privateInputs);
  if (words.length === 0) return ZeroHash;

  const uploader = (await signer.getAddress()).toLowerCase();
  const buyer = (options.buyer ?? uploader).toLowerCase();
  const salt = hexlify(randomBytes(32));
  const inputsId = privateInputsIdOf(connection.chainId, market.address, buyer, salt);
  const shared = await shareTable([words], getBytes(inputsId));
  const shareCommitments = commitmentsOf(shared);
  const commitment = datasetCommitment(COMMITMENT_SCHEME, shareCommitments);
  const epoch = await connection.committees.currentEpoch(terms.committeeId);
  const seats = await seatsOf(connection, terms.committeeId, epoch);

  const send = async ({ seat, endpoint, sealingKey }: NodeSeat): Promise<void> => {
    const { chainId } = connection;
    const info = sealingInfo("private-inputs", chainId, market.address, inputsId, terms.committeeId, epoch, seat);
    const sealed = await seal(getBytes(sealingKey), info, NO_ASSOCIATED_DATA, encodePackage(shared.packages[seat]!));
    const message = { buyer, commitment, seat, sealedHash: await sealedHashOf(sealed) };
    const signature = await signer.signTypedData(marketDomain(chainId, market.address), privateUploadTypes, message);
    const body: PrivateUpload = {
      ...{ market: market.address.toLowerCase(), buyer, salt, seat, scheme: COMMITMENT_SCHEME, count: words.length },
      ...{ shareCommitments, sealed: hexlify(sealed), uploader, signature: signature.toLowerCase() },
    };
    const path = `/v1/private-inputs/${commitment}`;
    await callNode({ seat, endpoint, method: "PUT", path, body }, stored, options.nodes);
  };
  const { successes, failures } = await forEachSeat(seats, send, (_seat, done) =>
    progress(`Private inputs: ${done} of ${seats.length} nodes hold their shares`),
  );
  if (successes.length >= SIGNATURES_REQUIRED) return commitment;
  throw new SdkError(
    "TooFewUploads",
    `${successes.length} of the four nodes took their shares of the private inputs; three are needed. ${failures.map(({ error }) => error.message).join(" ")} Nothing was requested or paid.`,
  );
}

function wordsOf(program: Program, texts: Readonly<Record<string, string>>): BigUint64Array {
  return BigUint64Array.from(privateInputWords(program, texts), (word) => BigInt.asUintN(64, word));
}

function commitmentsOf({ commitments }: SharedTable): [string, string, string, string] {
  return commitments.map((bytes) => hexlify(bytes)) as [string, string, string, string];
}
