/** Columns of which only the words are wanted, each verified before anything of it is told. */
import { Arena } from "../../kernels/heap.ts";
import type { Vector } from "../mpc.ts";
import { requireWord } from "../operands.ts";
import { narrow } from "../replicated/linear.ts";
import type { ReplicatedVector } from "../replicated/values.ts";
import type { ThreeContext } from "./context.ts";
import { asVector } from "./values.ts";
import { verify } from "./verify.ts";

/** Each is there until the next is asked for. */
export async function* verifiedWords(
  context: ThreeContext,
  columns: AsyncIterable<Vector>,
): AsyncGenerator<ReplicatedVector<64>> {
  for await (const column of columns) {
    requireWord(column, 64);
    await verify(context);
    const arena = new Arena(context.heap);
    try {
      yield narrow({ ...context, arena }, asVector(column).value, 64);
    } finally {
      arena.close();
    }
  }
}
