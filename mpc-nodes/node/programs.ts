/** Programs that this node's operator approved: nothing else is computed, no receipt is given for anything else. */
import { decodeProgram, programHash } from "@sharebridge/algorithms/language/encode.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import type { Store } from "../store/store.ts";
import { NodeError } from "./errors.ts";

/** Throws `AlgorithmNotApproved`. The hash is computed again: a changed row in the store is not an approval. */
export async function approvedProgram(store: Pick<Store, "program">, hash: string): Promise<Program> {
  const stored = await store.program(hash);
  const bytes = stored === null ? null : new TextEncoder().encode(stored.text);
  if (bytes === null || programHash(bytes) !== hash) {
    throw new NodeError("AlgorithmNotApproved", `this node's operator has not approved program ${hash}`);
  }
  return decodeProgram(bytes);
}
