/** A pool's columns as this seat's shares: the rows of all members appended in the order in which they joined. */
import type { Contributions } from "@sharebridge/algorithms/language/contributions.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { storedColumns } from "@sharebridge/algorithms/language/stored-columns.ts";
import type { PoolMember } from "../chain/chain-reader.ts";
import { concatenate, publicVector } from "../sharing/linear.ts";
import { decodePackage } from "../sharing/package.ts";
import type { SharedVector } from "../sharing/shared-vector.ts";
import { columnVector, expandPackage } from "../sharing/table.ts";
import type { Store } from "../store/store.ts";
import { NodeError } from "./errors.ts";
import { type Cohort, cohortOf } from "./policy-checks.ts";
import type { DatasetSalts } from "./request-keys.ts";
import { checkFit, manifestSchema, shapeOfTable } from "./stored-schema.ts";

/** Whose the rows of `loadInputs` are, and what the market's terms, so the policies of all members, demand of a group. */
export function contributionsOf(members: readonly PoolMember[], buyer: string, terms: Cohort): Contributions {
  const runs = members.map(({ validRows, seller }) => ({ rows: validRows, seller }));
  const { rows, sellers } = cohortOf(terms);
  return { runs, buyer, minimumRows: rows, minimumSellers: sellers };
}

export interface PoolInputs {
  /** The stored columns of a program, by name. */
  readonly columns: Map<string, SharedVector>;
  /** What the members' sellers gave the holders of each share, and committed to: the request's keys come of it. */
  readonly salts: readonly DatasetSalts[];
}

/** Throws `DatasetMissing`, `SchemaMismatch`. */
export async function loadInputs(
  store: Pick<Store, "dataset">,
  members: readonly PoolMember[],
  program: Program,
): Promise<PoolInputs> {
  const salts: DatasetSalts[] = [];
  const parts = new Map<string, SharedVector[]>(storedColumns(program.columns).map(({ name }) => [name, []]));
  for (const { datasetId, commitment } of members) {
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
    for (const [name, vectors] of parts) {
      const index = names.indexOf(name);
      // What fits and is not stored is the presence of a column that has a value in every row.
      vectors.push(index < 0 ? publicVector(1n, stored.rows, stored.seat) : columnVector(held, index));
    }
  }
  return { columns: new Map([...parts].map(([name, vectors]) => [name, concatenate(vectors)])), salts };
}
