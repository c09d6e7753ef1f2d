/**
 * Certificates: whoever has enough signatures over one settlement keeps them, and gives them to whoever's part failed. So a corrupt
 * party that lets one honest party finish, by signing for it alone, has let all of them.
 */

import { MAX_CERTIFICATES_BYTES, MAX_CLOSED_SESSIONS_REMEMBERED } from "../wire/limits.ts";
import { encodeStatus, MAX_STATUS_BYTES, type ShownCertificate } from "../wire/status-question.ts";
import { isActiveSet } from "./attempt-plan.ts";
import type { Certificate, JobHooks, SeatSignature } from "./engine.ts";

/** Signatures needed: what the contract asks for (DESIGN 4). Two of three are of honest seats, and these agreed. */
export const ENOUGH_SIGNATURES = 3;

/** Those of answered requests, each as it is sent, oldest first. */
export class Certificates {
  readonly #answers = new Map<string, Uint8Array>();
  #bytes = 0;

  /** False when it is too long to be given away. */
  keep(requestId: string, certificate: Certificate): boolean {
    const answer = encodeStatus({ kind: "answered", certificate });
    if (answer.length > MAX_STATUS_BYTES) return false;
    this.#drop(requestId);
    this.#answers.set(requestId, answer);
    this.#bytes += answer.length;
    while (this.#bytes > MAX_CERTIFICATES_BYTES || this.#answers.size > MAX_CLOSED_SESSIONS_REMEMBERED) {
      const [oldest] = this.#answers.keys();
      this.#drop(oldest!);
    }
    return true;
  }

  /** The answer to a question about the request; undefined when there is no certificate. */
  answerFor(requestId: string): Uint8Array | undefined {
    return this.#answers.get(requestId);
  }

  #drop(requestId: string): void {
    this.#bytes -= this.#answers.get(requestId)?.length ?? 0;
    this.#answers.delete(requestId);
  }
}

/** Whether enough seats, all of which computed, have signed what a peer shows. Throws what the hook throws. */
export async function isCertificate(shown: ShownCertificate, hooks: Pick<JobHooks, "isSignature">): Promise<boolean> {
  const { attempt, activeSet, result, signatures } = shown;
  if (!isActiveSet(attempt, activeSet) || signatures.length < ENOUGH_SIGNATURES) return false;
  for (const signed of signatures) {
    if (!((activeSet >> signed.seat) & 1)) return false;
    if (!(await hooks.isSignature({ attempt, activeSet, result }, signed))) return false;
  }
  return true;
}

/** The signatures, this party's own among them, by seat. */
export function withOwn(signatures: readonly SeatSignature[], own: SeatSignature): SeatSignature[] {
  const others = signatures.filter(({ seat }) => seat !== own.seat);
  return [...others, own].sort((a, b) => a.seat - b.seat);
}
