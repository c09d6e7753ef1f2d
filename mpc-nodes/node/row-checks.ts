/**
 * Which rows of a dataset are valid: found by the four nodes together, once, when its seller first wants to join a market with it
 * (PROTOCOL 11), and remembered. Only what the chain shows for this committee and epoch, and this node holds, is checked.
 */
import type { ChainDataset } from "../chain/chain-reader.ts";
import { type PartyId, partiesExcept } from "../math/party.ts";
import type { DatasetManifest, StoredValidity } from "../store/store.ts";
import { ROW_CHECK_RUNS_AHEAD, ROW_CHECK_WAIT_MS, ROW_CHECKS_PER_SEAT } from "../wire/limits.ts";
import type { NodeContext } from "./context.ts";
import { NodeError } from "./errors.ts";
import { failureOf, mayPass } from "./failure.ts";
import { registeredDataset } from "./registered-dataset.ts";
import { MAX_ROW_CHECK_RUNS, parseRowCheckId } from "./row-check-id.ts";
import { runRowCheck } from "./run-row-check.ts";
import type { ShareFetcher } from "./share-fetcher.ts";
import { validityShownBy } from "./share-source.ts";
import { isCertified, type ValidRows, validityDomain, validRowsIn } from "./validity.ts";

interface UnderWay {
  /** Who set it off: this seat for its sellers, or the peer that announced a session first. */
  readonly starter: PartyId;
  readonly owner: string;
  /** Null as long as peers are asked. */
  run: number | null;
  readonly done: Promise<ValidRows>;
}

export class RowChecks {
  readonly #context: NodeContext;
  readonly #fetcher: ShareFetcher;
  /** By dataset: whoever needs it waits for the same one. */
  readonly #underWay = new Map<string, UnderWay>();
  #stopped = false;

  constructor(context: NodeContext, fetcher: ShareFetcher) {
    this.#context = context;
    this.#fetcher = fetcher;
  }

  /**
   * The valid rows of a dataset, whose shares are stored here when it resolves. Throws `RowsBeingChecked` when it takes longer than a
   * call may, while it goes on; `QueueFull`; `RowsNotChecked` when the nodes came to nothing, for now.
   *
   * @param dataset as the chain shows it; what the seller shared is stored here
   */
  async validRowsOf(dataset: ChainDataset): Promise<ValidRows> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const { datasetId } = dataset;
    const timer = setTimeout(() => {
      reject(
        new NodeError(
          "RowsBeingChecked",
          `the nodes are checking the rows of dataset ${datasetId}; ask again in a moment`,
        ),
      );
    }, ROW_CHECK_WAIT_MS);
    try {
      const found = this.#underWay.get(datasetId)?.done ?? this.#begin(dataset, this.#context.seat, null);
      return await Promise.race([found, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The dataset that a peer's announcement is about, and the number of the session; null when it is about a request. */
  async find(id: string): Promise<{ readonly stored: DatasetManifest; readonly run: number } | null> {
    const { prefix, run } = parseRowCheckId(id);
    const stored = await this.#context.store.datasetLike(prefix);
    return stored === null ? null : { stored, run };
  }

  /** Takes part in a session that a peer announced, unless its check or the session is over here. Throws what says that it does not, or not yet. */
  async takePart(
    { stored, run }: { stored: DatasetManifest; run: number },
    from: PartyId,
  ): Promise<"queued" | "signed" | "failed"> {
    const { store, chain } = this.#context;
    const { datasetId } = stored;
    if ((await store.validity(datasetId)) !== null) return "signed";
    if (this.#underWay.get(datasetId)?.run === run) return "queued";
    const next = await store.rowCheckRuns(datasetId);
    if (run < next) return "failed";
    if (run > next + ROW_CHECK_RUNS_AHEAD) {
      throw new NodeError(
        "RowsNotChecked",
        `session ${run} about dataset ${datasetId} is far ahead of ${next}, the next here`,
      );
    }
    const dataset = await registeredDataset(this.#context, await chain.view(), stored);
    if (this.#underWay.has(datasetId)) throw busy(`another session about dataset ${datasetId} is under way here`);
    // Nobody waits for it here.
    this.#begin(dataset, from, run).catch(() => {});
    return "queued";
  }

  /** Takes nothing on any more; resolves when nothing is under way. Close the engine first. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.allSettled([...this.#underWay.values()].map(({ done }) => done));
  }

  /**
   * From here to the entry into the map nothing is awaited: two cannot take the same place. Throws when there is none.
   * @param run of the session that a peer has announced; null for this node's next
   */
  #begin(dataset: ChainDataset, starter: PartyId, run: number | null): Promise<ValidRows> {
    const { datasetId, owner } = dataset;
    this.#requireRoom(starter, owner);
    const { promise: done, resolve } = Promise.withResolvers<ValidRows>();
    const underWay: UnderWay = { starter, owner, run, done };
    this.#underWay.set(datasetId, underWay);
    const work = this.#find(dataset, underWay).finally(() => this.#underWay.delete(datasetId));
    work.catch((error: unknown) =>
      this.#context.log.warn({ datasetId, error }, "the rows of a dataset were not checked"),
    );
    resolve(work);
    done.catch(() => {});
    return done;
  }

  /** Of one owner a seller's own node starts one at a time; what peers have started is not held up. */
  #requireRoom(starter: PartyId, owner: string): void {
    if (this.#stopped) throw new NodeError("ShuttingDown", "this node is shutting down; ask again when it is back");
    const started = [...this.#underWay.values()].filter((other) => other.starter === starter);
    const isOwn = starter === this.#context.seat;
    if (started.length >= ROW_CHECKS_PER_SEAT || (isOwn && started.some((other) => other.owner === owner))) {
      throw busy("the rows of other datasets are being checked; ask again in a moment");
    }
  }

  async #find(dataset: ChainDataset, underWay: UnderWay): Promise<ValidRows> {
    const { store } = this.#context;
    const known = await store.validity(dataset.datasetId);
    const validity = known ?? (await this.#shownByPeers(dataset)) ?? (await this.#checked(dataset, underWay));
    const found = validRowsIn(validity.result, dataset);
    if (known === null) await store.putValidity(validity, found.commitment);
    const { datasetId, owner } = dataset;
    if ((await store.datasetEntry(datasetId, found.commitment)) === null) {
      await this.#fetcher.obtain({ datasetId, seller: owner, ...found });
    }
    return found;
  }

  /** What most of the peers show that is signed by three: one that was away does not follow the only one that says otherwise. */
  async #shownByPeers(dataset: ChainDataset): Promise<StoredValidity | null> {
    const { engine, seat, chain, committeeId, log } = this.#context;
    const { datasetId, epoch } = dataset;
    const signers = (await (await chain.view()).seats(committeeId, epoch)).map(({ signer }) => signer);
    const domain = validityDomain(this.#context);
    const asked = partiesExcept(seat).map(async (peer) => {
      try {
        const shown = await validityShownBy(engine, peer, dataset);
        return isCertified(domain, signers, dataset, shown) ? [{ datasetId, ...shown }] : [];
      } catch (error) {
        log.debug({ datasetId, peer, error }, "a peer shows no check of a dataset's rows");
        return [];
      }
    });
    const shown = Map.groupBy((await Promise.all(asked)).flat(), ({ result }) => result);
    const [most] = [...shown.values()].sort((a, b) => b.length - a.length);
    return most?.[0] ?? null;
  }

  async #checked(dataset: ChainDataset, underWay: UnderWay): Promise<StoredValidity> {
    const { store } = this.#context;
    const { datasetId } = dataset;
    underWay.run ??= await store.rowCheckRuns(datasetId);
    if (underWay.run >= MAX_ROW_CHECK_RUNS) {
      throw new NodeError("DatasetUnusable", `the rows of dataset ${datasetId} could not be checked; register it anew`);
    }
    try {
      return await runRowCheck(this.#context, dataset, underWay.run);
    } catch (error) {
      // The peers may have come to an end without this node's part.
      const shown = await this.#shownByPeers(dataset);
      if (shown !== null) return shown;
      if (error instanceof NodeError || mayPass(failureOf(error).code)) throw error;
      const message = `the nodes could not check the rows of dataset ${datasetId} now; ask again later`;
      throw Object.assign(new NodeError("RowsNotChecked", message), { cause: error });
    }
  }
}

const busy = (message: string) => new NodeError("QueueFull", message);
