/** What one peer gives of a dataset, question by question: well-formed, and not yet believed. */
import { checkColumns } from "@sharebridge/algorithms/language/columns.ts";
import type { Engine } from "../engine/engine.ts";
import { ByteReader } from "../math/bytes.ts";
import type { PartyId } from "../math/party.ts";
import { viewWords, WORD_BYTES } from "../math/words.ts";
import { SALT_BYTES } from "../sharing/commitment.ts";
import { EXPLICIT_SHARE, type TableShape } from "../sharing/package.ts";
import { SEED_BYTES } from "../sharing/seed-expansion.ts";
import type { ShareOfTable } from "../sharing/table.ts";
import { MAX_ANSWER_BYTES, MAX_MANIFEST_BYTES, MAX_VALIDITY_BYTES, SHARE_PIECES_AT_ONCE } from "../wire/limits.ts";
import {
  type DatasetDescription,
  decodeDescription,
  encodeShareQuestion,
  type ShareQuestion,
} from "../wire/share-question.ts";
import { decodeValidityAnswer, type ShownValidity } from "../wire/validity-answer.ts";

type Peers = Pick<Engine, "ask">;

/** One of a dataset's tables, by its commitment. */
export interface TableName {
  /** bytes32, lower-case hex. */
  readonly datasetId: string;
  readonly commitment: string;
}

/** Null when it is no description of a table. Throws what `Engine.ask` throws. */
export async function describedBy(peers: Peers, peer: PartyId, table: TableName): Promise<DatasetDescription | null> {
  const answer = await ask(peers, peer, { kind: "describe", ...table, share: 0, piece: 0 }, MAX_MANIFEST_BYTES);
  try {
    const described = decodeDescription(answer);
    checkColumns(described.schema.columns);
    return described;
  } catch {
    return null;
  }
}

/** The peer's copy of share j; null when a length is wrong. Throws what `Engine.ask` throws. */
export async function copyOf(
  peers: Peers,
  peer: PartyId,
  table: TableName,
  j: PartyId,
  shape: TableShape,
): Promise<ShareOfTable | null> {
  const isExplicit = j === EXPLICIT_SHARE;
  const length = SALT_BYTES + (isExplicit ? 0 : SEED_BYTES);
  const secrets = await ask(peers, peer, { kind: "secrets", ...table, share: j, piece: 0 }, length);
  if (secrets.length !== length) return null;
  const reader = new ByteReader(secrets);
  const salt = reader.bytes(SALT_BYTES);
  if (!isExplicit) return { salt, seed: reader.bytes(SEED_BYTES), explicit: null };
  const explicit = await explicitOf(peers, peer, table, shape);
  return explicit === null ? null : { salt, seed: null, explicit };
}

/** The memory for the words is taken as the chain's row count says, before the first piece comes. */
async function explicitOf(
  peers: Peers,
  peer: PartyId,
  table: TableName,
  { columns, rows }: TableShape,
): Promise<BigUint64Array[] | null> {
  const bytes = new Uint8Array(columns * rows * WORD_BYTES);
  const fetchPiece = async (piece: number): Promise<boolean> => {
    const target = bytes.subarray(piece * MAX_ANSWER_BYTES, (piece + 1) * MAX_ANSWER_BYTES);
    const question: ShareQuestion = { kind: "words", ...table, share: EXPLICIT_SHARE, piece };
    const answer = await ask(peers, peer, question, target.length);
    if (answer.length === target.length) target.set(answer);
    return answer.length === target.length;
  };
  const pieces = Math.ceil(bytes.length / MAX_ANSWER_BYTES);
  for (let first = 0; first < pieces; first += SHARE_PIECES_AT_ONCE) {
    const wave = Array.from({ length: Math.min(SHARE_PIECES_AT_ONCE, pieces - first) }, (_, index) => first + index);
    if ((await Promise.all(wave.map(fetchPiece))).includes(false)) return null;
  }
  const words = viewWords(bytes);
  return Array.from({ length: columns }, (_, column) => words.subarray(column * rows, (column + 1) * rows));
}

/** What the peer shows of the check of a dataset's rows. Throws what `Engine.ask` throws, and `MalformedAnswer`. */
export async function validityShownBy(peers: Peers, peer: PartyId, table: TableName): Promise<ShownValidity> {
  const question: ShareQuestion = { kind: "validity", ...table, share: 0, piece: 0 };
  return decodeValidityAnswer(await ask(peers, peer, question, MAX_VALIDITY_BYTES));
}

function ask(peers: Peers, peer: PartyId, question: ShareQuestion, maximumBytes: number): Promise<Uint8Array> {
  return peers.ask(peer, encodeShareQuestion(question), maximumBytes);
}
