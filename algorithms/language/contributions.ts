/** Who gave which rows of a pool: public, and what "distinct sellers" is counted by. */
import { ProgramError } from "./errors.ts";
import type { Program } from "./program.ts";

export interface Contributions {
  /** The datasets of the pool in the order of their rows, each with the seller who joined with it; together they have all rows. */
  readonly runs: readonly { readonly rows: number; readonly seller: string }[];
  /** Rows of this seller count for no group: a buyer knows them. */
  readonly buyer: string;
  /** What the sellers' policies demand of every group; the program's own minimum holds where it is higher. */
  readonly minimumRows: number;
  readonly minimumSellers: number;
}

/** Rows of which nobody knows whose they are: one seller's, which is the least that they can be. */
export function ofOneSeller(rows: number): Contributions {
  return { runs: [{ rows, seller: "" }], buyer: "none", minimumRows: 1, minimumSellers: 1 };
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

/** Check: no seller has more rows than the noise of a program hides. */
export function checkSellers({ name, privacy }: Pick<Program, "name" | "privacy">, { runs }: Contributions): void {
  if (privacy?.unit !== "seller") return;
  const bySeller = new Map<string, number>();
  for (const { rows, seller } of runs) {
    bySeller.set(seller.toLowerCase(), (bySeller.get(seller.toLowerCase()) ?? 0) + rows);
  }
  const most = [...bySeller.values()].reduce((a, b) => Math.max(a, b), 0);
  if (most <= privacy.maximumRows) return;
  throw new ProgramError(
    "TooManyRowsOfSeller",
    `a seller has ${most} of the pool's rows; the noise of program ${name} hides sellers of at most ${privacy.maximumRows}`,
  );
}

/** Check: whole numbers, and all rows. */
export function checkContributions({ runs, minimumRows, minimumSellers }: Contributions, rows: number): void {
  const counts = [...runs.map((run) => run.rows), minimumRows, minimumSellers];
  const total = runs.reduce((sum, run) => sum + run.rows, 0);
  if (counts.every((count) => Number.isSafeInteger(count) && count >= 0) && total === rows) return;
  throw new ProgramError("WrongContributions", `the sellers' rows do not make up the pool's ${rows} rows`);
}
