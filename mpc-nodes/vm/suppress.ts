/**
 * Suppression of groups that are too small: the rule of `algorithms/language/groups.ts`, decided on secrets. Rows are counted by seller, which needs
 * no message beyond the counting of bits, because whose a row is is public; the rest is done once a group, not once a row.
 */
import { type Contributions, minimumOf, runsBySeller } from "@sharebridge/algorithms/language/contributions.ts";
import type { Protection } from "@sharebridge/algorithms/language/program.ts";
import { andTree } from "../protocol/functions/and-tree.ts";
import { topBit } from "../protocol/functions/compare.ts";
import { isZero } from "../protocol/functions/equal.ts";
import type { Bits, Mpc, Vector } from "../protocol/mpc.ts";

/** A column of a number that is 0 or 1, or of bits. */
export type Membership = Vector | Bits;

/** The groups in the rows of one table. */
export interface GroupView {
  /** One for each of the protection's groups. */
  readonly members: readonly Membership[];
  readonly contributions: Contributions;
}

/** By group, one element: 1 if it is opened, else 0. A group has to pass in every view, and so has the rest. */
export function openGroups(mpc: Mpc, protection: Protection, views: readonly GroupView[]): Promise<Vector> {
  const groups = views[0].members.length;
  return mpc.scope(async (scope) => {
    // Without a row that counts no group passes.
    if (views.some(({ contributions }) => runsBySeller(contributions).length === 0)) {
      return scope.constant(0n, groups, 64);
    }
    const found = await scope.parallel(views.map((view) => (task: Mpc) => passingCells(task, protection, view)));
    return openUnlessFailing(scope, await andTree(scope, scope.stack(found)), groups);
  });
}

/** By group, the rest last: 1 if it has enough in the rows of one table; the rest also if it has none. */
function passingCells(mpc: Mpc, protection: Protection, { members, contributions }: GroupView): Promise<Bits> {
  return mpc.scope(async (scope) => {
    const sellers = runsBySeller(contributions);
    const least = minimumOf(protection, contributions);
    const rows = sellers.flat().reduce((sum, { from, to }) => sum + to - from, 0);
    const counts = await countsOf(scope, members, sellers);
    // The rest: what each seller has less what of it is in the groups.
    const all = BigUint64Array.from(sellers, (runs) => BigInt(runs.reduce((sum, { from, to }) => sum + to - from, 0)));
    const inGroups = counts.reduce((sum, each) => scope.add(sum, each));
    const cells = [...counts, scope.addPublicWords(scope.negate(inGroups), all)];
    const sizes = scope.concatenate(cells.map((cell) => scope.sum(cell)));
    const [failing, restIsEmpty] = await scope.parallel([
      (task) => failingCells(task, protection, cells, sizes, least, rows),
      (task) => isZero(task, scope.slice(sizes, members.length, members.length + 1), widthOf(rows)),
    ]);
    const passing = scope.xorPublic(failing, 1n);
    const groups = members.length;
    const rest = await or(scope, scope.sliceBits(passing, groups, groups + 1), restIsEmpty);
    return scope.concatenateBits([scope.sliceBits(passing, 0, groups), rest]);
  });
}

/** By group: how many of its rows each seller has. */
async function countsOf(
  mpc: Mpc,
  members: readonly Membership[],
  sellers: ReturnType<typeof runsBySeller>,
): Promise<Vector[]> {
  return mpc.parallel(
    members.map((member) => async (task: Mpc) => {
      if (member.kind === "vector") {
        return task.concatenate(
          sellers.map((runs) =>
            runs.map(({ from, to }) => task.sum(task.slice(member, from, to))).reduce((a, b) => task.add(a, b)),
          ),
        );
      }
      const parts = await task.parallel(
        sellers.map((runs) => (part: Mpc) => {
          const own = runs.map(({ from, to }) => part.sliceBits(member, from, to));
          return part.count(own.length === 1 ? own[0] : part.concatenateBits(own), 64);
        }),
      );
      return task.concatenate(parts);
    }),
  );
}

/** By cell, the rest last: 1 if it has too few rows or sellers, or (a group, not the rest) too much of one seller. */
function failingCells(
  mpc: Mpc,
  { maximumPercent }: Protection,
  cells: readonly Vector[],
  sizes: Vector,
  least: { readonly rows: number; readonly sellers: number },
  rows: number,
): Promise<Bits> {
  return mpc.scope(async (scope) => {
    const sellers = cells[0].length;
    const groups = cells.length - 1;
    const tooFew = async (task: Mpc) =>
      topBit(task, task.addPublic(sizes, BigInt(-least.rows)), signedWidth(Math.max(rows, least.rows)));
    // A group with a row has a seller.
    const tooFewSellers = async (task: Mpc) => {
      const absent = await isZero(task, task.concatenate(cells), widthOf(rows));
      const missing = await countRuns(task, absent, cells.length, sellers);
      const short = task.addPublic(task.negate(missing), BigInt(sellers - least.sellers));
      return topBit(task, short, signedWidth(Math.max(sellers, least.sellers)));
    };
    // Some seller's rows are over p % of a group's: p · size − 100 · own < 0.
    const dominated = async (task: Mpc) => {
      const margins = cells.slice(0, groups).map((cell, group) => {
        const part = task.multiplyPublic(task.slice(sizes, group, group + 1), BigInt(maximumPercent));
        return task.subtract(task.broadcast(part, sellers), task.multiplyPublic(cell, 100n));
      });
      const over = await topBit(task, task.concatenate(margins), signedWidth(100 * rows));
      const dominants = await countRuns(task, over, groups, sellers);
      const none = await isZero(task, dominants, widthOf(sellers));
      return task.concatenateBits([task.xorPublic(none, 1n), task.constantBits(0n, 1, 1)]);
    };
    const reasons = await scope.parallel([
      tooFew,
      ...(least.sellers > 1 ? [tooFewSellers] : []),
      ...(maximumPercent < 100 ? [dominated] : []),
    ]);
    let failing = reasons[0];
    for (const reason of reasons.slice(1)) failing = await or(scope, failing, reason);
    return failing;
  });
}

/** If any cell fails, the first group that does not is suppressed too. */
async function openUnlessFailing(mpc: Mpc, passes: Bits, groups: number): Promise<Vector> {
  const [numbers] = await mpc.inject(passes, 64);
  // Row g: how many groups up to it pass; the first that does is where that is 1.
  const upTo = mpc.prefixSum(numbers);
  const before = mpc.addPublic(mpc.slice(upTo, 0, groups), -1n);
  const missing = mpc.addPublic(mpc.negate(mpc.slice(upTo, groups, groups + 1)), BigInt(groups + 1));
  const zero = await isZero(mpc, mpc.concatenate([before, missing]), signedWidth(groups + 1));
  const someFail = mpc.xorPublic(mpc.gatherBits(mpc.sliceBits(zero, groups, groups + 1), new Uint32Array(groups)), 1n);
  const complementary = await mpc.and(mpc.sliceBits(zero, 0, groups), someFail);
  const open = await mpc.and(mpc.sliceBits(passes, 0, groups), mpc.xorPublic(complementary, 1n));
  const [opened] = await mpc.inject(open, 64);
  return opened;
}

/** How many of each `length` bits in a row are 1. */
async function countRuns(mpc: Mpc, bits: Bits, runs: number, length: number): Promise<Vector> {
  const [numbers] = await mpc.inject(bits, 64);
  const sums = Array.from({ length: runs }, (_, run) => mpc.sum(mpc.slice(numbers, run * length, (run + 1) * length)));
  return mpc.concatenate(sums);
}

async function or(mpc: Mpc, a: Bits, b: Bits): Promise<Bits> {
  return mpc.xor(mpc.xor(a, b), await mpc.and(a, b));
}

/** Bits of the numbers from 0 to `most`. */
function widthOf(most: number): number {
  return Math.max(1, BigInt(most).toString(2).length);
}

/** Bits of the signed numbers of at most this size. */
function signedWidth(most: number): number {
  return widthOf(most) + 1;
}
