/** The end of a run whose answer stays sealed (PROTOCOL 12): salts and commitments of the output shares. */
import { PARTIES } from "../../math/party.ts";
import { COMMITMENT_BYTES, SALT_BYTES } from "../../sharing/commitment.ts";
import { ProtocolError } from "../errors.ts";
import type { Context } from "./context.ts";
import { tellMissing } from "./open.ts";

/** A fresh 32-byte salt for each share, from k_j, so the holders of share j have the same; null at the own index. */
export function outputSalts({ party, randomness }: Context): (Uint8Array | null)[] {
  return PARTIES.map((j) => (j === party ? null : randomness.bytes(j, "output-salt", SALT_BYTES)));
}

/**
 * All four commitments at every party: each computes three and is told jointly the one that it lacks. One round.
 * @param own own[j] is C_j, 32 bytes; null at the party's own index
 * @returns [C_0, C_1, C_2, C_3]
 */
export async function agreeOnCommitments(context: Context, own: readonly (Uint8Array | null)[]): Promise<Uint8Array[]> {
  const { party, heap } = context;
  for (const j of PARTIES) {
    if ((own[j]?.length ?? 0) === (j === party ? 0 : COMMITMENT_BYTES)) continue;
    const message = `commitments are ${COMMITMENT_BYTES} bytes for each held share, none for one's own`;
    throw new ProtocolError("InvalidOperand", message);
  }
  let told = new Uint8Array();
  const part = tellMissing(
    context,
    1,
    COMMITMENT_BYTES,
    (j, _from, _to, out) => heap.write(out, own[j]!),
    (_from, _to, pointer) => {
      told = heap.view(pointer, COMMITMENT_BYTES).slice();
    },
  );
  await context.exchange(part);
  return PARTIES.map((j) => own[j] ?? told);
}
