/** ANDs of three parties: products over xor, which are verified with others' before anything is opened (`triple-check.ts`). */
import { newBits } from "../replicated/context.ts";
import type { ReplicatedBits } from "../replicated/values.ts";
import { andPart } from "./and-part.ts";
import type { ThreeContext } from "./context.ts";
import { verify } from "./verify.ts";

/** x and y, plane by plane, row by row, for all pairs at once. One word for 64 bits and party, one round. */
export async function andAll(
  context: ThreeContext,
  pairs: readonly (readonly [ReplicatedBits, ReplicatedBits])[],
): Promise<ReplicatedBits[]> {
  const results = pairs.map(([{ planes, length }]) => newBits(context, planes, length));
  await context.exchange(
    ...pairs.map(([x, y], index) => andPart(context, x.planes * x.planeWords, x.at, y.at, results[index]!.at)),
  );
  for (const [index, [x, y]] of pairs.entries()) {
    context.pending.ands.add(context.circle, x.at, y.at, results[index]!.at, x.planes * x.planeWords);
  }
  if (context.pending.ands.words >= context.mostPendingWords) await verify(context);
  return results;
}

export async function and(context: ThreeContext, x: ReplicatedBits, y: ReplicatedBits): Promise<ReplicatedBits> {
  const [result] = await andAll(context, [[x, y]]);
  return result!;
}
