import { programHash } from "@sharebridge/algorithms/language/encode.ts";
import { evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import { payGap, weightedScore } from "@sharebridge/algorithms/library/index.ts";
import { encodeTable } from "@sharebridge/sdk/table/encode-table.ts";
import { inferSchema } from "@sharebridge/sdk/table/infer-schema.ts";
import type { Table } from "@sharebridge/sdk/table/table.ts";
import { unprotected } from "../../algorithms/support/unprotected.ts";

/** A table that fits both library programs. */
export const workers: Table = {
  header: ["wage", "sex", "education", "experience"],
  rows: [
    ["5.10", "female", "8", "21"],
    ["4.95", "female", "9", "42"],
    ["6.67", "male", "12", "1"],
    ["4", "male", "12", "4"],
    ["7.5", "male", "12", "17"],
    ["13.07", "male", "13", "9"],
  ],
};

export const workersCsv = `${[workers.header, ...workers.rows].map((row) => row.join(",")).join("\n")}\n`;

export const workersSchema = inferSchema(workers, { wanted: [...payGap.columns, ...weightedScore.columns] }).schema;

export const anyAlgorithm = [programHash(payGap), programHash(weightedScore)];

function inputs(): Map<string, bigint[]> {
  const { columns } = encodeTable(workers, workersSchema);
  return new Map(workersSchema.columns.map(({ name }, index) => [name, [...columns[index]]]));
}

/** The words that nodes would compute on `workers` if their groups were large enough. */
export const payGapWords = () => [...evaluateWords(unprotected(payGap), inputs(), [], workers.rows.length), 1n, 1n];
/** Those that they do compute. */
export const suppressedPayGapWords = () => evaluateWords(payGap, inputs(), [], workers.rows.length);
export const scoreWords = (parameters: readonly bigint[]) =>
  evaluateWords(weightedScore, inputs(), parameters, workers.rows.length);
