/** The store on `node:sqlite`: one file in the node's folder, nothing to install. */
import { chmodSync } from "node:fs";
import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { SIGNATURES_REQUIRED } from "@sharebridge/contracts/typed-data.ts";
import type { PartyId } from "../math/party.ts";
import { answerToText } from "./answer-text.ts";
import { type AtRest, createAtRest, type SealedPlace } from "./at-rest.ts";
import { alreadyStored, requestNotStored, StoreError } from "./errors.ts";
import { SqlitePrivateInputs } from "./sqlite-private-inputs.ts";
import {
  answerFromRow,
  ENTRY_COLUMNS,
  entryFromRow,
  evidenceFromRow,
  programFromRow,
  type RequestRow,
  requestFromRow,
  signatureFromRow,
  validityFromRow,
} from "./sqlite-rows.ts";
import { prepareSchema } from "./sqlite-schema.ts";
import {
  type AnswerToSign,
  type DatasetEntry,
  type DatasetManifest,
  MAX_STATEMENT_CHARACTERS,
  type NewEvidence,
  type NewRequest,
  type RequestFailure,
  type RequestRecord,
  type SeatSignature,
  type SignedAnswer,
  type Store,
  type StoredDataset,
  type StoredEvidence,
  type StoredPrivateInputs,
  type StoredProgram,
  type StoredStatement,
  type StoredValidity,
} from "./store.ts";

export interface SqliteStoreOptions {
  /** Path of the file; it is created, mode 0600, when missing. */
  readonly file: string;
  /** 32 bytes; a store opens its secrets only under the key that sealed them. */
  readonly storageKey: Uint8Array;
}

export class SqliteStore implements Store {
  readonly #database: DatabaseSync;
  readonly #atRest: AtRest;
  readonly #privateInputs: SqlitePrivateInputs;

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
    this.#privateInputs = new SqlitePrivateInputs(this.#database, this.#atRest);
  }

  async putDataset(dataset: StoredDataset): Promise<void> {
    const { datasetId } = dataset;
    const row = this.#sealedRow(dataset, { kind: "dataset", id: datasetId, seat: dataset.seat });
    this.#transaction(() => {
      const { changes } = this.#database
        .prepare("INSERT INTO datasets VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
        .run(...row);
      if (Number(changes) === 0) throw alreadyStored(datasetId);
      this.#database.prepare("DELETE FROM unusable_datasets WHERE dataset_id = ?").run(datasetId);
    });
  }

  async putValidRows(rows: StoredDataset): Promise<void> {
    const row = this.#sealedRow(rows, { kind: "valid-rows", id: rows.commitment, seat: rows.seat });
    this.#database
      .prepare("INSERT INTO valid_rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
      .run(...row);
  }

  async datasetEntry(datasetId: string, commitment?: string): Promise<DatasetEntry | null> {
    const found = this.#table(ENTRY_COLUMNS, datasetId, commitment);
    return found === null ? null : entryFromRow(found.row);
  }

  async datasetManifest(datasetId: string, commitment?: string): Promise<DatasetManifest | null> {
    const found = this.#table(`${ENTRY_COLUMNS}, manifest`, datasetId, commitment);
    return found === null ? null : { ...entryFromRow(found.row), manifest: found.row.manifest as string };
  }

  async datasetLike(prefix: string): Promise<DatasetManifest | null> {
    const query = "SELECT dataset_id FROM datasets WHERE dataset_id >= ? AND dataset_id < ? LIMIT 1";
    const row = this.#database.prepare(query).get(prefix, `${prefix}g`);
    return row === undefined ? null : this.datasetManifest(row.dataset_id as string);
  }

  async storedBytes(owner?: string): Promise<number> {
    const sums = ["datasets", "valid_rows"].map((table) => {
      const sum = `SELECT coalesce(sum(stored_bytes), 0) AS bytes FROM ${table}`;
      const row =
        owner === undefined
          ? this.#database.prepare(sum).get()
          : this.#database.prepare(`${sum} WHERE owner = ?`).get(owner);
      return Number(row?.bytes);
    });
    return sums[0]! + sums[1]!;
  }

  async dataset(datasetId: string, commitment?: string): Promise<StoredDataset | null> {
    const found = this.#table("*", datasetId, commitment);
    if (found === null) return null;
    const { row, kind } = found;
    const entry = entryFromRow(row);
    const id = kind === "dataset" ? datasetId : entry.commitment;
    return {
      ...entry,
      manifest: row.manifest as string,
      package: this.#atRest.open({ kind, id, seat: entry.seat }, row.package as Uint8Array),
    };
  }

  async rowCheckRuns(datasetId: string): Promise<number> {
    const row = this.#database.prepare("SELECT runs FROM row_checks WHERE dataset_id = ?").get(datasetId);
    return Number(row?.runs ?? 0);
  }

  async beginRowCheck(datasetId: string, run: number): Promise<void> {
    this.#transaction(() => {
      this.#database
        .prepare(
          "INSERT INTO row_checks VALUES (?, ?) ON CONFLICT (dataset_id) DO UPDATE SET runs = max(runs, excluded.runs)",
        )
        .run(datasetId, run + 1);
      this.#database.prepare("DELETE FROM valid_rows WHERE dataset_id = ?").run(datasetId);
    });
  }

  async putValidity(validity: StoredValidity, commitment: string): Promise<void> {
    const { datasetId, run, attempt, activeSet, result, signatures } = validity;
    this.#transaction(() => {
      const { changes } = this.#database
        .prepare("INSERT INTO validities VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
        .run(datasetId, run, attempt, activeSet, result, JSON.stringify(signatures));
      if (Number(changes) === 0) return;
      const others = "DELETE FROM valid_rows WHERE dataset_id = ? AND commitment <> ?";
      this.#database.prepare(others).run(datasetId, commitment);
    });
  }

  async validity(datasetId: string): Promise<StoredValidity | null> {
    const row = this.#database.prepare("SELECT * FROM validities WHERE dataset_id = ?").get(datasetId);
    return row === undefined ? null : validityFromRow(row);
  }

  async putPrivateInputs(inputs: StoredPrivateInputs): Promise<boolean> {
    return this.#privateInputs.put(inputs);
  }

  async privateInputs(commitment: string): Promise<StoredPrivateInputs | null> {
    return this.#privateInputs.find(commitment);
  }

  async privateInputsBytes(uploader?: string): Promise<number> {
    return this.#privateInputs.bytes(uploader);
  }

  async keepPrivateInputs(commitment: string, untilUnixS: bigint): Promise<void> {
    this.#privateInputs.keep(commitment, untilUnixS);
  }

  async removePrivateInputs(commitment: string): Promise<void> {
    this.#privateInputs.remove(commitment);
  }

  async expirePrivateInputs(nowUnixS: bigint): Promise<number> {
    return this.#privateInputs.expire(nowUnixS);
  }

  async putProgram({ hash, text, approvedAtUnixMs }: StoredProgram): Promise<void> {
    this.#transaction(() => {
      this.#database.prepare("DELETE FROM revoked_programs WHERE hash = ?").run(hash);
      this.#database
        .prepare("INSERT INTO programs VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
        .run(hash, text, approvedAtUnixMs);
    });
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
    return this.#transaction(() => {
      this.#database.prepare("INSERT INTO revoked_programs VALUES (?) ON CONFLICT DO NOTHING").run(hash);
      return Number(this.#database.prepare("DELETE FROM programs WHERE hash = ?").run(hash).changes) > 0;
    });
  }

  async isRevoked(hash: string): Promise<boolean> {
    return this.#database.prepare("SELECT 1 FROM revoked_programs WHERE hash = ?").get(hash) !== undefined;
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
    const { attempt } = answer;
    this.#transaction(() => {
      const latest = this.#latest(requestId);
      if (latest?.answer === text && latest.result === result) return;
      if (latest !== undefined && (latest.attempt as number) >= attempt) {
        throw new StoreError(
          "DigestConflict",
          `another answer to request ${requestId} is persisted; in attempt ${attempt} no second one is signed`,
        );
      }
      // Until it is signed; after a restart it is signed from what is persisted.
      const { changes } = this.#database
        .prepare("UPDATE requests SET state = iif(state = 'signed', 'computing', state) WHERE request_id = ?")
        .run(requestId);
      if (Number(changes) === 0) throw requestNotStored(requestId);
      this.#database.prepare("INSERT INTO answers VALUES (?, ?, ?, ?, NULL)").run(requestId, attempt, text, result);
      if (opening === null) return;
      const sealed = this.#atRest.seal({ kind: "opening", id: requestId, seat, attempt }, opening);
      this.#database.prepare("INSERT INTO openings VALUES (?, ?, ?, ?)").run(requestId, attempt, seat, sealed);
    });
  }

  async putSignature(requestId: string, signature: string): Promise<void> {
    this.#transaction(() => {
      const attempt = this.#latest(requestId)?.attempt as number | undefined;
      if (attempt === undefined) throw requestNotStored(requestId);
      this.#database
        .prepare("UPDATE answers SET signature = ? WHERE request_id = ? AND attempt = ?")
        .run(signature, requestId, attempt);
      this.#database.prepare("UPDATE requests SET state = 'signed' WHERE request_id = ?").run(requestId);
    });
  }

  async answer(requestId: string, attempt?: number): Promise<SignedAnswer | null> {
    const row = attempt === undefined ? this.#latest(requestId) : this.#answerOf(requestId, attempt);
    return row === undefined ? null : answerFromRow(row);
  }

  async opening(requestId: string, attempt: number): Promise<Uint8Array | null> {
    const row = this.#database
      .prepare("SELECT seat, opening FROM openings WHERE request_id = ? AND attempt = ?")
      .get(requestId, attempt);
    if (row === undefined) return null;
    const place = { kind: "opening", id: requestId, seat: row.seat as PartyId, attempt } as const;
    return this.#atRest.open(place, row.opening as Uint8Array);
  }

  async putCertificate(requestId: string, attempt: number, signatures: readonly SeatSignature[]): Promise<void> {
    if (new Set(signatures.map(({ seat }) => seat)).size < SIGNATURES_REQUIRED) {
      throw new RangeError(`a certificate has the signatures of ${SIGNATURES_REQUIRED} seats at least`);
    }
    this.#transaction(() => {
      if (this.#answerOf(requestId, attempt) === undefined) throw requestNotStored(requestId);
      const insert = this.#database.prepare("INSERT INTO seat_signatures VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING");
      for (const { seat, signature } of signatures) insert.run(requestId, attempt, seat, signature);
    });
  }

  async certificate(requestId: string, attempt: number): Promise<SeatSignature[]> {
    return this.#database
      .prepare("SELECT seat, signature FROM seat_signatures WHERE request_id = ? AND attempt = ? ORDER BY seat")
      .all(requestId, attempt)
      .map(signatureFromRow);
  }

  async putEvidence(evidence: NewEvidence): Promise<void> {
    const { requestId, attempt, suspects, excluded, code, message, statements, atUnixMs } = evidence;
    const kept = thatFit(statements);
    this.#database
      .prepare(
        `INSERT INTO evidence
         (request_id, attempt, suspects, excluded, code, message, at_unix_ms, statements, statements_left_out)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        ...[requestId, attempt, JSON.stringify(suspects), excluded, code, message, atUnixMs],
        ...[JSON.stringify(kept), statements.length - kept.length],
      );
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

  /** The columns of both tables of shares. */
  #sealedRow(dataset: StoredDataset, place: SealedPlace) {
    const { datasetId, seat, epoch, commitment, rows, owner, manifest } = dataset;
    const storedBytes = Buffer.byteLength(manifest) + dataset.package.length;
    const sealed = this.#atRest.seal(place, dataset.package);
    return [datasetId, seat, epoch.toString(), commitment, rows, owner, storedBytes, manifest, sealed] as const;
  }

  /** The seller's own table, or the one of the dataset that has this commitment. */
  #table(
    columns: string,
    datasetId: string,
    commitment?: string,
  ): { readonly kind: "dataset" | "valid-rows"; readonly row: Record<string, SQLOutputValue> } | null {
    const own = this.#database.prepare(`SELECT ${columns} FROM datasets WHERE dataset_id = ?`).get(datasetId);
    if (own !== undefined && (commitment ?? own.commitment) === own.commitment) return { kind: "dataset", row: own };
    if (commitment === undefined) return null;
    const query = `SELECT ${columns} FROM valid_rows WHERE dataset_id = ? AND commitment = ?`;
    const row = this.#database.prepare(query).get(datasetId, commitment);
    return row === undefined ? null : { kind: "valid-rows", row };
  }

  #latest(requestId: string): Record<string, SQLOutputValue> | undefined {
    const query = "SELECT * FROM answers WHERE request_id = ? ORDER BY attempt DESC LIMIT 1";
    return this.#database.prepare(query).get(requestId);
  }

  #answerOf(requestId: string, attempt: number): Record<string, SQLOutputValue> | undefined {
    return this.#database.prepare("SELECT * FROM answers WHERE request_id = ? AND attempt = ?").get(requestId, attempt);
  }

  /** All of `work` or none of it; durable on return. */
  #transaction<T>(work: () => T): T {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.#database.exec("COMMIT");
      return result;
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
  }
}

function thatFit(statements: readonly StoredStatement[]): StoredStatement[] {
  let room = MAX_STATEMENT_CHARACTERS;
  const end = statements.findIndex(({ statement, signature }) => {
    room -= statement.length + signature.length;
    return room < 0;
  });
  return statements.slice(0, end < 0 ? statements.length : end);
}
