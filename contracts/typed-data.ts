/**
 * The EIP-712 messages of the market, off chain: the same structs that the contracts hash.
 * `Answer` and `Receipt` are checked on chain; `Upload` and `PrivateUpload` are checked by nodes only.
 */
import { AbiCoder, id, keccak256, type TypedDataDomain, type TypedDataField, ZeroHash } from "ethers";

type Types = Record<string, TypedDataField[]>;

/** Domain of everything that is signed for one market. */
export function marketDomain(chainId: bigint, market: string): TypedDataDomain {
  return { name: "Sharebridge", version: "1", chainId, verifyingContract: market };
}

/** Domain of what a seller signs to upload shares: bound to the dataset registry, before any market is chosen. */
export function registryDomain(chainId: bigint, datasetRegistry: string): TypedDataDomain {
  return { name: "Sharebridge", version: "1", chainId, verifyingContract: datasetRegistry };
}

/** What three of four nodes sign for an answer (`IDataMarket.Answer`). */
export const answerTypes: Types = {
  Answer: [
    { name: "requestId", type: "bytes32" },
    { name: "status", type: "uint8" },
    { name: "outputsHash", type: "bytes32" },
    { name: "budgetSpent", type: "uint64" },
    { name: "attempt", type: "uint32" },
    { name: "activeSet", type: "uint8" },
    { name: "proofType", type: "uint16" },
  ],
};

/**
 * What three of four nodes sign when they hold a dataset's shares and have checked its rows (`IDataMarket.join`). `validCommitment`
 * commits to the shares of the valid rows alone: `commitment` itself where all are valid.
 */
export const receiptTypes: Types = {
  Receipt: [
    { name: "datasetId", type: "uint256" },
    { name: "commitment", type: "bytes32" },
    { name: "epoch", type: "uint64" },
    { name: "validRows", type: "uint32" },
    { name: "validCommitment", type: "bytes32" },
  ],
};

/** What three of four nodes sign of a dataset whose policy allows no further request in the market (`IDataMarket.removeExhausted`). */
export const exhaustionTypes: Types = {
  Exhausted: [{ name: "datasetId", type: "uint256" }],
};

/**
 * What a seller signs for each node's upload: this sealed package, for this seat, is mine. `sealedHash` is the SHA-256 of the
 * sealed bytes, so that a node checks the signature first and hashes as they come.
 */
export const uploadTypes: Types = {
  Upload: [
    { name: "datasetId", type: "uint256" },
    { name: "commitment", type: "bytes32" },
    { name: "seat", type: "uint8" },
    { name: "sealedHash", type: "bytes32" },
  ],
};

/**
 * What nodes sign to each other when they have checked a dataset's rows, once for all markets: `resultHash` is keccak256 of the
 * result, `run` counts the sessions that it took. Bound to the dataset registry; no contract reads it.
 */
export const validityTypes: Types = {
  Validity: [
    { name: "datasetId", type: "uint256" },
    { name: "commitment", type: "bytes32" },
    { name: "epoch", type: "uint64" },
    { name: "resultHash", type: "bytes32" },
    { name: "run", type: "uint16" },
    { name: "attempt", type: "uint32" },
    { name: "activeSet", type: "uint8" },
  ],
};

/**
 * What whoever uploads private inputs signs, for each node, in the market's domain: this sealed package, for this seat and this buyer, is mine.
 * It need not be the buyer, who may be a contract: the inputs are bound to the buyer by their id, the uploader only answers for the room
 * that they take.
 */
export const privateUploadTypes: Types = {
  PrivateUpload: [
    { name: "buyer", type: "address" },
    { name: "commitment", type: "bytes32" },
    { name: "seat", type: "uint8" },
    { name: "sealedHash", type: "bytes32" },
  ],
};

export const AnswerStatus = { computed: 1 } as const;
export const ProofType = { threeSignatures: 1 } as const;

/** Signatures that a proof or a set of receipts needs: n − f of n = 4. */
export const SIGNATURES_REQUIRED = 3;

/** `IDataMarket.Request`, as ethers returns it and as `requestIdOf` hashes it. */
export interface MarketRequest {
  nonce: bigint;
  buyer: string;
  parametersHash: string;
  answerKey: string;
  /** Commitment to the buyer's private inputs; zero where there are none. */
  privateInputs: string;
  poolHash: string;
  poolVersion: bigint;
  poolRows: bigint;
  algorithm: string;
  epoch: bigint;
  price: bigint;
  deadlineUnixS: bigint;
  callback: string;
  callbackGas: bigint;
}

/** `IDataMarket.Answer`. */
export interface MarketAnswer {
  requestId: string;
  status: number;
  outputsHash: string;
  budgetSpent: bigint;
  attempt: number;
  activeSet: number;
  proofType: number;
}

const requestTuple =
  "tuple(uint64 nonce,address buyer,bytes32 parametersHash,bytes32 answerKey,bytes32 privateInputs,bytes32 poolHash,uint64 poolVersion," +
  "uint64 poolRows,bytes32 algorithm,uint64 epoch,uint96 price,uint64 deadlineUnixS,address callback,uint32 callbackGas)";
const answerTuple =
  "tuple(bytes32 requestId,uint8 status,bytes32 outputsHash,uint64 budgetSpent,uint32 attempt,uint8 activeSet,uint16 proofType)";

const abi = AbiCoder.defaultAbiCoder();

/** `IDataMarket.requestIdOf`: keccak256(abi.encode(chainId, market, request)). */
export function requestIdOf(chainId: bigint, market: string, request: MarketRequest): string {
  return keccak256(abi.encode(["uint256", "address", requestTuple], [chainId, market, request]));
}

/** `proof` of `IDataMarket.deliver`. `signatures` are 65 bytes each, in the order of the seats in `signerSeats`. */
export function encodeProof(
  market: string,
  proof: { request: MarketRequest; answer: MarketAnswer; signerSeats: number; signatures: string },
): string {
  const proofTuple = `tuple(${requestTuple} request,${answerTuple} answer,uint8 signerSeats,bytes signatures)`;
  return abi.encode(["address", proofTuple], [market, proof]);
}

/**
 * Link of the pool's hash chain, from `DatasetJoined` (kind 1) and `DatasetLeft` (kind 2), both with the dataset's valid rows. Who
 * joins names the commitment to their shares, on which is computed; who leaves is known by the dataset, and names none.
 */
export function nextPoolHash(
  poolHash: string,
  kind: 1 | 2,
  dataset: { datasetId: bigint; commitment: string; validRows: bigint },
): string {
  return keccak256(
    abi.encode(
      ["bytes32", "uint8", "uint256", "bytes32", "uint32"],
      [poolHash, kind, dataset.datasetId, kind === 1 ? dataset.commitment : ZeroHash, dataset.validRows],
    ),
  );
}

/** The commitment that the dataset registry stores, and a request with private inputs: keccak256(abi.encode(uint16 scheme, bytes32[4] shareCommitments)). */
export function datasetCommitment(scheme: number, shareCommitments: readonly string[]): string {
  return keccak256(abi.encode(["uint16", "bytes32[4]"], [scheme, shareCommitments]));
}

const PRIVATE_INPUTS_TAG = id("sharebridge/1/private-inputs");

/**
 * What the share commitments of private inputs are bound to: chain, market, the buyer whose requests may name them, and a random salt. So nobody
 * else, and no other market, can have a request computed on them.
 */
export function privateInputsIdOf(chainId: bigint, market: string, buyer: string, salt: string): string {
  const types = ["bytes32", "uint256", "address", "address", "bytes32"];
  return keccak256(abi.encode(types, [PRIVATE_INPUTS_TAG, chainId, market, buyer, salt]));
}

/** Result of a sealed answer: the salted commitments to the four output shares. */
export function encodeSealedResult(shareCommitments: readonly string[]): string {
  return abi.encode(["bytes32[4]"], [shareCommitments]);
}

export function decodeSealedResult(result: string): string[] {
  return [...(abi.decode(["bytes32[4]"], result)[0] as string[])];
}

/** Result of a public answer: the outputs as signed 64-bit words, scaled as the program declares. */
export function encodePublicResult(outputs: readonly bigint[]): string {
  return abi.encode(["int64[]"], [outputs]);
}

export function decodePublicResult(result: string): bigint[] {
  return [...(abi.decode(["int64[]"], result)[0] as bigint[])];
}

/**
 * What four nodes find when they check a dataset's rows: how many are valid, and the commitments to the four shares of these rows
 * alone; zeros where all are valid, or none, and nothing was shared anew.
 */
export interface ValidityResult {
  readonly validRows: number;
  readonly shareCommitments: readonly string[];
}

const validityTuple = ["uint32", "bytes32[4]"];

export function encodeValidityResult({ validRows, shareCommitments }: ValidityResult): string {
  return abi.encode(validityTuple, [validRows, shareCommitments]);
}

/** Throws for anything but the one encoding of a result. */
export function decodeValidityResult(result: string): ValidityResult {
  const [validRows, shareCommitments] = abi.decode(validityTuple, result);
  const decoded = { validRows: Number(validRows), shareCommitments: [...(shareCommitments as string[])] };
  if (encodeValidityResult(decoded) !== result.toLowerCase())
    throw new RangeError("this is no result of a check of rows");
  return decoded;
}

/** Public parameters of a request, in the order that the program declares. */
export const encodeParameters = encodePublicResult;
export const decodeParameters = decodePublicResult;
