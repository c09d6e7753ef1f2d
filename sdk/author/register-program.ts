import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { disclosureHash } from "@sharebridge/algorithms/language/disclosure.ts";
import { programHash } from "@sharebridge/algorithms/language/encode.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { AbiCoder, hexlify, isError, keccak256, type Signer } from "ethers";
import { decodeRevert } from "../errors/decode-revert.ts";
import { explainError } from "../errors/explain-error.ts";
import { SdkError } from "../errors/sdk-error.ts";
import type { Connection } from "../network/connect.ts";
import { sendTransaction } from "../network/send-transaction.ts";

/** Longest URI that the registry keeps, in bytes. */
export const MAXIMUM_URI_BYTES = 1_024;
/** Enough for the longest one. Given, because some nodes estimate as of the announcement's own block, in which it is too early. */
const REGISTER_GAS_LIMIT = 1_200_000n;

export interface Registration {
  readonly algorithm: string;
  readonly author: string;
  readonly disclosureHash: string;
  readonly uri: string;
  /** False when this account had registered it so before: nothing was sent. */
  readonly sent: boolean;
}

/**
 * Registers a program with its disclosure statement in two transactions, announcement and registration: nobody who sees the
 * second one before it is mined can get ahead of it. The signer becomes the author, for good, and earns the author's share.
 *
 * @example
 * await registerProgram({ connection, signer, program, uri: "https://example.org/mean_wage.json" });
 *
 * @throws ProgramError for one that is not proven free of overflow; SdkError AlreadyRegistered, UriTooLong, Reverted, ...
 */
export async function registerProgram(request: {
  connection: Connection;
  signer: Signer;
  program: Program;
  /** Where the encoding can be fetched; may be empty. */
  uri?: string;
  onProgress?: (message: string) => void;
}): Promise<Registration> {
  const { connection, signer, program, uri = "", onProgress = () => {} } = request;
  analyse(program);
  const bytes = new TextEncoder().encode(uri).length;
  if (bytes > MAXIMUM_URI_BYTES) {
    throw new SdkError("UriTooLong", `The URI has ${bytes} bytes; the registry keeps at most ${MAXIMUM_URI_BYTES}.`);
  }
  const author = await signer.getAddress();
  const algorithm = programHash(program);
  const wanted = { algorithm, author, disclosureHash: disclosureHash(program), uri };
  if (await isRegistered(connection, wanted)) return { ...wanted, sent: false };

  const registry = connection.algorithms.connect(signer);
  const salt = hexlify(crypto.getRandomValues(new Uint8Array(32)));
  // As the registry's `announcementOf`, computed here: an RPC provider need not hear of the program before the chain does.
  const types = ["bytes32", "address", "bytes32"];
  const announcement = keccak256(AbiCoder.defaultAbiCoder().encode(types, [algorithm, author, salt]));
  onProgress("Announcing the program under a hash that says nothing of it");
  await sendTransaction(() => registry.announce(announcement));
  onProgress("Registering it");
  const gasLimit = REGISTER_GAS_LIMIT;
  await sendTransaction(() => registry.register(algorithm, salt, wanted.disclosureHash, uri, { gasLimit }));
  return { ...wanted, sent: true };
}

async function isRegistered(connection: Connection, wanted: Omit<Registration, "sent">): Promise<boolean> {
  const found = await registered(connection, wanted.algorithm);
  if (found === null) return false;
  const same =
    found.author === wanted.author && found.disclosureHash === wanted.disclosureHash && found.uri === wanted.uri;
  if (same) return true;
  throw new SdkError(
    "AlreadyRegistered",
    `${found.author} has registered this program already, with the disclosure hash ${found.disclosureHash} and the URI "${found.uri}". A registration is for good; a program of another name or description is another program.`,
  );
}

async function registered({ algorithms }: Connection, algorithm: string) {
  try {
    const { author, disclosureHash, uri } = await algorithms.algorithmOf(algorithm);
    return { author, disclosureHash, uri };
  } catch (error) {
    if (isError(error, "CALL_EXCEPTION") && error.data && decodeRevert(error.data).name === "UnknownAlgorithm")
      return null;
    throw explainError(error);
  }
}
