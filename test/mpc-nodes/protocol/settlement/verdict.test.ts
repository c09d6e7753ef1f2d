import { expect } from "chai";
import fc from "fast-check";
import { PARTIES, type PartyId, partiesExcept } from "../../../../mpc-nodes/math/party.ts";
import type { Observation } from "../../../../mpc-nodes/protocol/settlement/observation.ts";
import { verdict } from "../../../../mpc-nodes/protocol/settlement/verdict.ts";

const seat = fc.constantFrom(...PARTIES);
const small = fc.integer({ min: 0, max: 6 });
const anyObservation: fc.Arbitrary<Observation> = fc.oneof(
  fc.record({
    kind: fc.constant("badTag" as const),
    sender: seat,
    checker: seat,
    receiver: seat,
    round: small,
    step: small,
  }),
  fc.record({ kind: fc.constant("waiting" as const), peer: seat, round: small }),
  fc.record({ kind: fc.constant("stopped" as const), peer: seat, hops: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    kind: fc.constantFrom("openingMismatch" as const, "voteMismatch" as const, "noSignature" as const),
    peer: seat,
  }),
  fc.constant<Observation>({ kind: "completed" }),
);
const anyDigest = fc.option(fc.constantFrom(Uint8Array.of(1), Uint8Array.of(2)), { nil: null });

/** What honest parties can see of one corrupt one: each honest party has its own cause, or another honest one's later. */
const scenario = seat.chain((corrupt) =>
  fc.record({
    corrupt: fc.constant(corrupt),
    // In this order honest parties are stopped; the first by the corrupt one (or not at all), the rest by it or by an earlier.
    order: fc.shuffledSubarray(partiesExcept(corrupt), { minLength: 3 }),
    causes: fc.array(fc.record({ pick: fc.nat(2), kind: fc.nat(4), by: fc.nat(2) }), { minLength: 3, maxLength: 3 }),
    lies: fc.array(anyObservation, { maxLength: 2 }),
    digestLies: fc.array(fc.array(anyDigest, { maxLength: 2 }), { minLength: 4, maxLength: 4 }),
    reached: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  }),
);

type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

function play({ corrupt, order, causes, lies, digestLies, reached }: Scenario) {
  const observations: Observation[][] = PARTIES.map(() => []);
  observations[corrupt] = lies;
  const chain: { party: PartyId; depth: number; stops: boolean }[] = [];
  order.forEach((party, i) => {
    const { pick, kind, by } = causes[i]!;
    const earlier = chain.filter((link) => !link.stops)[pick];
    let observation: Observation;
    if (earlier) observation = { kind: "waiting", peer: earlier.party, round: earlier.depth + 1 };
    else if (kind === 0) {
      const checker = order[(i + 1) % 3]!;
      const roles = by % 2 === 0 ? { sender: corrupt, checker } : { sender: checker, checker: corrupt };
      observation = { kind: "badTag", ...roles, receiver: party, round: 1, step: 0 };
    } else if (kind === 1) observation = { kind: "waiting", peer: corrupt, round: by };
    else if (kind === 2) observation = { kind: "stopped", peer: corrupt, hops: 1 };
    else if (kind === 3) observation = { kind: "noSignature", peer: corrupt };
    else observation = { kind: "completed" };
    if (observation.kind === "waiting") chain.push({ party, depth: observation.round, stops: false });
    observations[party] = [observation];
  });
  // digests[receiver][party]: honest parties that reached the message agree; an honest receiver has what it received.
  const digests = PARTIES.map((receiver) =>
    PARTIES.map((party): (Uint8Array | null)[] => {
      if (party === corrupt) return digestLies[receiver]!;
      if (receiver !== corrupt) return [Uint8Array.of(party === receiver ? 2 : 1)];
      return [reached[party] ? Uint8Array.of(1) : null];
    }),
  );
  // An honest receiver rejects a corrupt sender's message because it is another than the honest checker's (2, not 1), and an
  // honest sender's only for the corrupt checker's tag, so it has that message.
  for (const party of order) {
    const [observation] = observations[party]!;
    if (observation?.kind === "badTag" && observation.sender !== corrupt) digests[party]![party] = [Uint8Array.of(1)];
  }
  return { observations, digests };
}

describe("settlement verdict", () => {
  it("names the corrupt party or a pair that contains it, whatever it says, in every seat", () => {
    fc.assert(
      fc.property(scenario, (s) => {
        const statements = play(s);
        const named = verdict(statements);
        if (named) expect(named).to.include(s.corrupt);
        const failed = s.order.some((party) => statements.observations[party]![0]!.kind !== "completed");
        if (failed) expect(named).to.not.equal(null);
      }),
      { numRuns: 5000, seed: 3 },
    );
  });

  const none = PARTIES.map(() => []);
  const of = (...list: Observation[]) => ({ observations: list.map((o) => [o]), digests: none });
  const done: Observation = { kind: "completed" };
  const waiting = (peer: PartyId, round: number): Observation => ({ kind: "waiting", peer, round });

  it("attaches an accusation to the root of the chain; two accusers convict", () => {
    expect(verdict(of(waiting(1, 5), waiting(2, 4), done, done))).to.deep.equal([1, 2]);
    expect(verdict(of(waiting(1, 5), waiting(2, 4), done, waiting(2, 4)))).to.deep.equal([2]);
  });

  it("a cycle has a root: the lowest round", () => {
    expect(verdict(of(waiting(1, 5), waiting(2, 4), waiting(0, 3), done))).to.deep.equal([0, 2]);
  });

  it("silence and two different statements convict", () => {
    expect(verdict({ observations: [[done], [], [done], [done]], digests: none })).to.deep.equal([1]);
    expect(verdict({ observations: [[done], [done], [done], [done, waiting(0, 1)]], digests: none })).to.deep.equal([
      3,
    ]);
  });
});
