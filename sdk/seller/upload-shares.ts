import type { TableSchema } from "@sharebridge/algorithms/language/schema.ts";
import { registryDomain, uploadTypes } from "@sharebridge/contracts/typed-data.ts";
import type { PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { COMMITMENT_SCHEME } from "@sharebridge/mpc-nodes/sharing/commitment.ts";
import { encodePackage, packageByteLength } from "@sharebridge/mpc-nodes/sharing/package.ts";
import { SEALING_OVERHEAD_BYTES, seal, sealingInfo } from "@sharebridge/mpc-nodes/sharing/sealing.ts";
import type { SharedTable } from "@sharebridge/mpc-nodes/sharing/table.ts";
import { WireError } from "@sharebridge/mpc-nodes/wire/errors.ts";
import { MIN_SEALED_BYTES } from "@sharebridge/mpc-nodes/wire/limits.ts";
import { encodeUpload, sealedHashOf, type UploadManifest } from "@sharebridge/mpc-nodes/wire/upload.ts";
import { getBytes, hexlify, type Signer, toBeHex, ZeroHash } from "ethers";
import { z } from "zod";
import { SdkError } from "../errors/sdk-error.ts";
import { callNode, type NodeCallOptions, NodeRefusal } from "../network/call-node.ts";
import type { Connection } from "../network/connect.ts";
import type { NodeSeat } from "../network/open-market.ts";

export interface Upload {
  readonly connection: Connection;
  /** Who registered the dataset. */
  readonly signer: Signer;
  readonly datasetId: bigint;
  readonly committeeId: bigint;
  readonly epoch: bigint;
  /** keccak256 over scheme and share commitments, as on chain. */
  readonly commitment: string;
  readonly schema: TableSchema;
  readonly shared: SharedTable;
}

const stored = z.object({ datasetId: z.string(), seat: z.int(), rows: z.int() });
const NO_ASSOCIATED_DATA = new Uint8Array();

/**
 * Seals one node's package to its key on chain, signs it and uploads it. A node that has the dataset already is fine.
 *
 * @example
 * await uploadShares(upload, seat);
 *
 * @throws SdkError NodeUnreachable; NodeRefusal
 */
export async function uploadShares(upload: Upload, seat: NodeSeat, options: NodeCallOptions = {}): Promise<void> {
  const { connection, signer, commitment, committeeId, epoch, shared } = upload;
  const datasetId = toBeHex(upload.datasetId, 32);
  const registry = connection.datasetRegistry;
  const sealed = await seal(
    getBytes(seat.sealingKey),
    sealingInfo("upload", connection.chainId, registry, datasetId, committeeId, epoch, seat.seat),
    NO_ASSOCIATED_DATA,
    encodePackage(shared.packages[seat.seat]),
  );
  const sealedHash = await sealedHashOf(sealed);
  const signature = await signer.signTypedData(registryDomain(connection.chainId, registry), uploadTypes, {
    datasetId,
    commitment,
    seat: seat.seat,
    sealedHash,
  });
  const manifest = manifestOf(upload, seat.seat, sealedHash, signature.toLowerCase());
  try {
    await callNode(
      {
        seat: seat.seat,
        endpoint: seat.endpoint,
        method: "PUT",
        path: `/v1/datasets/${datasetId}`,
        body: encodeUpload({ manifest, sealed }),
      },
      stored,
      { timeoutMs: 300_000, ...options },
    );
  } catch (error) {
    // Check: only this very dataset can be under this id, so a repetition finds its own upload.
    if (error instanceof NodeRefusal && error.nodeCode === "AlreadyStored") return;
    throw error;
  }
}

/** An ECDSA signature's bytes: r, s, v. */
const SIGNATURE_BYTES = 65;

/**
 * Bytes of what `uploadShares` sends to a seat, and of the sealed shares in it, without making either.
 *
 * @throws SdkError TooLarge when the schema alone is more than any node reads.
 */
export function uploadByteLength(
  upload: Omit<Upload, "signer">,
  seat: PartyId,
): { readonly total: number; readonly sealed: number } {
  const sealed = packageByteLength(seat, upload.shared.shape) + SEALING_OVERHEAD_BYTES;
  const manifest = manifestOf(upload, seat, ZeroHash, `0x${"00".repeat(SIGNATURE_BYTES)}`);
  try {
    const rest = encodeUpload({ manifest, sealed: new Uint8Array(MIN_SEALED_BYTES) }).length - MIN_SEALED_BYTES;
    return { total: rest + sealed, sealed };
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    const message = `The schema is larger than nodes take: ${error.message}. Leave columns out, or shorten their names.`;
    throw new SdkError("TooLarge", message, { cause: error });
  }
}

function manifestOf(
  upload: Omit<Upload, "signer">,
  seat: PartyId,
  sealedHash: string,
  signature: string,
): UploadManifest {
  const { datasetId, schema, shared } = upload;
  return {
    datasetId: toBeHex(datasetId, 32),
    seat,
    scheme: COMMITMENT_SCHEME,
    rows: shared.shape.rows,
    schema,
    shareCommitments: shared.commitments.map((bytes) => hexlify(bytes)) as [string, string, string, string],
    sealedHash,
    signature,
  };
}
