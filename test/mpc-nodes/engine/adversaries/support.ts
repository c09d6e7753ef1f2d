/** What the tests of named adversaries share: what travels in an honest run, what a culprit sends in its place, what must follow. */
import { PARTIES, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import type { Signer } from "@sharebridge/mpc-nodes/protocol/signer.ts";
import { expect } from "chai";
import { type Attack, overridden, type SessionName } from "../attack.ts";
import { expectAnswered, type Played, play } from "../stage.ts";
import { alone, type Body } from "./operations.ts";

/** Frames to each peer before the first operation. */
export const TOSS_FRAMES = 3;
/** And after the last: vote, signature. */
export const ENDING_FRAMES = 2;
/** Long enough for what needs no timeout to come to its end on a busy machine. */
export const PATIENT_MS = 2000;
/**
 * The receive timeout where a silence is waited for: longer than all plays that run at once take to compute, since they share a thread, in
 * which no timer fires meanwhile.
 */
export const BRIEF_MS = 800;
export const AT_ONCE = { atOnce: 8 };

/** One payload of the culprit, `index` being the number of it to that peer. */
export interface Sent {
  readonly to: PartyId;
  readonly index: number;
  readonly payload: Uint8Array;
}

/** What leaves in place of a payload: any number of payloads. */
export type Lie = (sent: Sent, signer: Signer) => Iterable<Uint8Array>;

export const isAttempt =
  (wanted: number) =>
  ({ earlier, attempt, kind }: SessionName): boolean =>
    !earlier && attempt === wanted && kind === "compute";

/** The culprit lies in the computation of these attempts. `make` is called once for each session. */
export const lies = (...of: readonly (readonly [attempt: number, make: () => Lie])[]): Pick<Attack, "network"> => ({
  network(network, name, signer) {
    const made = of.find(([attempt]) => isAttempt(attempt)(name));
    if (made === undefined) return network;
    const lie = made[1]();
    const counts = [0, 0, 0, 0];
    return overridden(network, {
      send(to, payload) {
        for (const sent of lie({ to, index: counts[to]++, payload }, signer)) network.send(to, sent);
      },
    });
  },
});

export const flipped = (payload: Uint8Array, at: number, mask = 1): Uint8Array => {
  const copy = payload.slice();
  copy[(at + copy.length) % copy.length] ^= mask;
  return copy;
};

/** Opens another contribution to a peer's first key: the settlement names the two, and at once. */
export const opensFalselyTo =
  (victim: PartyId) =>
  (): Lie =>
  ({ to, index, payload }) => [to === victim && index === 1 ? flipped(payload, 0) : payload];

/** A culprit that is not the first of its pair takes part in attempt 1; `framed` is the honest one. */
export const PAIRS = PARTIES.flatMap((culprit) =>
  PARTIES.filter((framed) => framed < culprit).map((framed) => ({ culprit, framed })),
);

export interface Recorded {
  readonly from: PartyId;
  readonly to: PartyId;
  readonly index: number;
  readonly bytes: number;
}

/** What honest parties send in the first attempt; of three, in the attempt without `excluded`. */
export async function record(
  name: string,
  body: Body,
  excluded: PartyId | null = null,
  senders: readonly PartyId[] = PARTIES.filter((party) => party !== excluded),
): Promise<Recorded[]> {
  const frames: Recorded[] = [];
  const watch =
    (from: PartyId) =>
    (): Lie =>
    ({ to, index, payload }) => {
      frames.push({ from, to, index, bytes: payload.length });
      return [payload];
    };
  for (const from of senders) {
    // Of three, it is honest but for what makes the first attempt fail.
    const attack = excluded === null ? lies([0, watch(from)]) : lies([0, opensFalselyTo(excluded)], [1, watch(from)]);
    await play(`record ${name} ${from} ${excluded}`, { body, culprit: from, attack, receiveMs: PATIENT_MS });
  }
  return frames;
}

export interface Expected {
  /** Whether an honest party at least has something to tell of the first attempt. */
  readonly told?: boolean;
  /** Attempts that the answer may come of. */
  readonly attempts?: readonly number[];
  /** Whether it is convicted alone. */
  readonly convicted?: boolean;
}

/**
 * The answer is right; no honest party has ever come to another result; where the first attempt failed, all honest parties that tell of
 * it name the same one or two, the culprit among them.
 */
export function expectOvercome(played: Played, where: string, { told, attempts, convicted }: Expected = {}): void {
  const { culprit, computed, honest, hooks } = played;
  try {
    const { attempt, result, excluded } = expectAnswered(played);
    if (attempts !== undefined) expect(attempts).to.include(attempt);
    if (played.body !== null && !played.body.seals) expect([...new Set(computed)]).to.deep.equal([result]);
    const named = honest.flatMap((party) => hooks[party].evidence.filter((each) => each.attempt === 0));
    // Where the attempt gave an answer all the same, only those tell of it that it failed for.
    for (const { suspects } of named) expect(suspects).to.include(culprit!);
    for (const { suspects } of named) expect(suspects.length).to.be.at.most(convicted === true ? 1 : 2);
    if (named.length === 0 && told === true) throw new Error("nobody tells of it");
    if (attempt > 0) {
      expect(named.length, "each honest party tells of it").to.equal(honest.length);
      for (const { suspects } of named) expect(suspects).to.deep.equal(named[0].suspects);
      if (attempt === 2 || named[0].suspects.length === 1) expect(excluded).to.equal(culprit);
    }
  } catch (error) {
    const evidence = honest.map((party) =>
      hooks[party].evidence.map(({ attempt, suspects, code }) => ({ attempt, suspects, code })),
    );
    throw new Error(`${where}: ${(error as Error).message} ${JSON.stringify({ ends: played.ends, evidence })}`);
  }
}

/** Plays one culprit's attack on an operation, or on a body, and expects that it is overcome. */
export async function overcome(
  label: string,
  culprit: PartyId,
  attack: Attack,
  {
    body = alone("multiply"),
    receiveMs = PATIENT_MS,
    ...rest
  }: { body?: Body; receiveMs?: number; earlier?: boolean } = {},
  expected: Expected = {},
): Promise<Played> {
  const played = await play(`${label} ${culprit}`, { body, culprit, attack, receiveMs, ...rest });
  expectOvercome(played, `${label}, seat ${culprit}`, expected);
  return played;
}
