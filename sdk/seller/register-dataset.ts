import { AbiCoder, isError, keccak256, type Signer } from "ethers";
import { decodeRevert } from "../errors/decode-revert.ts";
import { explainError } from "../errors/explain-error.ts";
import { SdkError } from "../errors/sdk-error.ts";
import type { Connection } from "../network/connect.ts";
import { sendTransaction } from "../network/send-transaction.ts";
import type { Policy } from "./policy.ts";

/** `IDatasetRegistry.Dataset`. */
export interface RegisteredDataset {
  readonly commitment: string;
  readonly scheme: number;
  readonly schemaHash: string;
  readonly rows: number;
  readonly committeeId: bigint;
  readonly epoch: bigint;
}

/** The id that a seller's salt gives, computed here and asked of the registry: the shares are bound to it for ever. */
export async function datasetIdOf(connection: Connection, seller: string, salt: string): Promise<bigint> {
  const encoded = AbiCoder.defaultAbiCoder().encode(
    ["uint256", "address", "address", "bytes32"],
    [connection.chainId, connection.datasetRegistry, seller, salt],
  );
  const computed = BigInt(keccak256(encoded));
  if (computed !== (await connection.datasets.datasetIdOf(seller, salt))) {
    throw new SdkError(
      "NoContract",
      "The dataset registry computes other ids than this SDK. Is it of the same version?",
    );
  }
  return computed;
}

/** A registered dataset, or null. */
export async function findDataset(connection: Connection, datasetId: bigint): Promise<RegisteredDataset | null> {
  try {
    const { commitment, scheme, schemaHash, rows, committeeId, epoch } = await connection.datasets.datasetOf(datasetId);
    return { commitment, schemaHash, committeeId, epoch, scheme: Number(scheme), rows: Number(rows) };
  } catch (error) {
    if (isError(error, "CALL_EXCEPTION") && error.data && decodeRevert(error.data).name === "UnknownDataset")
      return null;
    throw explainError(error);
  }
}

/**
 * Registers a dataset's commitment with the seller's policy. Returns the transaction's hash.
 *
 * @example
 * await registerDataset({ connection, signer, salt, dataset, policy });
 */
export async function registerDataset(registration: {
  connection: Connection;
  signer: Signer;
  salt: string;
  dataset: RegisteredDataset;
  policy: Policy;
}): Promise<string> {
  const { connection, signer, salt, dataset, policy } = registration;
  const registry = connection.datasets.connect(signer);
  return (await sendTransaction(() => registry.register(salt, dataset, policy))).hash;
}
