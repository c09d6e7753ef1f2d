import type { TableSchema } from "@sharebridge/algorithms/language/schema.ts";
import { registryDomain, uploadTypes } from "@sharebridge/contracts/typed-data.ts";
import { COMMITMENT_SCHEME } from "@sharebridge/mpc-nodes/sharing/commitment.ts";
import { encodePackage } from "@sharebridge/mpc-nodes/sharing/package.ts";
import { seal, sealingInfo } from "@sharebridge/mpc-nodes/sharing/sealing.ts";
import type { SharedTable } from "@sharebridge/mpc-nodes/sharing/table.ts";
import { encodeUpload, type UploadManifest } from "@sharebridge/mpc-nodes/wire/upload.ts";
import { getBytes, hexlify, keccak256, type Signer, toBeHex } from "ethers";
import { z } from "zod";
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
  const { connection, signer, commitment, committeeId, epoch, schema, shared } = upload;
  const datasetId = toBeHex(upload.datasetId, 32);
  const registry = connection.datasetRegistry;
  const sealed = await seal(
    getBytes(seat.sealingKey),
    sealingInfo("upload", connection.chainId, registry, datasetId, committeeId, epoch, seat.seat),
    NO_ASSOCIATED_DATA,
    encodePackage(shared.packages[seat.seat]),
  );
  const signature = await signer.signTypedData(registryDomain(connection.chainId, registry), uploadTypes, {
    datasetId,
    commitment,
    seat: seat.seat,
    sealedHash: keccak256(sealed),
  });
  const manifest: UploadManifest = {
    datasetId,
    seat: seat.seat,
    scheme: COMMITMENT_SCHEME,
    rows: shared.shape.rows,
    schema,
    shareCommitments: shared.commitments.map((bytes) => hexlify(bytes)) as [string, string, string, string],
    signature: signature.toLowerCase(),
  };
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
