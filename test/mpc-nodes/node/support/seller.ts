/** A seller as the nodes see one: shares a table, commits to it, seals and signs an upload for each seat. */

import { schemaHash, type TableSchema } from "@sharebridge/algorithms/language/schema.ts";
import { storedColumns } from "@sharebridge/algorithms/language/stored-columns.ts";
import { encodeColumn } from "@sharebridge/algorithms/language/words.ts";
import { datasetCommitment, registryDomain, uploadTypes } from "@sharebridge/contracts/typed-data.ts";
import type { PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { encodePackage } from "@sharebridge/mpc-nodes/sharing/package.ts";
import { seal, sealingInfo } from "@sharebridge/mpc-nodes/sharing/sealing.ts";
import { type SharedTable, shareTable } from "@sharebridge/mpc-nodes/sharing/table.ts";
import { encodeUpload, sealedHashOf, type UploadManifest } from "@sharebridge/mpc-nodes/wire/upload.ts";
import { getBytes, hexlify, type Signer } from "ethers";
import { payGap } from "../../../support/open-pay-gap.ts";

/** Columns of the pay-gap program, in another order than the program's, and one more before them, which rows may lack. */
export const tableSchema: TableSchema = {
  columns: [
    { name: "age", kind: "number", fractionBits: 0, minimum: "0", maximum: "120", optional: true },
    ...[...payGap.columns].reverse(),
  ],
};

/** One row per worker: wage as decimal text, sex. */
export type Workers = readonly (readonly [wage: string, sex: "female" | "male"])[];

/** Stored columns; the second row, and no other, lacks an age. */
export function encodeWorkers(workers: Workers): BigUint64Array[] {
  const wages = workers.map(([wage]) => wage);
  const texts: Record<string, string[]> = {
    age: wages.map((_, row) => (row === 1 ? "0" : "40")),
    wage: wages,
    sex: workers.map(([, sex]) => sex),
    log_wage: wages,
  };
  const words = new Map(tableSchema.columns.map((column) => [column.name, encodeColumn(column, texts[column.name])]));
  words.set(
    "age.present",
    BigUint64Array.from(workers, (_, row) => (row === 1 ? 0n : 1n)),
  );
  return storedColumns(tableSchema.columns).map(({ name }) => words.get(name) as BigUint64Array);
}

export interface Committed {
  readonly datasetId: string;
  readonly shared: SharedTable;
  readonly shareCommitments: UploadManifest["shareCommitments"];
  readonly commitment: string;
  readonly schemaHash: string;
  readonly rows: number;
  readonly schema: TableSchema;
}

export function commit(datasetId: string, workers: Workers): Promise<Committed> {
  return commitWords(datasetId, encodeWorkers(workers));
}

/** Words as they are: a modified client asks nobody whether they lie within their ranges. */
export async function commitWords(datasetId: string, columns: readonly BigUint64Array[]): Promise<Committed> {
  return commitTable(datasetId, tableSchema, columns);
}

/** Any table: its columns are the stored ones of the schema. */
export async function commitTable(
  datasetId: string,
  schema: TableSchema,
  columns: readonly BigUint64Array[],
): Promise<Committed> {
  const shared = await shareTable(columns, getBytes(datasetId));
  const shareCommitments = shared.commitments.map((bytes) => hexlify(bytes)) as UploadManifest["shareCommitments"];
  const commitment = datasetCommitment(1, shareCommitments);
  const { rows } = shared.shape;
  return { datasetId, shared, shareCommitments, commitment, schemaHash: schemaHash(schema), rows, schema };
}

export interface UploadTarget {
  readonly chainId: bigint;
  readonly registry: string;
  readonly seat: PartyId;
  readonly sealingKey: Uint8Array;
}

/** What a test changes to make a bad upload; `sealedFor` seals for another seat than the manifest says. */
export interface UploadChanges {
  readonly manifest?: Partial<UploadManifest>;
  readonly plaintext?: (bytes: Uint8Array) => Uint8Array;
  readonly sealed?: (bytes: Uint8Array) => Uint8Array;
  readonly sealedFor?: PartyId;
  readonly epoch?: bigint;
  /** Signs another hash than the manifest names. */
  readonly signedHash?: string;
}

export async function makeUpload(
  owner: Signer,
  committed: Committed,
  target: UploadTarget,
  changes: UploadChanges = {},
): Promise<Uint8Array> {
  const { datasetId, shared, shareCommitments, commitment, rows, schema } = committed;
  const { chainId, registry, seat } = target;
  const plaintext = encodePackage(shared.packages[seat]);
  const info = sealingInfo("upload", chainId, registry, datasetId, 1n, changes.epoch ?? 1n, changes.sealedFor ?? seat);
  const honest = await seal(target.sealingKey, info, new Uint8Array(), changes.plaintext?.(plaintext) ?? plaintext);
  const sealed = changes.sealed?.(honest) ?? honest;
  const sealedHash = changes.manifest?.sealedHash ?? (await sealedHashOf(sealed));
  const message = { datasetId: BigInt(datasetId), commitment, seat, sealedHash: changes.signedHash ?? sealedHash };
  const signature = await owner.signTypedData(registryDomain(chainId, registry), uploadTypes, message);
  const manifest = {
    datasetId,
    seat,
    scheme: 1,
    rows,
    schema,
    shareCommitments,
    sealedHash,
    signature,
    ...changes.manifest,
  } as UploadManifest;
  return encodeUpload({ manifest, sealed });
}
