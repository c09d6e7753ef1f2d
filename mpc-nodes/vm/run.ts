/**
 * Runs a program over any `Mpc`: shares in a node, plain words in tests, lengths where only the cost counts. Knows no party
 * numbers and opens nothing: the outputs stay secret.
 *
 * @example
 * const outputs = await runProgram(payGap, mpc, new Map([["wage", …], ["sex", …], ["log_wage", …]]), [], 534);
 */
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import {
  type Contributions,
  checkContributions,
  checkSellers,
  ofOneSeller,
} from "@sharebridge/algorithms/language/contributions.ts";
import { groupIndices } from "@sharebridge/algorithms/language/groups.ts";
import { type ProtectedMatch, protectedMatches } from "@sharebridge/algorithms/language/matched-groups.ts";
import { checkParameters } from "@sharebridge/algorithms/language/parameters.ts";
import type { FlatProgram, Program, Protection } from "@sharebridge/algorithms/language/program.ts";
import { type Rows, rowCounts } from "@sharebridge/algorithms/language/tables.ts";
import type { Matching } from "../protocol/functions/match.ts";
import type { Order } from "../protocol/functions/order.ts";
import type { Bits, Mpc, Vector } from "../protocol/mpc.ts";
import { groupViews } from "./group-views.ts";
import { interactiveValue } from "./interactive.ts";
import { levelsOf } from "./levels.ts";
import { localValue } from "./local.ts";
import { noiseTasks } from "./noise.ts";
import { sortKeys } from "./ordering.ts";
import { comparedPlanes } from "./planes.ts";
import { inTheirRanges } from "./private-inputs.ts";
import { openGroups } from "./suppress.ts";
import { asValue, Values } from "./values.ts";

/**
 * The answer, one word each: the outputs in the order that the program declares, those of suppressed groups 0; then for each protected group
 * whether it is opened; if there are several tables, the number of rows of each.
 *
 * @param inputs the stored columns (`storedInputsOf`) that the program reads, each with as many words as its table has rows; the buyer's own
 * words under `PRIVATE_INPUTS`.
 * @param rows of a program of several tables those of each.
 * @param parameters signed words; refused outside the declared ranges, which the overflow analysis relies on.
 * @param contributions whose rows are whose, for the protection of groups; by default all are one seller's.
 */
export async function runProgram(
  declared: Program,
  mpc: Mpc,
  inputs: ReadonlyMap<string, Vector>,
  parameters: readonly bigint[],
  rows: Rows,
  contributions: Contributions = ofOneSeller(rows),
): Promise<Vector[]> {
  const { program, types, values, noise } = analyse(declared);
  const planes = comparedPlanes(program);
  const keys = sortKeys(program);
  checkParameters(program, parameters);
  const counts = rowCounts(program, rows);
  checkContributions(contributions, counts);
  checkSellers(program, contributions);
  const matches = protectedMatches(program, types);
  const drawn = new Map<number, Vector>();
  const privateInputs = await inTheirRanges(mpc, program, inputs);
  const task = { program, types, values, planes, keys, inputs, parameters, rows: counts, noise: drawn, privateInputs };
  const run = new Values(task, mpc, matches);
  for (const [level, { local, interactive }] of levelsOf(program, types).entries()) {
    for (const index of local) run.set(index, localValue(mpc, run, index));
    const tasks = interactive.map((index) => (task: Mpc) => interactiveValue(task, run, index));
    const draws = level === 0 ? noiseTasks(noise) : [];
    const results = await mpc.parallel<Vector | Bits | Order | Matching>([...tasks, ...draws]);
    for (const [position, index] of interactive.entries()) run.set(index, asValue(results[position]));
    if (level > 0) continue;
    for (const [position, index] of [...noise.keys()].entries()) {
      drawn.set(index, results[interactive.length + position] as Vector);
    }
  }
  const answer =
    program.protection === undefined
      ? program.outputs.map(({ value }) => run.secret(value))
      : await protectedAnswer(mpc, program, program.protection, run, matches, contributions);
  // Readers know the pool, but not which of its rows are whose table's.
  const tableRows = program.tables === undefined ? [] : counts;
  return [...answer, ...tableRows.map((count) => mpc.constant(BigInt(count), 1, 64))];
}

/** The outputs, those of suppressed groups 0, and whether each group is opened. */
async function protectedAnswer(
  mpc: Mpc,
  program: FlatProgram,
  protection: Protection,
  run: Values,
  matches: readonly ProtectedMatch[],
  contributions: Contributions,
): Promise<Vector[]> {
  const outputs = program.outputs.map(({ value }) => run.secret(value));
  const members = protection.groups.map(({ member }) => run.rowsOf(member));
  const views = await groupViews(mpc, run, members, matches, contributions);
  const opened = await openGroups(mpc, protection, views);
  const groups = Uint32Array.from(groupIndices(program), (group) => group as number);
  const masked = await mpc.scope(async (scope) =>
    scope.multiply(scope.concatenate(outputs), scope.gather(opened, groups)),
  );
  const words = (vector: Vector) => Array.from({ length: vector.length }, (_, row) => mpc.slice(vector, row, row + 1));
  return [...words(masked), ...words(opened)];
}
