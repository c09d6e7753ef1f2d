/** Rows of the SQLite store's tables, as the store's records. */
import type { PartyId } from "../math/party.ts";
import { answerFromText } from "./answer-text.ts";
import type {
  DatasetEntry,
  RequestRecord,
  RequestState,
  SeatSignature,
  SignedAnswer,
  StoredEvidence,
  StoredProgram,
  StoredStatement,
  StoredValidity,
} from "./store.ts";

export interface RequestRow {
  request_id: string;
  market: string;
  buyer: string;
  deadline_unix_s: string;
  state: RequestState;
  session_opened: number;
  failure_code: string | null;
  failure_message: string | null;
}

export const requestFromRow = (row: RequestRow): RequestRecord => ({
  requestId: row.request_id,
  market: row.market,
  buyer: row.buyer,
  deadlineUnixS: BigInt(row.deadline_unix_s),
  state: row.state,
  sessionOpened: row.session_opened === 1,
  failure: row.failure_code === null ? null : { code: row.failure_code, message: row.failure_message ?? "" },
});

export const entryFromRow = (row: Record<string, unknown>): DatasetEntry => ({
  datasetId: row.dataset_id as string,
  seat: row.seat as PartyId,
  epoch: BigInt(row.epoch as string),
  commitment: row.commitment as string,
  rows: row.rows as number,
  owner: row.owner as string,
});
export const ENTRY_COLUMNS = "dataset_id, seat, epoch, commitment, rows, owner";

export const programFromRow = (row: Record<string, unknown>): StoredProgram => ({
  hash: row.hash as string,
  text: row.text as string,
  approvedAtUnixMs: row.approved_at_unix_ms as number,
});

export const evidenceFromRow = (row: Record<string, unknown>): StoredEvidence => ({
  requestId: row.request_id as string,
  attempt: row.attempt as number,
  suspects: JSON.parse(row.suspects as string) as PartyId[],
  excluded: row.excluded as PartyId | null,
  code: row.code as string,
  message: row.message as string,
  statements: JSON.parse(row.statements as string) as StoredStatement[],
  statementsLeftOut: row.statements_left_out as number,
  atUnixMs: row.at_unix_ms as number,
});

export const answerFromRow = (row: Record<string, unknown>): SignedAnswer => ({
  answer: answerFromText(row.answer as string),
  result: row.result as string,
  signature: row.signature as string | null,
});

export const validityFromRow = (row: Record<string, unknown>): StoredValidity => ({
  datasetId: row.dataset_id as string,
  run: row.run as number,
  attempt: row.attempt as number,
  activeSet: row.active_set as number,
  result: row.result as string,
  signatures: JSON.parse(row.signatures as string) as SeatSignature[],
});

export const signatureFromRow = (row: Record<string, unknown>): SeatSignature => ({
  seat: row.seat as PartyId,
  signature: row.signature as string,
});
