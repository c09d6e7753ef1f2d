/** The store on `node:sqlite`: one file in the node's folder, nothing to install. */
import { chmodSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import type { PartyId } from "../math/party.ts";
import { answerFromText, answerToText } from "./answer-text.ts";
import { type AtRest, createAtRest } from "./at-rest.ts";
import { alreadyStored, StoreError } from "./errors.ts";
import { prepareSchema } from "./sqlite-schema.ts";
import type {
  AnswerToSign,
  DatasetEntry,
  DatasetManifest,
  NewRequest,
  RequestFailure,
  RequestRecord,
  RequestState,
  SignedAnswer,
  Store,
  StoredDataset,
  StoredEvidence,
  StoredProgram,
} from "./store.ts";

interface RequestRow {
  request_id: string;
  market: string;
  buyer: string;
  deadline_unix_s: string;
  state: RequestState;
  session_opened: number;
  failure_code: string | null;
  failure_message: string | null;
}

const requestFromRow = (row: RequestRow): RequestRecord => ({
  requestId: row.request_id,
  market: row.market,
  buyer: row.buyer,
  deadlineUnixS: BigInt(row.deadline_unix_s),
  state: row.state,
  sessionOpened: row.session_opened === 1,
  failure: row.failure_code === null ? null : { code: row.failure_code, message: row.failure_message ?? "" },
});

const entryFromRow = (row: Record<string, unknown>): DatasetEntry => ({
  datasetId: row.dataset_id as string,
  seat: row.seat as PartyId,
  epoch: BigInt(row.epoch as string),
  commitment: row.commitment as string,
  rows: row.rows as number,
  owner: row.owner as string,
});
const ENTRY_COLUMNS = "dataset_id, seat, epoch, commitment, rows, owner";

const programFromRow = (row: Record<string, unknown>): StoredProgram => ({
  hash: row.hash as string,
  text: row.text as string,
  approvedAtUnixMs: row.approved_at_unix_ms as number,
});

const evidenceFromRow = (row: Record<string, unknown>): StoredEvidence => ({
  requestId: row.request_id as string,
  attempt: row.attempt as number,
  suspects: JSON.parse(row.suspects as string) as PartyId[],
  excluded: row.excluded as PartyId | null,
  code: row.code as string,
  message: row.message as string,
  atUnixMs: row.at_unix_ms as number,
});

const requestNotStored = (requestId: string) =>
  new StoreError("RequestNotStored", `the store holds no request ${requestId}; add it first`);

export interface SqliteStoreOptions {
  /** Path of the file; it is created, mode 0600, when missing. */
  readonly file: string;
  /** 32 bytes; a store opens its secrets only under the key that sealed them. */
  readonly storageKey: Uint8Array;
}

export class SqliteStore implements Store {
  readonly #database: DatabaseSync;
  readonly #atRest: AtRest;

  constructor({ file, storageKey }: SqliteStoreOptions) {
    this.#atRest = createAtRest(storageKey);
    this.#database = new DatabaseSync(file);
    try {
      chmodSync(file, 0o600);
      prepareSchema(this.#database);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  async putDataset(dataset: StoredDataset): Promise<void> {
    const { datasetId, seat, epoch, commitment, rows, owner, manifest } = dataset;
    const storedBytes = Buffer.byteLength(manifest) + dataset.package.length;
    const sealed = this.#atRest.seal("dataset", datasetId, seat, dataset.package);
    this.#transaction(() => {
      const { changes } = this.#database
        .prepare("INSERT INTO datasets VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
        .run(datasetId, seat, epoch.toString(), commitment, rows, owner, storedBytes, manifest, sealed);
      if (Number(changes) === 0) throw alreadyStored(datasetId);
      this.#database.prepare("DELETE FROM unusable_datasets WHERE dataset_id = ?").run(datasetId);
    });
  }

  async datasetEntry(datasetId: string): Promise<DatasetEntry | null> {
    const row = this.#database.prepare(`SELECT ${ENTRY_COLUMNS} FROM datasets WHERE dataset_id = ?`).get(datasetId);
    return row === undefined ? null : entryFromRow(row);
  }

  async datasetManifest(datasetId: string): Promise<DatasetManifest | null> {
    const columns = `${ENTRY_COLUMNS}, manifest`;
    const row = this.#database.prepare(`SELECT ${columns} FROM datasets WHERE dataset_id = ?`).get(datasetId);
    return row === undefined ? null : { ...entryFromRow(row), manifest: row.manifest as string };
  }

  async storedBytes(owner?: string): Promise<number> {
    const sum = "SELECT coalesce(sum(stored_bytes), 0) AS bytes FROM datasets";
    const row =
      owner === undefined
        ? this.#database.prepare(sum).get()
        : this.#database.prepare(`${sum} WHERE owner = ?`).get(owner);
    return Number(row?.bytes);
  }

  async dataset(datasetId: string): Promise<StoredDataset | null> {
    const row = this.#database.prepare("SELECT * FROM datasets WHERE dataset_id = ?").get(datasetId);
    if (row === undefined) return null;
    const entry = entryFromRow(row);
    return {
      ...entry,
      manifest: row.manifest as string,
      package: this.#atRest.open("dataset", datasetId, entry.seat, row.package as Uint8Array),
    };
  }

  async putProgram({ hash, text, approvedAtUnixMs }: StoredProgram): Promise<void> {
    this.#database
      .prepare("INSERT INTO programs VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
      .run(hash, text, approvedAtUnixMs);
  }

  async program(hash: string): Promise<StoredProgram | null> {
    const row = this.#database.prepare("SELECT * FROM programs WHERE hash = ?").get(hash);
    return row === undefined ? null : programFromRow(row);
  }

  async programs(): Promise<StoredProgram[]> {
    return this.#database
      .prepare("SELECT * FROM programs ORDER BY approved_at_unix_ms, hash")
      .all()
      .map(programFromRow);
  }

  async removeProgram(hash: string): Promise<boolean> {
    return Number(this.#database.prepare("DELETE FROM programs WHERE hash = ?").run(hash).changes) > 0;
  }

  async addRequest(request: NewRequest): Promise<boolean> {
    const { requestId, market, buyer, deadlineUnixS } = request;
    const { changes } = this.#database
      .prepare(
        `INSERT INTO requests (request_id, market, buyer, deadline_unix_s, state) VALUES (?, ?, ?, ?, 'queued')
         ON CONFLICT (request_id) DO UPDATE SET state = 'queued', failure_code = NULL, failure_message = NULL
         WHERE state = 'failed' AND session_opened = 0`,
      )
      .run(requestId, market, buyer, deadlineUnixS.toString());
    return Number(changes) > 0;
  }

  async request(requestId: string): Promise<RequestRecord | null> {
    const row = this.#database.prepare("SELECT * FROM requests WHERE request_id = ?").get(requestId);
    return row === undefined ? null : requestFromRow(row as unknown as RequestRow);
  }

  async unfinishedRequests(): Promise<RequestRecord[]> {
    const rows = this.#database
      .prepare("SELECT * FROM requests WHERE state IN ('queued', 'computing') ORDER BY sequence")
      .all();
    return rows.map((row) => requestFromRow(row as unknown as RequestRow));
  }

  async markComputing(requestId: string): Promise<void> {
    this.#database
      .prepare("UPDATE requests SET state = 'computing', session_opened = 1 WHERE request_id = ? AND state = 'queued'")
      .run(requestId);
  }

  async markFailed(requestId: string, failure: RequestFailure): Promise<void> {
    this.#database
      .prepare(
        `UPDATE requests SET state = 'failed', failure_code = ?, failure_message = ? WHERE request_id = ?
         AND NOT EXISTS (SELECT 1 FROM answers WHERE answers.request_id = requests.request_id)`,
      )
      .run(failure.code, failure.message, requestId);
  }

  async putAnswer({ requestId, seat, answer, result, opening }: AnswerToSign): Promise<void> {
    const text = answerToText(answer);
    this.#transaction(() => {
      const before = this.#database.prepare("SELECT answer, result FROM answers WHERE request_id = ?").get(requestId);
      if (before !== undefined) {
        if (before.answer === text && before.result === result) return;
        if (answerFromText(before.answer as string).attempt >= answer.attempt) {
          throw new StoreError(
            "DigestConflict",
            `another answer to request ${requestId} is persisted; in this attempt only that one is signed`,
          );
        }
        this.#database.prepare("DELETE FROM openings WHERE request_id = ?").run(requestId);
        this.#database.prepare("DELETE FROM answers WHERE request_id = ?").run(requestId);
        // Until the new answer is signed; after a restart it is signed from what is persisted.
        this.#database.prepare("UPDATE requests SET state = 'computing' WHERE request_id = ?").run(requestId);
      }
      if (this.#database.prepare("SELECT 1 FROM requests WHERE request_id = ?").get(requestId) === undefined) {
        throw requestNotStored(requestId);
      }
      this.#database.prepare("INSERT INTO answers VALUES (?, ?, ?, NULL)").run(requestId, text, result);
      if (opening === null) return;
      this.#database
        .prepare("INSERT INTO openings VALUES (?, ?, ?)")
        .run(requestId, seat, this.#atRest.seal("opening", requestId, seat, opening));
    });
  }

  async putSignature(requestId: string, signature: string): Promise<void> {
    this.#transaction(() => {
      const { changes } = this.#database
        .prepare("UPDATE answers SET signature = ? WHERE request_id = ?")
        .run(signature, requestId);
      if (Number(changes) === 0) throw requestNotStored(requestId);
      this.#database.prepare("UPDATE requests SET state = 'signed' WHERE request_id = ?").run(requestId);
    });
  }

  async answer(requestId: string): Promise<SignedAnswer | null> {
    const row = this.#database.prepare("SELECT * FROM answers WHERE request_id = ?").get(requestId);
    if (row === undefined) return null;
    return {
      answer: answerFromText(row.answer as string),
      result: row.result as string,
      signature: row.signature as string | null,
    };
  }

  async opening(requestId: string): Promise<Uint8Array | null> {
    const row = this.#database.prepare("SELECT * FROM openings WHERE request_id = ?").get(requestId);
    if (row === undefined) return null;
    return this.#atRest.open("opening", requestId, row.seat as PartyId, row.opening as Uint8Array);
  }

  async putEvidence(evidence: StoredEvidence): Promise<void> {
    const { requestId, attempt, suspects, excluded, code, message, atUnixMs } = evidence;
    this.#database
      .prepare("INSERT INTO evidence VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)")
      .run(requestId, attempt, JSON.stringify(suspects), excluded, code, message, atUnixMs);
  }

  async evidence(requestId: string): Promise<StoredEvidence[]> {
    return this.#database
      .prepare("SELECT * FROM evidence WHERE request_id = ? ORDER BY sequence")
      .all(requestId)
      .map(evidenceFromRow);
  }

  async markUnusable(datasetId: string, reason: string): Promise<void> {
    this.#database.prepare("INSERT INTO unusable_datasets VALUES (?, ?) ON CONFLICT DO NOTHING").run(datasetId, reason);
  }

  async unusable(datasetId: string): Promise<string | null> {
    const row = this.#database.prepare("SELECT reason FROM unusable_datasets WHERE dataset_id = ?").get(datasetId);
    return row === undefined ? null : (row.reason as string);
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
  }

  /** All of `work` or none of it; durable on return. */
  #transaction(work: () => void): void {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      work();
      this.#database.exec("COMMIT");
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
  }
}
