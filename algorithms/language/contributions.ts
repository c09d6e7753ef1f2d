/** Who gave which rows of a pool: public, and what "distinct sellers" is counted by. */
import { ProgramError } from "./errors.ts";
import type { Program } from "./program.ts";
import type { Rows } from "./tables.ts";

type Runs = readonly { readonly rows: number; readonly seller: string }[];

export interface Contributions {
  /** The datasets of the main table in the order of their rows, each with the seller who joined with it; together they have all of its rows. */
  readonly runs: Runs;
  /** The same for each further table of the program, in its order. */
  readonly furtherRuns?: readonly Runs[];
  /** Rows of this seller count for no group: a buyer knows them. */
  readonly buyer: string;
  /** What the sellers' policies demand of every group; the program's own minimum holds where it is higher. */
  readonly minimumRows: number;
  readonly minimumSellers: number;
}

/** The runs of each table, the main one first, as contributions have them. */
export function runsOfTables(tables: readonly Runs[]): Pick<Contributions, "runs" | "furtherRuns"> {
  const [runs, ...furtherRuns] = tables;
  return furtherRuns.length === 0 ? { runs } : { runs, furtherRuns };
}

/** Rows of which nobody knows whose they are: one seller's, which is the least that they can be. */
export function ofOneSeller(rows: Rows): Contributions {
  const tables = [rows].flat().map((count) => [{ rows: count, seller: "" }]);
  return { ...runsOfTables(tables), buyer: "none", minimumRows: 1, minimumSellers: 1 };
}

/** Whose the rows of one table are: the main one is table 0. */
export function ofTable({ furtherRuns = [], ...contributions }: Contributions, table: number): Contributions {
  return table === 0 ? contributions : { ...contributions, runs: furtherRuns[table - 1] };
}

/** By seller, the buyer left out: the runs of rows [from, to), in the order of the sellers' first rows. */
export function runsBySeller({ runs, buyer }: Contributions): { readonly from: number; readonly to: number }[][] {
  const bySeller = new Map<string, { from: number; to: number }[]>();
  let from = 0;
  for (const { rows, seller } of runs) {
    const key = seller.toLowerCase();
    const to = from + rows;
    if (key !== buyer.toLowerCase()) bySeller.set(key, [...(bySeller.get(key) ?? []), { from, to }]);
    from = to;
  }
  return [...bySeller.values()];
}

/** What a group must have in this run, in rows and in sellers: the highest that anyone demands. */
export function minimumOf(
  protection: NonNullable<Program["protection"]>,
  { minimumRows, minimumSellers }: Contributions,
): { readonly rows: number; readonly sellers: number } {
  return {
    rows: Math.max(protection.minimumRows, minimumRows),
    sellers: Math.max(protection.minimumSellers, minimumSellers),
  };
}

/** Check: no seller has more rows than the noise of a program hides, in all tables together. */
export function checkSellers(
  { name, privacy }: Pick<Program, "name" | "privacy">,
  { runs, furtherRuns = [] }: Contributions,
): void {
  if (privacy?.unit !== "seller") return;
  const bySeller = new Map<string, number>();
  for (const { rows, seller } of [runs, ...furtherRuns].flat()) {
    bySeller.set(seller.toLowerCase(), (bySeller.get(seller.toLowerCase()) ?? 0) + rows);
  }
  const most = [...bySeller.values()].reduce((a, b) => Math.max(a, b), 0);
  if (most <= privacy.maximumRows) return;
  throw new ProgramError(
    "TooManyRowsOfSeller",
    `a seller has ${most} of the pool's rows; the noise of program ${name} hides sellers of at most ${privacy.maximumRows}`,
  );
}

/** Check: whole numbers, and all rows of every table. */
export function checkContributions(contributions: Contributions, rows: Rows): void {
  const { runs, furtherRuns = [], minimumRows, minimumSellers } = contributions;
  const tables = [runs, ...furtherRuns];
  const counts = [...tables.flat().map((run) => run.rows), minimumRows, minimumSellers];
  const totals = tables.map((table) => table.reduce((sum, run) => sum + run.rows, 0));
  const wanted = [rows].flat();
  const all = totals.length === wanted.length && totals.every((total, table) => total === wanted[table]);
  if (counts.every((count) => Number.isSafeInteger(count) && count >= 0) && all) return;
  throw new ProgramError(
    "WrongContributions",
    `the sellers' rows do not make up the pool's ${wanted.join(" and ")} rows`,
  );
}
