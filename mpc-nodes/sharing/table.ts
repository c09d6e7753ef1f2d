/** A table in four shares: the seller's side (share) and the node's (expand, verify). PROTOCOL 9, 10. */
import { kernels } from "../kernels/active.ts";
import { equalBytes } from "../math/bytes.ts";
import { PARTIES, type PartyId } from "../math/party.ts";
import { type RandomSource, systemRandom } from "../math/random.ts";
import { commitShare, SALT_BYTES } from "./commitment.ts";
import { SharingError } from "./errors.ts";
import { EXPLICIT_SHARE, type PartyPackage, type TableShape } from "./package.ts";
import { expandSeed, SEED_BYTES } from "./seed-expansion.ts";
import { heldShares, type SharedVector, sharedVector } from "./shared-vector.ts";

export interface SharedTable {
  readonly shape: TableShape;
  /** packages[i] is for party i. */
  readonly packages: readonly PartyPackage[];
  /** commitments[j] is C_j, for the chain and the manifests. */
  readonly commitments: readonly Uint8Array[];
}

/** The shares of a table that one party holds. */
export interface HeldShares {
  readonly party: PartyId;
  readonly shape: TableShape;
  /** columns[j][column] is share j of a column; columns[party] is null. */
  readonly columns: readonly (readonly BigUint64Array[] | null)[];
}

/**
 * Splits a table: shares 0..2 are expanded from fresh seeds, share 3 is x − x0 − x1 − x2.
 * @param columns ring words, equal lengths
 * @param context 32 bytes that the commitments are bound to: the dataset's id
 */
export async function shareTable(
  columns: readonly BigUint64Array[],
  context: Uint8Array,
  random: RandomSource = systemRandom,
): Promise<SharedTable> {
  const shape = shapeOf(columns);
  const salts = PARTIES.map(() => random(SALT_BYTES));
  const seeds = PARTIES.filter((j) => j !== EXPLICIT_SHARE).map(() => random(SEED_BYTES));
  const explicit = columns.map((words) => words.slice());
  const commitments: Uint8Array[] = [];
  for (const [j, seed] of seeds.entries()) {
    const share = await expandColumns(seed, shape);
    for (const [column, words] of share.entries()) kernels.subtract(explicit[column]!, explicit[column]!, words);
    commitments.push(commitShare(j as PartyId, salts[j]!, share, context));
  }
  commitments.push(commitShare(EXPLICIT_SHARE, salts[EXPLICIT_SHARE]!, explicit, context));
  const packages = PARTIES.map((party) => ({
    party,
    salts: salts.map((salt, j) => (j === party ? null : salt)),
    seeds: seeds.map((seed, j) => (j === party ? null : seed)),
    explicit: party === EXPLICIT_SHARE ? null : explicit,
  }));
  return { shape, packages, commitments };
}

/** @throws SharingError WrongShape when share 3 has not the shape that was announced. */
export async function expandPackage(partyPackage: PartyPackage, shape: TableShape): Promise<HeldShares> {
  const { party, explicit, seeds } = partyPackage;
  if (explicit && (explicit.length !== shape.columns || explicit.some((words) => words.length !== shape.rows))) {
    throw new SharingError("WrongShape", `share 3 is not a table of ${shape.columns} columns and ${shape.rows} rows`);
  }
  const columns: (readonly BigUint64Array[] | null)[] = [null, null, null, null];
  for (const j of heldShares(party)) {
    columns[j] = j === EXPLICIT_SHARE ? explicit! : await expandColumns(seeds[j]!, shape);
  }
  return { party, shape, columns };
}

/**
 * Expands a package and checks each of its three shares against the commitments of the manifest.
 * @throws SharingError CommitmentMismatch, naming the share
 */
export async function verifyPackage(
  partyPackage: PartyPackage,
  shape: TableShape,
  context: Uint8Array,
  commitments: readonly Uint8Array[],
): Promise<HeldShares> {
  const held = await expandPackage(partyPackage, shape);
  for (const j of heldShares(held.party)) {
    const recomputed = commitShare(j, partyPackage.salts[j]!, held.columns[j]!, context);
    if (!equalBytes(recomputed, commitments[j] ?? new Uint8Array())) {
      throw new SharingError(
        "CommitmentMismatch",
        `share ${j} in the package for seat ${held.party} does not match its commitment; share the table again and upload what that call returned`,
      );
    }
  }
  return held;
}

/** C_j of each share that a package holds, one after another expanded; null at the party's own index. */
export async function commitPackage(
  { party, salts, seeds, explicit }: PartyPackage,
  shape: TableShape,
  context: Uint8Array,
): Promise<(Uint8Array | null)[]> {
  const commitments: (Uint8Array | null)[] = [null, null, null, null];
  for (const j of heldShares(party)) {
    const columns = j === EXPLICIT_SHARE ? explicit! : await expandColumns(seeds[j]!, shape);
    commitments[j] = commitShare(j, salts[j]!, columns, context);
  }
  return commitments;
}

/** One share of a table as it travels: a seed, or the words of each column. */
export interface ShareOfTable {
  readonly salt: Uint8Array;
  /** Null for the explicit share. */
  readonly seed: Uint8Array | null;
  readonly explicit: readonly BigUint64Array[] | null;
}

/** Whether share j is the one that was committed to. */
export async function shareMatches(
  j: PartyId,
  { salt, seed, explicit }: ShareOfTable,
  shape: TableShape,
  context: Uint8Array,
  commitment: Uint8Array,
): Promise<boolean> {
  const columns = explicit ?? (await expandColumns(seed!, shape));
  return equalBytes(commitShare(j, salt, columns, context), commitment);
}

/** One column as this party's part of a secret vector. */
export function columnVector(held: HeldShares, column: number): SharedVector {
  if (!Number.isInteger(column) || column < 0 || column >= held.shape.columns) {
    throw new SharingError("WrongShape", `there is no column ${column} in a table of ${held.shape.columns} columns`);
  }
  return sharedVector(held.party, held.shape.rows, (j) => held.columns[j]![column]!);
}

async function expandColumns(seed: Uint8Array, shape: TableShape): Promise<BigUint64Array[]> {
  const columns: BigUint64Array[] = [];
  for (let column = 0; column < shape.columns; column++) columns.push(await expandSeed(seed, column, shape.rows));
  return columns;
}

function shapeOf(columns: readonly BigUint64Array[]): TableShape {
  const rows = columns[0]?.length ?? 0;
  for (const [column, words] of columns.entries()) {
    if (words.length !== rows) {
      throw new SharingError("UnequalColumns", `column ${column} has ${words.length} rows, column 0 has ${rows}`);
    }
  }
  return { columns: columns.length, rows };
}
