/** Uploads: a seller's sealed shares are stored only when they are exactly what the chain shows as committed. */
import { canonicalJson } from "@sharebridge/algorithms/language/canonical-json.ts";
import { checkColumns } from "@sharebridge/algorithms/language/columns.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { schemaHash } from "@sharebridge/algorithms/language/schema.ts";
import { datasetCommitment, registryDomain, uploadTypes } from "@sharebridge/contracts/typed-data.ts";
import { getBytes } from "ethers";
import type { ChainDataset } from "../chain/chain-reader.ts";
import { lower } from "../chain/hex.ts";
import type { PartyId } from "../math/party.ts";
import { decodePackage } from "../sharing/package.ts";
import { open, sealingInfo } from "../sharing/sealing.ts";
import { verifyPackage } from "../sharing/table.ts";
import { alreadyStored } from "../store/errors.ts";
import type { UploadManifest } from "../wire/upload.ts";
import type { BodyReader } from "./body-reader.ts";
import type { NodeContext } from "./context.ts";
import { NodeError } from "./errors.ts";
import { requireBytes32 } from "./ids.ts";
import { sharing } from "./sharing-refusals.ts";
import { isSignedBy } from "./signed-by.ts";
import { shapeOfTable } from "./stored-schema.ts";
import { announcedPackageBytes, readManifest, readSealed } from "./upload-body.ts";

/** Nothing but the chain, dataset, epoch and seat in `info` is bound to what is sealed. */
const NO_ASSOCIATED_DATA = new Uint8Array();

export interface UploadReceipt {
  readonly datasetId: string;
  readonly seat: PartyId;
  readonly rows: number;
}

export class Datasets {
  readonly #context: NodeContext;

  constructor(context: NodeContext) {
    this.#context = context;
  }

  /**
   * Stores what `body` brings. Each part is read only when all that can be refused without it was checked: no sealed byte
   * before the owner's signature, the length and the room on the disk.
   */
  async upload(datasetIdText: string, body: BodyReader): Promise<UploadReceipt> {
    const { store, settings } = this.#context;
    const datasetId = requireBytes32("a dataset id", datasetIdText);
    const dataset = await this.#registered(datasetId);
    if ((await store.datasetEntry(datasetId)) !== null) throw alreadyStored(datasetId);
    const announced = await readManifest(body);
    const { manifest, manifestBytes } = announced;
    this.#checkManifest(manifest, dataset);
    const packageBytes = announcedPackageBytes(announced, body.declaredBytes, settings.maxUploadBytes);
    const expected = { datasetId, owner: lower(dataset.owner), bytes: manifestBytes + packageBytes };
    return this.#context.slots.hold(expected, async () => {
      const sealed = await readSealed(body, manifest, packageBytes);
      return this.#storeSealed(manifest, sealed, dataset);
    });
  }

  async #storeSealed(manifest: UploadManifest, sealed: Uint8Array, dataset: ChainDataset): Promise<UploadReceipt> {
    const { store, seat, log } = this.#context;
    const { datasetId, epoch, commitment, rows } = dataset;
    const plaintext = await this.#open(sealed, dataset);
    await this.#checkShares(manifest, plaintext);
    await store.putDataset({
      ...{ datasetId, seat, epoch, commitment, rows, owner: lower(dataset.owner) },
      manifest: canonicalJson(manifest),
      package: plaintext,
    });
    log.info({ datasetId, rows, columns: manifest.schema.columns.length }, "dataset stored");
    return { datasetId, seat, rows };
  }

  async #registered(datasetId: string): Promise<ChainDataset> {
    const view = await this.#context.chain.view();
    const dataset = await view.dataset(datasetId);
    if (dataset === null) {
      throw new NodeError(
        "UnknownDataset",
        `no dataset ${datasetId} is registered on this chain (yet): register it first`,
      );
    }
    return dataset;
  }

  /** The checks of a manifest, cheapest first. */
  #checkManifest(manifest: UploadManifest, dataset: ChainDataset): void {
    this.#checkAddressee(manifest, dataset);
    checkRows(manifest, dataset);
    checkCommitment(manifest, dataset);
    checkSchema(manifest, dataset);
    this.#checkOwner(manifest, dataset);
  }

  #checkAddressee(manifest: UploadManifest, dataset: ChainDataset): void {
    const { seat, committeeId, epoch } = this.#context;
    if (manifest.datasetId !== dataset.datasetId) {
      throw new NodeError(
        "Malformed",
        `the manifest is of dataset ${manifest.datasetId}, the address of ${dataset.datasetId}`,
      );
    }
    if (manifest.seat !== seat) {
      throw new NodeError("WrongSeat", `the upload is for seat ${manifest.seat}; this node has seat ${seat}`);
    }
    if (dataset.committeeId !== committeeId || dataset.epoch !== epoch) {
      throw new NodeError(
        "WrongEpoch",
        `the dataset is registered for committee ${dataset.committeeId}, epoch ${dataset.epoch}; this node serves ${committeeId}, ${epoch}`,
      );
    }
  }

  #checkOwner(manifest: UploadManifest, dataset: ChainDataset): void {
    const { chain, seat } = this.#context;
    const domain = registryDomain(chain.chainId, chain.deployment.datasets);
    const value = {
      datasetId: BigInt(dataset.datasetId),
      commitment: dataset.commitment,
      seat,
      sealedHash: manifest.sealedHash,
    };
    if (!isSignedBy(dataset.owner, { domain, types: uploadTypes, value }, manifest.signature)) {
      throw new NodeError("NotOwner", `the upload is not signed by the dataset's owner ${dataset.owner}`);
    }
  }

  async #open(sealed: Uint8Array, dataset: ChainDataset): Promise<Uint8Array> {
    const { chain, seat, keys } = this.#context;
    const { committeeId, epoch, datasetId } = dataset;
    const registry = lower(chain.deployment.datasets);
    const info = sealingInfo("upload", chain.chainId, registry, datasetId, committeeId, epoch, seat);
    return sharing(() => open(keys.sealingPrivateKey, info, NO_ASSOCIATED_DATA, sealed));
  }

  async #checkShares(manifest: UploadManifest, plaintext: Uint8Array): Promise<void> {
    const shape = shapeOfTable(manifest.schema, manifest.rows);
    await sharing(async () => {
      const decoded = decodePackage(plaintext, this.#context.seat, shape);
      await verifyPackage(
        decoded,
        shape,
        getBytes(manifest.datasetId),
        manifest.shareCommitments.map((c) => getBytes(c)),
      );
    });
  }
}

function checkSchema({ schema }: UploadManifest, dataset: ChainDataset): void {
  if (schemaHash(schema) !== dataset.schemaHash) {
    throw new NodeError("SchemaHashMismatch", "the manifest's schema is not the one whose hash is on chain");
  }
  try {
    checkColumns(schema.columns);
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    throw new NodeError("Malformed", `the schema is not valid: ${error.message}`);
  }
}

function checkRows({ rows }: UploadManifest, dataset: ChainDataset): void {
  if (rows !== dataset.rows) {
    throw new NodeError("RowsMismatch", `the manifest has ${rows} rows, the chain shows ${dataset.rows}`);
  }
}

function checkCommitment({ scheme, shareCommitments }: UploadManifest, dataset: ChainDataset): void {
  if (scheme !== dataset.scheme || datasetCommitment(scheme, shareCommitments) !== dataset.commitment) {
    throw new NodeError(
      "CommitmentMismatch",
      `the manifest's share commitments do not hash to the commitment ${dataset.commitment} on chain`,
    );
  }
}
