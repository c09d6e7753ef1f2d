import { expect } from "chai";
import fc from "fast-check";
import { PARTIES, type PartyId, partiesExcept } from "../../../../mpc-nodes/math/party.ts";
import type { Observation } from "../../../../mpc-nodes/protocol/settlement/observation.ts";
import { type Statements, verdict } from "../../../../mpc-nodes/protocol/settlement/verdict.ts";

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
  fc.record({ kind: fc.constant("tossEcho" as const), peer: seat, key: seat }),
  fc.constant<Observation>({ kind: "failed" }),
  fc.record({
    kind: fc.constantFrom("openingMismatch" as const, "voteMismatch" as const, "noSignature" as const),
    peer: seat,
  }),
  fc.constant<Observation>({ kind: "completed" }),
);
const TRUE = new Uint8Array(32).fill(1);
const OTHER = new Uint8Array(32).fill(2);
const anyAnswer = fc.constantFrom(TRUE, OTHER, null, undefined);

/** What honest parties can see of one corrupt one: each honest party has its own cause, or another honest one's later. */
const scenario = seat.chain((corrupt) =>
  fc.record({
    corrupt: fc.constant(corrupt),
    // In this order honest parties are stopped; the first by the corrupt one (or not at all), the rest by it or by an earlier.
    order: fc.shuffledSubarray(partiesExcept(corrupt), { minLength: 3 }),
    causes: fc.array(fc.record({ pick: fc.nat(2), kind: fc.nat(6), by: fc.nat(2) }), { minLength: 3, maxLength: 3 }),
    lie: fc.option(anyObservation),
    answers: fc.option(fc.array(anyAnswer, { minLength: 4, maxLength: 4 }), { freq: 9 }),
    reached: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  }),
);

type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

function play({ corrupt, order, causes, lie, answers: lies, reached }: Scenario): Statements {
  const observations: (Observation | null)[] = PARTIES.map(() => lie);
  const chain: { party: PartyId; depth: number }[] = [];
  order.forEach((party, i) => {
    const { pick, kind, by } = causes[i]!;
    const earlier = chain[pick];
    let observation: Observation;
    if (earlier) observation = { kind: "waiting", peer: earlier.party, round: earlier.depth + 1 };
    else if (kind === 0) {
      const checker = order[(i + 1) % 3]!;
      const roles = by % 2 === 0 ? { sender: corrupt, checker } : { sender: checker, checker: corrupt };
      observation = { kind: "badTag", ...roles, receiver: party, round: 1, step: 0 };
    } else if (kind === 1) observation = { kind: "waiting", peer: corrupt, round: by };
    else if (kind === 2) observation = { kind: "tossEcho", peer: order[(i + 1) % 3]!, key: order[(i + 2) % 3]! };
    else if (kind === 3) observation = { kind: "noSignature", peer: corrupt };
    else if (kind === 4) observation = { kind: "tossEcho", peer: corrupt, key: order[(i + 2) % 3]! };
    else if (kind === 5) observation = { kind: "openingMismatch", peer: corrupt };
    else observation = { kind: "completed" };
    if (observation.kind === "waiting") chain.push({ party, depth: observation.round });
    observations[party] = observation;
  });
  const answerOf = (party: PartyId, claimant: PartyId): Uint8Array | null | undefined => {
    const claim = observations[claimant];
    if (claim?.kind === "tossEcho") {
      const thirdIsCorrupt = ![claimant, claim.peer, claim.key].includes(corrupt);
      // Nobody shows another commitment of an honest party than the one that it signed.
      if (party === corrupt) return lies?.[claimant] && TRUE;
      if (claimant === corrupt) return reached[party] ? TRUE : null;
      return thirdIsCorrupt && party === claimant ? OTHER : TRUE;
    }
    if (party === corrupt) return lies?.[claimant];
    if (claimant === corrupt) return reached[party] ? TRUE : null;
    // An honest receiver rejects a corrupt sender's message because it is another than the honest checker's, and an honest
    // sender's only for the corrupt checker's tag, so it has that message.
    const refusesMessage = claim?.kind === "badTag" && claim.sender === corrupt && party === claimant;
    return refusesMessage ? OTHER : TRUE;
  };
  const answers = PARTIES.map((party) =>
    party === corrupt && lies === null ? null : PARTIES.map((claimant) => answerOf(party, claimant)),
  );
  return { observations, answers };
}

describe("settlement verdict", () => {
  it("names the corrupt party or a pair that contains it, whatever it says, in every seat", () => {
    fc.assert(
      fc.property(scenario, (s) => {
        const statements = play(s);
        const named = verdict(statements);
        if (named) expect(named).to.include(s.corrupt);
        const failed = s.order.some((party) => statements.observations[party]!.kind !== "completed");
        if (failed) expect(named).to.not.equal(null);
      }),
      { numRuns: 5000, seed: 3 },
    );
  });

  const nothing = PARTIES.map(() => []);
  const of = (...observations: (Observation | null)[]) => ({ observations, answers: nothing });
  const done: Observation = { kind: "completed" };
  const waiting = (peer: PartyId, round: number): Observation => ({ kind: "waiting", peer, round });

  it("attaches an accusation to the root of the chain; two accusers convict", () => {
    expect(verdict(of(waiting(1, 5), waiting(2, 4), done, done))).to.deep.equal([1, 2]);
    expect(verdict(of(waiting(1, 5), waiting(2, 4), done, waiting(2, 4)))).to.deep.equal([2]);
  });

  it("a cycle has a root: the lowest round", () => {
    expect(verdict(of(waiting(1, 5), waiting(2, 4), waiting(0, 3), done))).to.deep.equal([0, 2]);
  });

  it("convicts whoever makes no statement, or not one", () => {
    expect(verdict(of(done, null, done, done))).to.deep.equal([1]);
    expect(verdict({ observations: [done, done, done, done], answers: [[], [], [], null] })).to.deep.equal([3]);
  });

  it("convicts a party that failed by itself, and excuses it for keeping others waiting", () => {
    expect(verdict(of(waiting(1, 5), { kind: "failed" }, waiting(1, 5), done))).to.deep.equal([1]);
  });

  describe("a toss whose echo differs", () => {
    const claim: Observation = { kind: "tossEcho", peer: 1, key: 3 };
    const shown = (mine: Uint8Array | null, peers: Uint8Array | null) =>
      verdict({ observations: [claim, done, done, done], answers: [[mine], [peers], [], []] });

    it("convicts the third holder when it signed two commitments", () => {
      expect(shown(TRUE, OTHER)).to.deep.equal([2]);
    });

    it("names claimant and echoer when both saw the same, or the echoer nothing", () => {
      expect(shown(TRUE, TRUE)).to.deep.equal([0, 1]);
      expect(shown(TRUE, null)).to.deep.equal([0, 1]);
      expect(shown(null, TRUE)).to.deep.equal([0]);
    });
  });
});
