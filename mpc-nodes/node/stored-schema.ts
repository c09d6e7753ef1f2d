/** The schema of a stored dataset: what its shares look like, and whether a program can use it. */
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { type TableSchema, tableSchema } from "@sharebridge/algorithms/language/schema.ts";
import { storedColumns } from "@sharebridge/algorithms/language/stored-columns.ts";
import { placementOf } from "@sharebridge/algorithms/language/tables.ts";
import type { TableShape } from "../sharing/package.ts";
import type { DatasetManifest } from "../store/store.ts";
import { NodeError } from "./errors.ts";

/** From the stored manifest, whose schema was compared with the chain's hash when it was stored. */
export function manifestSchema(stored: Pick<DatasetManifest, "manifest">): TableSchema {
  return tableSchema.parse((JSON.parse(stored.manifest) as { schema: unknown }).schema);
}

/** A table as it is shared, with the presences of its optional columns. */
export function shapeOfTable({ columns }: TableSchema, rows: number): TableShape {
  return { columns: storedColumns(columns).length, rows };
}

/**
 * The number of the program's table that a dataset belongs to: every node comes to the same, by the schema alone.
 *
 * Throws `SchemaMismatch` with all that does not fit, for the program's range analysis holds only for what it declares; `AmbiguousTable` for a
 * dataset that could be of two tables.
 */
export function checkFit(stored: Pick<DatasetManifest, "manifest" | "datasetId">, program: Program): number {
  const placement = placementOf(manifestSchema(stored), program);
  if (placement.table !== undefined) return placement.table;
  const { code, reason } = placement;
  throw new NodeError(code, `dataset ${stored.datasetId} does not fit program ${program.name}: ${reason}`);
}
