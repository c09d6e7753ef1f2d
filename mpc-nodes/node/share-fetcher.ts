/**
 * Fetches from the peers the shares of a dataset that this node lacks (PROTOCOL 10): a dataset is eligible after three
 * receipts, so one node may not have got its package. Every share but this seat's own is held by two of the peers; what
 * one of them gives is believed only when it matches its commitment, else the other is asked.
 *
 * Nobody is accused here. What a single holder gets wrong costs only a second question; what neither holder can show
 * to match is the seller's doing, as an honest node is always among two, and it stored what it had checked.
 */
import { canonicalJson } from "@sharebridge/algorithms/language/canonical-json.ts";
import { schemaHash } from "@sharebridge/algorithms/language/schema.ts";
import { datasetCommitment } from "@sharebridge/contracts/typed-data.ts";
import { getBytes } from "ethers";
import type { ChainDataset, PoolMember } from "../chain/chain-reader.ts";
import { lower } from "../chain/hex.ts";
import { type PartyId, partiesExcept } from "../math/party.ts";
import { EXPLICIT_SHARE, encodePackage, packageByteLength, type TableShape } from "../sharing/package.ts";
import { heldShares } from "../sharing/shared-vector.ts";
import { type ShareOfTable, shareMatches } from "../sharing/table.ts";
import { StoreError } from "../store/errors.ts";
import { MAX_SEALED_BYTES, SHARE_FETCH_WAIT_MS } from "../wire/limits.ts";
import type { DatasetDescription } from "../wire/share-question.ts";
import type { NodeContext } from "./context.ts";
import { NodeError } from "./errors.ts";
import { copyOf, describedBy } from "./share-source.ts";
import { shapeOfTable } from "./stored-schema.ts";

type FetcherContext = Pick<
  NodeContext,
  "store" | "chain" | "seat" | "committeeId" | "epoch" | "log" | "engine" | "settings" | "slots"
>;

/** What is fetched: a dataset as the chain shows it, but with the commitment and the rows of the table. */
interface Table extends ChainDataset {
  /** Whether it is what the seller shared, not the valid rows alone. */
  readonly isWhole: boolean;
}

export class ShareFetcher {
  readonly #context: FetcherContext;
  /** By commitment: whoever needs the same table waits for the same one. */
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(context: FetcherContext) {
    this.#context = context;
  }

  /**
   * Resolves when the table with which a dataset joined is stored: what its seller shared, or its valid rows. Throws `DatasetUnusable` for good, `DatasetMissing` for what the chain does not show
   * as this committee's; what may pass: `SharesUnavailable`, `UploadsBusy`, and `DatasetFetching` when it takes longer, while
   * it goes on.
   */
  async obtain({ datasetId, commitment, validRows }: PoolMember): Promise<void> {
    const reason = await this.#context.store.unusable(datasetId);
    if (reason !== null) throw new NodeError("DatasetUnusable", reason);
    const dataset = await this.#registered(datasetId);
    // The market took three seats' signatures for the commitment of valid rows.
    const isWhole = dataset?.commitment === commitment;
    if (dataset === null || (isWhole ? validRows !== dataset.rows : validRows >= dataset.rows)) {
      throw new NodeError("DatasetMissing", `dataset ${datasetId} is not on chain for this committee as it joined`);
    }
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      const message = `the shares of dataset ${datasetId} are being fetched from the peers; ask again in a moment`;
      reject(new NodeError("DatasetFetching", message));
    }, SHARE_FETCH_WAIT_MS);
    try {
      const table = { ...dataset, commitment, rows: validRows, isWhole };
      await Promise.race([this.#join(table), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Resolves when nothing is under way. Close the engine first: that ends what is asked. */
  async stop(): Promise<void> {
    await Promise.allSettled(this.#underWay.values());
  }

  async #registered(datasetId: string): Promise<ChainDataset | null> {
    const { chain, committeeId, epoch } = this.#context;
    const dataset = await (await chain.view()).dataset(datasetId);
    return dataset?.committeeId === committeeId && dataset.epoch === epoch ? dataset : null;
  }

  #join(table: Table): Promise<void> {
    const { datasetId, commitment } = table;
    const known = this.#underWay.get(commitment);
    if (known !== undefined) return known;
    const { log, store } = this.#context;
    const fetching = this.#fetch(table)
      .catch(async (error: unknown) => {
        log.warn({ datasetId, error }, "the shares of a dataset could not be fetched");
        if (error instanceof NodeError && error.code === "DatasetUnusable") {
          await store.markUnusable(datasetId, error.message);
        }
        throw error;
      })
      .finally(() => this.#underWay.delete(commitment));
    this.#underWay.set(commitment, fetching);
    // Whoever waits may have stopped waiting.
    fetching.catch(() => {});
    return fetching;
  }

  async #fetch(table: Table): Promise<void> {
    const { store, seat, slots, settings, log } = this.#context;
    const { datasetId, epoch, commitment, rows } = table;
    const described = await this.#description(table);
    const { schema, shareCommitments } = described;
    const shape = shapeOfTable(schema, rows);
    // Check: before anything is asked for, that it is no more than an upload may bring.
    const bytes = packageByteLength(seat, shape);
    if (bytes > Math.min(MAX_SEALED_BYTES, settings.maxUploadBytes)) {
      throw new NodeError(
        "DatasetMissing",
        `dataset ${datasetId} would take ${bytes} bytes, more than this node takes`,
      );
    }
    const manifest = canonicalJson({ datasetId, seat, scheme: table.scheme, rows, schema, shareCommitments });
    const owner = lower(table.owner);
    await slots.hold({ datasetId, owner, bytes: manifest.length + bytes }, async () => {
      const shares: ShareOfTable[] = [];
      for (const j of heldShares(seat)) shares[j] = await this.#share(table, j, shape, getBytes(shareCommitments[j]));
      const plaintext = encodePackage({
        party: seat,
        salts: [0, 1, 2, 3].map((j) => shares[j]?.salt ?? null),
        seeds: [0, 1, 2].map((j) => shares[j]?.seed ?? null),
        explicit: shares[EXPLICIT_SHARE]?.explicit ?? null,
      });
      const fetched = { datasetId, seat, epoch, commitment, rows, owner, manifest, package: plaintext };
      if (!table.isWhole) return store.putValidRows(fetched);
      await store.putDataset(fetched).catch((error: unknown) => {
        // The seller's upload came in the meantime.
        if (!(error instanceof StoreError && error.code === "AlreadyStored")) throw error;
      });
    });
    log.info({ datasetId, rows, columns: shape.columns }, "dataset fetched from the peers");
  }

  /** From any peer: both parts hash to what is on chain. */
  #description(table: Table): Promise<DatasetDescription> {
    const { engine, seat } = this.#context;
    return this.#firstGood(table, "description", partiesExcept(seat), async (peer) => {
      const described = await describedBy(engine, peer, table);
      return described !== null && isOfTable(described, table) ? described : null;
    });
  }

  /** From one of its two other holders. */
  #share(table: Table, j: PartyId, shape: TableShape, commitment: Uint8Array): Promise<ShareOfTable> {
    const { datasetId } = table;
    return this.#firstGood(table, `share ${j}`, partiesExcept(this.#context.seat, j), async (peer) => {
      const share = await copyOf(this.#context.engine, peer, table, j, shape);
      const isRight = share !== null && (await shareMatches(j, share, shape, getBytes(datasetId), commitment));
      return isRight ? share : null;
    });
  }

  /** What the first of `holders` gives that is right. `get` gives null for what is wrong, and throws for what may pass. */
  async #firstGood<T>(
    { datasetId }: Table,
    what: string,
    holders: readonly PartyId[],
    get: (peer: PartyId) => Promise<T | null>,
  ): Promise<T> {
    let wrong = 0;
    for (const peer of holders) {
      try {
        const got = await get(peer);
        if (got !== null) return got;
        wrong++;
      } catch (error) {
        this.#context.log.info({ datasetId, peer, what, error }, "a peer does not give a part of a dataset");
      }
    }
    if (wrong === holders.length) {
      throw new NodeError(
        "DatasetUnusable",
        `dataset ${datasetId} cannot be used here: no holder can show a ${what} that matches its commitment, so its seller has to upload it again`,
      );
    }
    throw new NodeError(
      "SharesUnavailable",
      `this node lacks dataset ${datasetId}, and no peer gives it the ${what} now; ask again later`,
    );
  }
}

function isOfTable({ schema, shareCommitments }: DatasetDescription, table: Table): boolean {
  const { scheme, commitment } = table;
  return schemaHash(schema) === table.schemaHash && datasetCommitment(scheme, shareCommitments) === commitment;
}
