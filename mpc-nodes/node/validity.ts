/** What nodes sign to each other about a dataset's rows, and what follows from it. */
import {
  datasetCommitment,
  decodeValidityResult,
  registryDomain,
  SIGNATURES_REQUIRED,
  validityTypes,
} from "@sharebridge/contracts/typed-data.ts";
import { keccak256, type TypedDataDomain } from "ethers";
import type { ChainDataset } from "../chain/chain-reader.ts";
import { isActiveSet } from "../engine/attempt-plan.ts";
import type { SeatSignature, StoredValidity } from "../store/store.ts";
import type { NodeContext } from "./context.ts";
import { isSignatureOver } from "./seat-signature.ts";

/** What a session settled on. */
export type ValidityClaim = Omit<StoredValidity, "signatures" | "datasetId">;

/** The rows of a dataset that is computed on, and the commitment to their shares. */
export interface ValidRows {
  readonly validRows: number;
  /** The dataset's own where all rows are valid. */
  readonly commitment: string;
}

/** Throws for a result that no check has. */
export function validRowsIn(result: string, dataset: ChainDataset): ValidRows {
  const { validRows, shareCommitments } = decodeValidityResult(result);
  if (validRows > dataset.rows) throw new RangeError(`${validRows} of ${dataset.rows} rows are not valid`);
  const isWhole = validRows === dataset.rows || validRows === 0;
  return { validRows, commitment: isWhole ? dataset.commitment : datasetCommitment(dataset.scheme, shareCommitments) };
}

export function validityMessage({ datasetId, commitment, epoch }: ChainDataset, claim: ValidityClaim) {
  const { run, attempt, activeSet, result } = claim;
  return { datasetId: BigInt(datasetId), commitment, epoch, resultHash: keccak256(result), run, attempt, activeSet };
}

export function validityDomain({ chain }: Pick<NodeContext, "chain">): TypedDataDomain {
  return registryDomain(chain.chainId, chain.deployment.datasets);
}

/** False for anything that is no signature by a seat of the active set over this claim. */
export function isValiditySignature(
  domain: TypedDataDomain,
  signers: readonly string[],
  dataset: ChainDataset,
  claim: ValidityClaim,
  signed: SeatSignature,
): boolean {
  try {
    validRowsIn(claim.result, dataset);
    const message = { domain, types: validityTypes, value: validityMessage(dataset, claim) };
    return isSignatureOver(message, claim.activeSet, signers, signed);
  } catch {
    return false;
  }
}

/** Whether three seats, all of which computed, have signed what a peer shows. */
export function isCertified(
  domain: TypedDataDomain,
  signers: readonly string[],
  dataset: ChainDataset,
  shown: Omit<StoredValidity, "datasetId">,
): boolean {
  const { signatures, ...claim } = shown;
  if (!isActiveSet(claim.attempt, claim.activeSet)) return false;
  const seats = new Set(signatures.map(({ seat }) => seat));
  if (seats.size !== signatures.length || seats.size < SIGNATURES_REQUIRED) return false;
  return signatures.every((signed) => isValiditySignature(domain, signers, dataset, claim, signed));
}
