/** A pool's columns as this seat's shares: the rows of all members of a table appended in the order in which they joined. */
import type { Contributions } from "@sharebridge/algorithms/language/contributions.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { inputsOf } from "@sharebridge/algorithms/language/tables.ts";
import type { PoolMember } from "../chain/chain-reader.ts";
import type { PartyId } from "../math/party.ts";
import { concatenate } from "../sharing/linear.ts";
import { decodePackage } from "../sharing/package.ts";
import { type SharedVector, sharedVector } from "../sharing/shared-vector.ts";
import { columnVector, expandPackage } from "../sharing/table.ts";
import type { Store } from "../store/store.ts";
import { NodeError } from "./errors.ts";
import type { DatasetSalts } from "./request-keys.ts";
import { checkFit, manifestSchema } from "./stored-schema.ts";

/**
 * Whose the rows of `loadInputs` are. Policies do not speak of groups yet (`minRows` is about the whole pool), so that the program's own minimum is all
 * that is demanded.
 */
export function contributionsOf(tables: Tables, buyer: string): Contributions {
  const [runs, ...furtherRuns] = tables.map((members) => {
    return members.map(({ validRows, seller }) => ({ rows: validRows, seller }));
  });
  const further = furtherRuns.length === 0 ? {} : { furtherRuns };
  return { runs, ...further, buyer, minimumRows: 1, minimumSellers: 1 };
}

/** The members of a pool by the table of the program that they belong to, the main one first. */
type Tables = readonly (readonly PoolMember[])[];

export interface PoolInputs {
  /** The columns of a program, by `inputName`. */
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
  const parts = inputsOf(program).map((input) => ({ ...input, vectors: [] as SharedVector[] }));
  for (const { datasetId, table } of tables.flatMap((members, table) => members.map((each) => ({ ...each, table })))) {
    const stored = await store.dataset(datasetId);
    if (stored === null)
      throw new NodeError("DatasetMissing", `this node does not hold the shares of dataset ${datasetId}`);
    const schema = manifestSchema(stored);
    checkFit(stored, program);
    const shape = { columns: schema.columns.length, rows: stored.rows };
    const decoded = decodePackage(stored.package, stored.seat, shape);
    salts.push({ datasetId, rows: stored.rows, salts: decoded.salts.map((salt) => salt?.slice() ?? null) });
    const held = await expandPackage(decoded, shape);
    for (const { column, vectors } of parts.filter((part) => part.table === table)) {
      const position = schema.columns.findIndex(({ name }) => name === column.name);
      vectors.push(columnVector(held, position));
    }
  }
  const empty = sharedVector(seat, 0, () => new BigUint64Array());
  const columnOf = (vectors: readonly SharedVector[]) => (vectors.length === 0 ? empty : concatenate(vectors));
  return { columns: new Map(parts.map(({ name, vectors }) => [name, columnOf(vectors)])), salts };
}
