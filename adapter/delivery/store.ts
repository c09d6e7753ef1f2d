/**
 * What must survive a restart: answers that were computed, and deliveries that are owed. One SQLite file, written before
 * a request is acknowledged. It holds resume URLs, which are secrets: its folder is the operator's alone (mode 0700).
 */
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { AnswerResponse } from "../computation/response.ts";

/** A run of a Chainlink node that waits to be resumed. */
export interface Delivery {
  readonly id: number;
  readonly requestId: string;
  readonly responseUrl: string;
  /** The body to send, or null while the answer is being computed. */
  readonly body: string | null;
  /** Since when there is a body, or null. */
  readonly readySinceUnixMs: number | null;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS answers (
    request_id TEXT PRIMARY KEY, response TEXT NOT NULL, sequence INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS answers_by_age ON answers (sequence);
  CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, request_id TEXT NOT NULL, response_url TEXT NOT NULL, body TEXT,
    ready_since_unix_ms INTEGER, UNIQUE (request_id, response_url)
  ) STRICT;
`;

const DELIVERY_COLUMNS =
  'id, request_id AS "requestId", response_url AS "responseUrl", body, ready_since_unix_ms AS "readySinceUnixMs"';

export class DeliveryStore {
  readonly #database: DatabaseSync;
  readonly #answersKept: number;

  /** @param dataDir an existing folder; @param answersKept how many answers are remembered, the newest ones */
  constructor(dataDir: string, answersKept: number) {
    const file = join(dataDir, "deliveries.sqlite");
    this.#database = new DatabaseSync(file);
    chmodSync(file, 0o600);
    this.#answersKept = answersKept;
    this.#database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;");
    this.#database.exec(SCHEMA);
  }

  answerTo(requestId: string): AnswerResponse | null {
    const row = this.#database.prepare("SELECT response FROM answers WHERE request_id = ?").get(requestId);
    return row === undefined ? null : (JSON.parse(String(row.response)) as AnswerResponse);
  }

  remember(requestId: string, response: AnswerResponse): void {
    this.#database
      .prepare(
        `INSERT INTO answers (request_id, response, sequence)
         VALUES (?, ?, (SELECT coalesce(max(sequence), 0) + 1 FROM answers)) ON CONFLICT DO NOTHING`,
      )
      .run(requestId, JSON.stringify(response));
    this.#database
      .prepare("DELETE FROM answers WHERE sequence <= (SELECT max(sequence) FROM answers) - ?")
      .run(this.#answersKept);
  }

  /** Writes down a delivery; null when the same one is owed already. */
  owe(requestId: string, responseUrl: string): Delivery | null {
    const row = this.#database
      .prepare(
        `INSERT INTO deliveries (request_id, response_url) VALUES (?, ?)
         ON CONFLICT DO NOTHING RETURNING ${DELIVERY_COLUMNS}`,
      )
      .get(requestId, responseUrl);
    return (row as unknown as Delivery | undefined) ?? null;
  }

  owed(): Delivery[] {
    return this.#database
      .prepare(`SELECT ${DELIVERY_COLUMNS} FROM deliveries ORDER BY id`)
      .all() as unknown as Delivery[];
  }

  countOwed(): number {
    return Number(this.#database.prepare("SELECT count(*) AS count FROM deliveries").get()?.count);
  }

  isOwed(requestId: string, responseUrl: string): boolean {
    const query = "SELECT 1 FROM deliveries WHERE request_id = ? AND response_url = ?";
    return this.#database.prepare(query).get(requestId, responseUrl) !== undefined;
  }

  setBody(delivery: Delivery, body: string, nowUnixMs: number): void {
    this.#database
      .prepare("UPDATE deliveries SET body = ?, ready_since_unix_ms = ? WHERE id = ?")
      .run(body, nowUnixMs, delivery.id);
  }

  settle(delivery: Delivery): void {
    this.#database.prepare("DELETE FROM deliveries WHERE id = ?").run(delivery.id);
  }

  close(): void {
    this.#database.close();
  }
}
