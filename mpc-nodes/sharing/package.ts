/**
 * What one party receives of a shared table, before sealing. Bytes, fixed by party and shape: the salts of the three held
 * shares ascending (32 each) ‖ the seeds of the held shares among 0..2 ascending (16 each) ‖ share 3 column by column,
 * unless the party is 3.
 */
import { ByteReader, ByteWriter } from "../math/bytes.ts";
import type { PartyId } from "../math/party.ts";
import { viewBytes, viewWords, WORD_BYTES } from "../math/words.ts";
import { SALT_BYTES } from "./commitment.ts";
import { SharingError } from "./errors.ts";
import { SEED_BYTES } from "./seed-expansion.ts";
import { heldShares } from "./shared-vector.ts";

/** Stored columns and rows of a table; public. */
export interface TableShape {
  readonly columns: number;
  readonly rows: number;
}

/** The share that travels explicitly; the others travel as seeds. */
export const EXPLICIT_SHARE: PartyId = 3;

export interface PartyPackage {
  readonly party: PartyId;
  /** salts[j]: 32 bytes; null at the party's own index. */
  readonly salts: readonly (Uint8Array | null)[];
  /** seeds[j] for j in 0..2: 16 bytes; null at the party's own index. */
  readonly seeds: readonly (Uint8Array | null)[];
  /** Share 3 of each column; null for party 3. */
  readonly explicit: readonly BigUint64Array[] | null;
}

/** Bytes of an encoded package; known before one is read. */
export function packageByteLength(party: PartyId, shape: TableShape): number {
  const seeds = seededShares(party).length * SEED_BYTES;
  const words = party === EXPLICIT_SHARE ? 0 : shape.columns * shape.rows * WORD_BYTES;
  return 3 * SALT_BYTES + seeds + words;
}

export function encodePackage(partyPackage: PartyPackage): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  for (const j of heldShares(partyPackage.party)) writer.bytes(partyPackage.salts[j]!);
  for (const j of seededShares(partyPackage.party)) writer.bytes(partyPackage.seeds[j]!);
  for (const words of partyPackage.explicit ?? []) writer.bytes(viewBytes(words));
  return writer.finish();
}

/** @throws SharingError MalformedPackage when the bytes are not exactly a package for this party and shape. */
export function decodePackage(bytes: Uint8Array, party: PartyId, shape: TableShape): PartyPackage {
  const expected = packageByteLength(party, shape);
  if (bytes.length !== expected) {
    throw new SharingError(
      "MalformedPackage",
      `a package for seat ${party} of ${shape.columns} columns and ${shape.rows} rows has ${expected} bytes, not ${bytes.length}`,
    );
  }
  const reader = new ByteReader(bytes);
  const salts: (Uint8Array | null)[] = [null, null, null, null];
  for (const j of heldShares(party)) salts[j] = reader.bytes(SALT_BYTES);
  const seeds: (Uint8Array | null)[] = [null, null, null];
  for (const j of seededShares(party)) seeds[j] = reader.bytes(SEED_BYTES);
  const explicit =
    party === EXPLICIT_SHARE
      ? null
      : Array.from({ length: shape.columns }, () => viewWords(reader.bytes(shape.rows * WORD_BYTES)));
  reader.end();
  return { party, salts, seeds, explicit };
}

function seededShares(party: PartyId): PartyId[] {
  return heldShares(party).filter((j) => j !== EXPLICIT_SHARE);
}
