/** The tables of the SQLite store. `user_version` numbers them; a file of a newer version is refused, never guessed at. */
import type { DatabaseSync } from "node:sqlite";
import { StoreError } from "./errors.ts";

export const SCHEMA_VERSION = 6;

const version1 = `
CREATE TABLE datasets (
  dataset_id   TEXT PRIMARY KEY,
  seat         INTEGER NOT NULL,
  epoch        TEXT NOT NULL,
  commitment   TEXT NOT NULL,
  rows         INTEGER NOT NULL,
  owner        TEXT NOT NULL,
  stored_bytes INTEGER NOT NULL,       -- manifest and package, before sealing
  manifest     TEXT NOT NULL,
  package      BLOB NOT NULL           -- sealed, at-rest.ts
) STRICT, WITHOUT ROWID;
-- Sums by owner and over all without touching a row.
CREATE INDEX datasets_by_owner ON datasets (owner, stored_bytes);

CREATE TABLE programs (
  hash                TEXT PRIMARY KEY,
  text                TEXT NOT NULL,
  approved_at_unix_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE requests (
  sequence        INTEGER PRIMARY KEY,
  request_id      TEXT NOT NULL UNIQUE,
  market          TEXT NOT NULL,
  buyer           TEXT NOT NULL,
  deadline_unix_s TEXT NOT NULL,
  state           TEXT NOT NULL CHECK (state IN ('queued', 'computing', 'signed', 'failed')),
  session_opened  INTEGER NOT NULL DEFAULT 0,
  failure_code    TEXT,
  failure_message TEXT
) STRICT;

CREATE TABLE answers (
  request_id TEXT PRIMARY KEY REFERENCES requests (request_id),
  answer     TEXT NOT NULL,            -- canonical JSON of MarketAnswer, numbers as decimal strings
  result     TEXT NOT NULL,
  signature  TEXT
) STRICT;

CREATE TABLE openings (
  request_id TEXT PRIMARY KEY REFERENCES requests (request_id),
  seat       INTEGER NOT NULL,
  opening    BLOB NOT NULL             -- sealed, at-rest.ts
) STRICT;
`;

const version2 = `
CREATE TABLE evidence (
  sequence   INTEGER PRIMARY KEY,
  request_id TEXT NOT NULL,
  attempt    INTEGER NOT NULL,
  suspects   TEXT NOT NULL,            -- JSON array of seats
  excluded   INTEGER,
  code       TEXT NOT NULL,
  message    TEXT NOT NULL,
  at_unix_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX evidence_by_request ON evidence (request_id);

CREATE TABLE unusable_datasets (
  dataset_id TEXT PRIMARY KEY,
  reason     TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** One answer an attempt instead of one a request, with what the peers signed; statements beside the evidence. */
const version3 = `
CREATE TABLE answers_of_attempts (
  request_id TEXT NOT NULL REFERENCES requests (request_id),
  attempt    INTEGER NOT NULL,
  answer     TEXT NOT NULL,            -- canonical JSON of MarketAnswer, numbers as decimal strings
  result     TEXT NOT NULL,
  signature  TEXT,
  PRIMARY KEY (request_id, attempt)
) STRICT;
CREATE TABLE openings_of_attempts (
  request_id TEXT NOT NULL,
  attempt    INTEGER NOT NULL,
  seat       INTEGER NOT NULL,
  opening    BLOB NOT NULL,            -- sealed, at-rest.ts
  PRIMARY KEY (request_id, attempt),
  FOREIGN KEY (request_id, attempt) REFERENCES answers_of_attempts (request_id, attempt)
) STRICT;
INSERT INTO answers_of_attempts
  SELECT request_id, json_extract(answer, '$.attempt'), answer, result, signature FROM answers;
INSERT INTO openings_of_attempts
  SELECT request_id, attempt, seat, opening FROM openings JOIN answers_of_attempts USING (request_id);
DROP TABLE openings;
DROP TABLE answers;
ALTER TABLE answers_of_attempts RENAME TO answers;
ALTER TABLE openings_of_attempts RENAME TO openings;

CREATE TABLE seat_signatures (
  request_id TEXT NOT NULL,
  attempt    INTEGER NOT NULL,
  seat       INTEGER NOT NULL,
  signature  TEXT NOT NULL,
  PRIMARY KEY (request_id, attempt, seat),
  FOREIGN KEY (request_id, attempt) REFERENCES answers (request_id, attempt)
) STRICT;

ALTER TABLE evidence ADD COLUMN statements TEXT NOT NULL DEFAULT '[]';       -- JSON array
ALTER TABLE evidence ADD COLUMN statements_left_out INTEGER NOT NULL DEFAULT 0;
`;

/** Revoking outlasts the rules that would allow a program. */
const version4 = `
CREATE TABLE revoked_programs (
  hash TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
`;

/** The check of each dataset's rows, and the valid ones of datasets that had others: shared anew, by their own commitment. */
const version5 = `
CREATE TABLE row_checks (
  dataset_id TEXT PRIMARY KEY,
  runs       INTEGER NOT NULL          -- sessions that have begun
) STRICT, WITHOUT ROWID;

CREATE TABLE valid_rows (
  dataset_id   TEXT NOT NULL,
  seat         INTEGER NOT NULL,
  epoch        TEXT NOT NULL,
  commitment   TEXT NOT NULL,
  rows         INTEGER NOT NULL,
  owner        TEXT NOT NULL,
  stored_bytes INTEGER NOT NULL,       -- manifest and package, before sealing
  manifest     TEXT NOT NULL,
  package      BLOB NOT NULL,          -- sealed, at-rest.ts
  PRIMARY KEY (dataset_id, commitment)
) STRICT, WITHOUT ROWID;
CREATE INDEX valid_rows_by_owner ON valid_rows (owner, stored_bytes);

CREATE TABLE validities (
  dataset_id TEXT PRIMARY KEY,
  run        INTEGER NOT NULL,
  attempt    INTEGER NOT NULL,
  active_set INTEGER NOT NULL,
  result     TEXT NOT NULL,
  signatures TEXT NOT NULL             -- JSON array
) STRICT, WITHOUT ROWID;
`;

/** Buyers' private inputs. */
const version6 = `
CREATE TABLE private_inputs (
  commitment        TEXT PRIMARY KEY,
  seat              INTEGER NOT NULL,
  epoch             TEXT NOT NULL,
  market            TEXT NOT NULL,
  buyer             TEXT NOT NULL,
  salt              TEXT NOT NULL,
  count             INTEGER NOT NULL,
  share_commitments TEXT NOT NULL,        -- JSON array
  uploader          TEXT NOT NULL,
  kept_until_unix_s INTEGER NOT NULL,
  stored_bytes      INTEGER NOT NULL,
  package           BLOB NOT NULL         -- sealed, at-rest.ts
) STRICT, WITHOUT ROWID;
CREATE INDEX private_inputs_by_uploader ON private_inputs (uploader, stored_bytes);
CREATE INDEX private_inputs_by_time ON private_inputs (kept_until_unix_s);
`;

/** SCHEMA_STEPS[v] brings a file of version v to version v + 1. */
export const SCHEMA_STEPS: readonly string[] = [version1, version2, version3, version4, version5, version6];

/** Creates the tables in a new file; brings an old one up to date. */
export function prepareSchema(database: DatabaseSync): void {
  // A signature leaves the node only after its digest is on the disk: FULL waits for it also in WAL mode.
  database.exec(
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000;",
  );
  database.exec("BEGIN IMMEDIATE");
  try {
    const version = Number(database.prepare("PRAGMA user_version").get()?.user_version);
    if (version > SCHEMA_VERSION) {
      throw new StoreError(
        "StoreTooNew",
        `the store has version ${version}, this program knows up to ${SCHEMA_VERSION}: run the newer program`,
      );
    }
    for (const step of SCHEMA_STEPS.slice(version)) database.exec(step);
    database.exec(`PRAGMA user_version = ${SCHEMA_VERSION};`);
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}
