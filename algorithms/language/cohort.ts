/**
 * Of how many rows and sellers what a program opens is, held against what sellers demand of every group that is opened exactly.
 * Groups of protected programs are held to it on shares, in the run (`groups.ts`); here is what can be said in the clear.
 */
import { type Contributions, runsBySeller } from "./contributions.ts";
import { decidesNothing } from "./groups.ts";
import { unrolled } from "./loops.ts";
import { isSubstituted } from "./missing.ts";
import { operandsOf } from "./operands.ts";
import { type PrivacyCost, privacyCostOf } from "./privacy-cost.ts";
import type { Program } from "./program.ts";

/**
 * What the numbers that a program opens are about: "noised": they are differentially private; "groups": each is of a protected
 * group; "pool": each is made of sums over all rows, which are one group; "parts": anything else, maybe single rows.
 */
export type Exposure = "noised" | "groups" | "pool" | "parts";

export function exposureOf(program: Program, cost: PrivacyCost | null = privacyCostOf(program)): Exposure {
  if (cost !== null) return "noised";
  if (program.protection !== undefined) return "groups";
  return isOfWholePool(program) ? "pool" : "parts";
}

/** True where a minimum of rows or sellers says more than that there is a row. */
export function demandsCohort({ rows, sellers }: { readonly rows: number; readonly sellers: number }): boolean {
  return rows > 1 || sellers > 1;
}

/** What keeps a program from opening anything about this pool, as a clause; null if nothing does. The buyer's rows do not count. */
export function cohortShortfall(program: Program, contributions: Contributions): string | null {
  const { minimumRows, minimumSellers } = contributions;
  if (!demandsCohort({ rows: minimumRows, sellers: minimumSellers })) return null;
  const exposure = exposureOf(program);
  if (exposure === "noised" || exposure === "groups") return null;
  if (exposure === "parts")
    return `program ${program.name} opens numbers about parts of the pool, however few rows they have`;
  const sellers = runsBySeller(contributions);
  const rows = sellers.flat().reduce((sum, { from, to }) => sum + to - from, 0);
  if (rows >= minimumRows && sellers.length >= minimumSellers) return null;
  return `without the buyer's own the pool has ${rows} rows of ${sellers.length} sellers; ${minimumRows} of ${minimumSellers} are demanded`;
}

/**
 * Every output is made, by whatever arithmetic, of sums over all rows of something that decides nothing itself: the rule for
 * a group's figures in `groups.ts`, and with what is not covered there.
 */
function isOfWholePool(withLoops: Program): boolean {
  // One of several tables may have few rows.
  if (withLoops.tables !== undefined) return false;
  const { program } = unrolled(withLoops);
  const plain: boolean[] = [];
  const whole: boolean[] = [];
  for (const instruction of program.instructions) {
    const { op } = instruction;
    const isPublic = op === "parameter" || op === "constant" || op === "rows";
    // A sum over a column with gaps is one of the rows that have a value, which may be few.
    plain.push(isPublic || (!isSubstituted(instruction) && decidesNothing(program, instruction, plain)));
    const operands = operandsOf(instruction);
    const isSum = (op === "sum" || op === "dot") && operands.every((operand) => plain[operand]);
    // What is made of such values alone tells no more than they do.
    const isDerived = operands.length > 0 && operands.every((operand) => whole[operand]);
    whole.push(isSum || isPublic || isDerived);
  }
  return program.outputs.every(({ value }) => whole[value]);
}
