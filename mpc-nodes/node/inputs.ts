/** A pool's columns as this seat's shares: the rows of all members of a table appended in the order in which they joined. */
import { type Contributions, runsOfTables } from "@sharebridge/algorithms/language/contributions.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { storedColumns } from "@sharebridge/algorithms/language/stored-columns.ts";
import { storedInputsOf } from "@sharebridge/algorithms/language/tables.ts";
import type { PoolMember } from "../chain/chain-reader.ts";
import type { PartyId } from "../math/party.ts";
import { concatenate, publicVector } from "../sharing/linear.ts";
import { decodePackage } from "../sharing/package.ts";
import { type SharedVector, sharedVector } from "../sharing/shared-vector.ts";
import { columnVector, expandPackage } from "../sharing/table.ts";
import type { Store } from "../store/store.ts";
import { NodeError } from "./errors.ts";
import { type Cohort, cohortOf } from "./policy-checks.ts";
import type { DatasetSalts } from "./request-keys.ts";
import { checkFit, manifestSchema, shapeOfTable } from "./stored-schema.ts";

/** Whose the rows of `loadInputs` are, and what the market's terms, so the policies of all members, demand of a group. */
export function contributionsOf(tables: Tables, buyer: string, terms: Cohort): Contributions {
  const runs = tables.map((members) => members.map(({ validRows, seller }) => ({ rows: validRows, seller })));
  const { rows, sellers } = cohortOf(terms);
  return { ...runsOfTables(runs), buyer, minimumRows: rows, minimumSellers: sellers };
}

/** The members of a pool by the table of the program that they belong to, the main one first. */
type Tables = readonly (readonly PoolMember[])[];

export interface PoolInputs {
  /** The stored columns of a program, by `inputName`. */
  readonly columns: Map<string, SharedVector>;
  /** What the members' sellers gave the holders of each share, and committed to: the request's keys come of it. */
  readonly salts: readonly DatasetSalts[];
}

/** Throws `DatasetMissing`, `SchemaMismatch`, `AmbiguousTable`. */
export async function loadInputs(
  store: Pick<Store, "dataset">,
  tables: Tables,
  program: Program,
  seat: PartyId,
): Promise<PoolInputs> {
  const salts: DatasetSalts[] = [];
  const parts = storedInputsOf(program).map((input) => ({ ...input, vectors: [] as SharedVector[] }));
  const placed = tables.flatMap((members, table) => members.map((member) => ({ ...member, table })));
  for (const { datasetId, commitment, table } of placed) {
    const stored = await store.dataset(datasetId, commitment);
    if (stored === null)
      throw new NodeError("DatasetMissing", `this node does not hold the shares of dataset ${datasetId}`);
    const schema = manifestSchema(stored);
    checkFit(stored, program);
    const shape = shapeOfTable(schema, stored.rows);
    const names = storedColumns(schema.columns).map(({ name }) => name);
    const decoded = decodePackage(stored.package, stored.seat, shape);
    salts.push({ datasetId, rows: stored.rows, salts: decoded.salts.map((salt) => salt?.slice() ?? null) });
    const held = await expandPackage(decoded, shape);
    for (const { stored: name, vectors } of parts.filter((part) => part.table === table)) {
      const index = names.indexOf(name);
      // What fits and is not stored is the presence of a column that has a value in every row.
      vectors.push(index < 0 ? publicVector(1n, stored.rows, stored.seat) : columnVector(held, index));
    }
  }
  const empty = sharedVector(seat, 0, () => new BigUint64Array());
  const columnOf = (vectors: readonly SharedVector[]) => (vectors.length === 0 ? empty : concatenate(vectors));
  return { columns: new Map(parts.map(({ name, vectors }) => [name, columnOf(vectors)])), salts };
}
