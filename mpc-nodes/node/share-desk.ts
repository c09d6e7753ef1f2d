/**
 * Gives peers the shares that they are entitled to and lack (PROTOCOL 10). Never share e to seat e: with the three that it
 * holds anyway it would have the table. Who asks is known from the key of the connection, not from the question.
 */

import { concatenateBytes } from "../math/bytes.ts";
import { isPartyId, type PartyId } from "../math/party.ts";
import { WORD_BYTES } from "../math/words.ts";
import { decodePackage, EXPLICIT_SHARE, type PartyPackage } from "../sharing/package.ts";
import type { DatasetManifest } from "../store/store.ts";
import { MAX_ANSWER_BYTES, SHARE_IDLE_MS, SHARE_QUESTION_COST_BYTES } from "../wire/limits.ts";
import { decodeShareQuestion, encodeDescription, type ShareQuestion } from "../wire/share-question.ts";
import type { UploadManifest } from "../wire/upload.ts";
import { encodeValidityAnswer } from "../wire/validity-answer.ts";
import { PeerBudgets } from "./byte-budget.ts";
import type { NodeContext } from "./context.ts";
import { NodeError } from "./errors.ts";
import type { TableName } from "./share-source.ts";
import { Sparse } from "./sparse.ts";
import { manifestSchema, shapeOfTable } from "./stored-schema.ts";

/** A dataset that a peer is fetching: opened once, not for each piece. */
interface Opened {
  readonly commitment: string;
  readonly package: PartyPackage;
  readonly timer: NodeJS.Timeout;
}

type DeskContext = Pick<NodeContext, "store" | "chain" | "seat" | "committeeId" | "epoch" | "log">;

export class ShareDesk {
  readonly #context: DeskContext;
  readonly #refusals = new Sparse<PartyId>();
  readonly #budgets = new PeerBudgets();
  /** One for each peer: it fetches one dataset after another. */
  readonly #opened = new Map<PartyId, Opened>();

  #stopped = false;

  constructor(context: DeskContext) {
    this.#context = context;
  }

  /** Throws a `NodeError` or `WireError` that stays here: the peer learns only that it is refused. */
  async answer(bytes: Uint8Array, from: PartyId): Promise<Uint8Array> {
    try {
      const question = decodeShareQuestion(bytes);
      this.#checkEntitled(question, from);
      this.#budgets.charge(from, SHARE_QUESTION_COST_BYTES);
      if (question.kind === "describe") return await this.#describe(question);
      if (question.kind === "validity") return await this.#validity(question);
      const held = await this.#open(question, from);
      const answer = question.kind === "secrets" ? secretsOf(held, question.share) : pieceOf(held, question.piece);
      this.#budgets.charge(from, answer.length);
      return answer;
    } catch (error) {
      const count = this.#refusals.due(from);
      if (count > 0) this.#context.log.warn({ from, count, error }, "a peer's question about a share is refused");
      throw error;
    }
  }

  /** Forgets what is open; no timer is left. */
  stop(): void {
    this.#stopped = true;
    for (const peer of [...this.#opened.keys()]) this.#forget(peer);
  }

  /** Before anything is looked up: what is asked for is neither the asker's own index nor one that is not held here. */
  #checkEntitled({ kind, share }: ShareQuestion, from: PartyId): void {
    const { seat } = this.#context;
    if (!isPartyId(from) || from === seat) throw new NodeError("NotEntitled", `seat ${from} is no peer`);
    if (kind === "describe" || kind === "validity") return;
    if (share === from)
      throw new NodeError("NotEntitled", `seat ${from} asks for share ${share}, which it must not have`);
    if (share === seat) throw new NodeError("NotEntitled", `share ${share} is not held by seat ${seat}`);
    if (kind === "words" && share !== EXPLICIT_SHARE) {
      throw new NodeError("NotEntitled", `share ${share} has no words, it is a seed`);
    }
  }

  async #describe(table: TableName): Promise<Uint8Array> {
    const { schema, shareCommitments } = JSON.parse((await this.#stored(table)).manifest) as UploadManifest;
    return encodeDescription({ schema, shareCommitments });
  }

  /** Public: what three seats have signed. */
  async #validity(table: TableName): Promise<Uint8Array> {
    await this.#stored(table);
    const validity = await this.#context.store.validity(table.datasetId);
    if (validity === null) {
      throw new NodeError("RowsBeingChecked", `the rows of dataset ${table.datasetId} have not been checked here`);
    }
    return encodeValidityAnswer(validity);
  }

  /** Opening costs the peer what it costs this node. */
  async #open(table: TableName, from: PartyId): Promise<PartyPackage> {
    const { datasetId, commitment } = table;
    const before = this.#opened.get(from);
    if (before?.commitment === commitment) {
      before.timer.refresh();
      return before.package;
    }
    const manifest = await this.#stored(table);
    const shape = shapeOfTable(manifestSchema(manifest), manifest.rows);
    this.#budgets.charge(from, shape.columns * shape.rows * WORD_BYTES);
    const stored = await this.#context.store.dataset(datasetId, commitment);
    if (stored === null || this.#stopped) throw notStored(datasetId);
    const opened = {
      commitment,
      package: decodePackage(stored.package, stored.seat, shape),
      timer: setTimeout(() => this.#forget(from), SHARE_IDLE_MS),
    };
    this.#forget(from);
    this.#opened.set(from, opened);
    return opened.package;
  }

  /** Stored here for this seat and epoch, of a dataset that the chain shows for this committee. */
  async #stored({ datasetId, commitment }: TableName): Promise<DatasetManifest> {
    const { store, chain, seat, committeeId, epoch } = this.#context;
    const stored = await store.datasetManifest(datasetId, commitment);
    if (stored === null || stored.seat !== seat || stored.epoch !== epoch) throw notStored(datasetId);
    const dataset = await (await chain.view()).dataset(datasetId);
    if (dataset === null) throw new NodeError("UnknownDataset", `no dataset ${datasetId} is registered on this chain`);
    if (dataset.committeeId !== committeeId || dataset.epoch !== epoch) {
      throw new NodeError(
        "WrongEpoch",
        `dataset ${datasetId} is of committee ${dataset.committeeId}, epoch ${dataset.epoch}`,
      );
    }
    const uploaded = await store.datasetEntry(datasetId);
    if (uploaded?.commitment === commitment && commitment !== dataset.commitment) {
      throw new NodeError("CommitmentMismatch", `dataset ${datasetId} is not the one that is stored here`);
    }
    return stored;
  }

  #forget(peer: PartyId): void {
    clearTimeout(this.#opened.get(peer)?.timer);
    this.#opened.delete(peer);
  }
}

function secretsOf({ salts, seeds }: PartyPackage, share: PartyId): Uint8Array {
  return concatenateBytes([salts[share]!, ...(share === EXPLICIT_SHARE ? [] : [seeds[share]!])]);
}

/** Of the columns' words one after another the bytes from `piece · MAX_ANSWER_BYTES` on. */
function pieceOf({ explicit }: PartyPackage, piece: number): Uint8Array {
  let skip = piece * MAX_ANSWER_BYTES;
  let room = MAX_ANSWER_BYTES;
  const parts: Uint8Array[] = [];
  for (const words of explicit!) {
    const part = new Uint8Array(words.buffer, words.byteOffset, words.byteLength).subarray(skip, skip + room);
    skip = Math.max(0, skip - words.byteLength);
    room -= part.length;
    parts.push(part);
  }
  if (room === MAX_ANSWER_BYTES) throw new NodeError("Malformed", `share ${EXPLICIT_SHARE} has no piece ${piece}`);
  return concatenateBytes(parts);
}

const notStored = (datasetId: string) =>
  new NodeError("DatasetNotStored", `the shares of dataset ${datasetId} are not stored here for this epoch`);
