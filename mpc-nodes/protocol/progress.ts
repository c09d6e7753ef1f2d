import { PARTIES, type PartyId } from "../math/party.ts";
import type { SignedCommitment } from "./coin-commitment.ts";

/**
 * How far a run has come and what its toss has shown: what a party can say when the run fails, also before there is a session.
 *
 * Places: 0 until all are connected, 1 to 3 the rounds of the toss, then one for each step of joint messages, and one for each
 * round that whoever runs it adds. A party that waits at a place has received all of every place before it; its own messages up to it
 * are sent. So if one honest party waits for another, the other stands at an earlier place.
 */
export class Progress {
  place = 0;
  readonly #commitments: (SignedCommitment | undefined)[][] = PARTIES.map(() => []);

  /** What `contributor` committed to for k_`key`, with its signature; null when nothing came. */
  commitmentOf(key: PartyId, contributor: PartyId): SignedCommitment | null {
    return this.#commitments[key]![contributor] ?? null;
  }

  committed(key: PartyId, contributor: PartyId, shown: SignedCommitment): void {
    this.#commitments[key]![contributor] = shown;
  }
}
