/** What tests of arithmetic and of groups' sizes need: a program that opens groups of any size; rows of several sellers. */
import { type Contributions, runsOfTables } from "@sharebridge/algorithms/language/contributions.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import type { Rows } from "@sharebridge/algorithms/language/tables.ts";

export function unprotected({ protection: _, outputs, ...program }: Program): Program {
  return { ...program, outputs: outputs.map(({ name, value }) => ({ name, value })) };
}

/** Rows (of each table) of `count` sellers with two datasets each, in turn, about as many rows of each; the buyer is none of them. */
export function ofSellers(rows: Rows, count = 6): Contributions {
  const runs = [rows].flat().map((each) => runsOf(each, count));
  return { ...runsOfTables(runs), buyer: "0xbuyer", minimumRows: 1, minimumSellers: 1 };
}

function runsOf(rows: number, count: number): Contributions["runs"] {
  const datasets = 2 * count;
  const upTo = (dataset: number) => Math.floor((dataset * rows) / datasets);
  return Array.from({ length: datasets }, (_, dataset) => ({
    rows: upTo(dataset + 1) - upTo(dataset),
    seller: `0x${dataset % count}`,
  }));
}
