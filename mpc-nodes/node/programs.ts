/** Programs that this node's operator approved, by hash or by rule: nothing else is computed, no receipt is given for anything else. */
import { decodeProgram, programHash } from "@sharebridge/algorithms/language/encode.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import type { Store } from "../store/store.ts";
import { NodeError } from "./errors.ts";

/** What the operator's rules allow. */
export interface AllowedByRule {
  program(hash: string): Program | undefined;
}

export const noRules: AllowedByRule = { program: () => undefined };

interface Approvals {
  readonly store: Pick<Store, "program" | "isRevoked">;
  readonly rules: AllowedByRule;
}

/**
 * Throws `AlgorithmNotApproved`. The hash is computed again: a changed row in the store is not an approval. What was revoked is
 * not asked of the rules.
 */
export async function approvedProgram({ store, rules }: Approvals, hash: string): Promise<Program> {
  const stored = await store.program(hash);
  const bytes = stored === null ? null : new TextEncoder().encode(stored.text);
  if (bytes !== null && programHash(bytes) === hash) return decodeProgram(bytes);
  const allowed = (await store.isRevoked(hash)) ? undefined : rules.program(hash);
  if (allowed !== undefined) return allowed;
  throw new NodeError("AlgorithmNotApproved", `this node's operator has not approved program ${hash}`);
}
