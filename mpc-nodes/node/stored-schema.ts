/** The schema of a stored dataset: what its shares look like, and whether a program can use it. */
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { mismatches } from "@sharebridge/algorithms/language/satisfies.ts";
import { type TableSchema, tableSchema } from "@sharebridge/algorithms/language/schema.ts";
import { storedColumns } from "@sharebridge/algorithms/language/stored-columns.ts";
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

/** Throws `SchemaMismatch` with all that does not fit: the program's range analysis holds only for what it declares. */
export function checkFit(stored: Pick<DatasetManifest, "manifest" | "datasetId">, program: Program): void {
  const problems = mismatches(manifestSchema(stored), program);
  if (problems.length === 0) return;
  const list = problems.map(({ message }) => message).join("; ");
  throw new NodeError("SchemaMismatch", `dataset ${stored.datasetId} does not fit program ${program.name}: ${list}`);
}
