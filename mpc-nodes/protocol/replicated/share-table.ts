/**
 * Columns shared anew among the four seats in the form in which sellers share theirs (`sharing/package.ts`): shares 0 to 2 from seeds,
 * share 3 what is missing to the value. Seed j is drawn from k_j, so its holders have it without a message, and
 *
 *     share 3 = x − r_0 − r_1 − r_2 = Σ (x_j − r_j), with r_3 = 0,
 *
 * of which each of seats 0 to 2 lacks the part of its own number. It is told that part, jointly: one element a row and seat, one round. As the
 * seat does not know the r that masks it, this is a fresh sharing: it says nothing of the shares before. Seat 3 is told nothing.
 */
import type { Region } from "../../kernels/heap.ts";
import { PARTIES, type PartyId } from "../../math/party.ts";
import { viewBytes, WORD_BYTES } from "../../math/words.ts";
import { EXPLICIT_SHARE } from "../../sharing/package.ts";
import { expandSeed, SEED_BYTES } from "../../sharing/seed-expansion.ts";
import { heldShares } from "../../sharing/shared-vector.ts";
import { commitPackage } from "../../sharing/table.ts";
import type { SharedAnew } from "../session.ts";
import { type Context, strideOf } from "./context.ts";
import { tellMissing } from "./open.ts";
import { agreeOnCommitments, outputSalts } from "./outputs.ts";
import type { ReplicatedVector } from "./values.ts";

/** @param columns each is used before the next is asked for; equal lengths */
export async function shareTable(
  context: Context,
  columns: AsyncIterable<ReplicatedVector<64>>,
  commitmentContext: Uint8Array,
): Promise<SharedAnew> {
  const { party, randomness } = context;
  const seeds = PARTIES.filter((j) => j !== EXPLICIT_SHARE).map((j) =>
    j === party ? null : randomness.bytes(j, "table-seed", SEED_BYTES),
  );
  const explicit: BigUint64Array[] = [];
  let [count, rows] = [0, 0];
  for await (const column of columns) {
    const masks = await Promise.all(seeds.map((seed) => seed && expandSeed(seed, count, column.length)));
    const words = await explicitShare(context, column, masks);
    if (words !== null) explicit.push(words);
    rows = column.length;
    count++;
  }
  const salts = outputSalts(context);
  const ownPackage = { party, salts, seeds, explicit: party === EXPLICIT_SHARE ? null : explicit };
  const own = await commitPackage(ownPackage, { columns: count, rows }, commitmentContext);
  return { package: ownPackage, commitments: await agreeOnCommitments(context, own) };
}

/** Null at the seat that must not have it. */
async function explicitShare(
  context: Context,
  column: ReplicatedVector<64>,
  masks: readonly (BigUint64Array | null)[],
): Promise<BigUint64Array | null> {
  const { party, heap, arena, held, rings, tellings } = context;
  const { length } = column;
  const ring = rings[64];
  const regions: Region[] = [];
  const take = (): number => {
    const region = arena.take(strideOf(length * WORD_BYTES));
    regions.push(region);
    return region.pointer;
  };
  try {
    // The sum, and the masked parts of it: parts[j] = x_j − r_j.
    const [sum, mask] = [take(), take()];
    const parts = PARTIES.map((j) => (held.includes(j) && j !== EXPLICIT_SHARE ? take() : 0));
    const writeMask = (j: PartyId) => heap.write(mask, viewBytes(masks[j]!));
    for (const j of held) {
      if (j === EXPLICIT_SHARE) continue;
      writeMask(j);
      ring.subtract(parts[j]!, column.at[j], mask, length);
    }
    const told = tellings.filter(([{ receiver }]) => receiver !== EXPLICIT_SHARE);
    await context.exchange(
      tellMissing(
        { party, tellings: told },
        length,
        WORD_BYTES,
        (j, from, to, out) => heap.copy(out, parts[j]! + from * WORD_BYTES, (to - from) * WORD_BYTES),
        (from, to, missing) => heap.copy(sum + from * WORD_BYTES, missing, (to - from) * WORD_BYTES),
      ),
    );
    if (party === EXPLICIT_SHARE) return null;
    for (const j of held) ring.add(sum, sum, j === EXPLICIT_SHARE ? column.at[j] : parts[j]!, length);
    // Among three, the value has no part for the seat that is left out, but its mask is one of those that are subtracted.
    for (const j of heldShares(party)) {
      if (held.includes(j) || j === EXPLICIT_SHARE) continue;
      writeMask(j);
      ring.subtract(sum, sum, mask, length);
    }
    return heap.words(sum, length).slice();
  } finally {
    for (const region of regions) arena.free(region);
  }
}
