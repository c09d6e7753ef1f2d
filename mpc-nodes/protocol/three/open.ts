/** Opening among three: only what is verified, and of a number only its word; the bits above it never leave a party. */

import { narrow } from "../replicated/linear.ts";
import * as openings from "../replicated/open.ts";
import type { ReplicatedBits } from "../replicated/values.ts";
import { type ThreeContext, withTemporaries } from "./context.ts";
import type { ThreeVector } from "./values.ts";
import { verify } from "./verify.ts";

export async function open(context: ThreeContext, vectors: readonly ThreeVector[]): Promise<BigUint64Array[]> {
  await verify(context);
  return withTemporaries(context, (temporary) =>
    openings.open(
      temporary,
      vectors.map(({ value, word }) => narrow(temporary, value, word)),
    ),
  );
}

export async function openBits(context: ThreeContext, values: readonly ReplicatedBits[]): Promise<BigUint64Array[]> {
  await verify(context);
  return openings.openBits(context, values);
}
