/** Four real sessions over memory transports; one party misbehaves in the run, in the settlement, or in both. */

import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import { Heap } from "../../../../mpc-nodes/kernels/heap.ts";
import { concatenateBytes } from "../../../../mpc-nodes/math/bytes.ts";
import { PARTIES, type PartyId, partiesExcept } from "../../../../mpc-nodes/math/party.ts";
import { coinCommitment, signCommitment } from "../../../../mpc-nodes/protocol/coin-commitment.ts";
import { openFourSession } from "../../../../mpc-nodes/protocol/four/session.ts";
import type { Network } from "../../../../mpc-nodes/protocol/network.ts";
import { Progress } from "../../../../mpc-nodes/protocol/progress.ts";
import type { Session } from "../../../../mpc-nodes/protocol/session.ts";
import type { Observation } from "../../../../mpc-nodes/protocol/settlement/observation.ts";
import { observationOf } from "../../../../mpc-nodes/protocol/settlement/observe.ts";
import { type Settled, settle } from "../../../../mpc-nodes/protocol/settlement/settle.ts";
import type { Verdict } from "../../../../mpc-nodes/protocol/settlement/verdict.ts";
import { SIGNATURE_BYTES, type Signer } from "../../../../mpc-nodes/protocol/signer.ts";
import { createMemoryTransports, type MemoryTransport } from "../../../../mpc-nodes/transport/memory.ts";
import { idOf, REQUEST } from "../../../suites/network-support.ts";
import { isPresence } from "../../support/memory-network.ts";

/** Turns of the event loop in place of milliseconds: all that arrives does so in a few, however busy the machine is. */
const ROUND_TURNS = 100;
const RECEIVE_MS = 150;

const binding = new Uint8Array(32).fill(7);

interface Sent {
  readonly to: PartyId;
  /** Counts the payloads to that peer. */
  readonly index: number;
  readonly payload: Uint8Array;
}
/** What arrives in place of a payload; null for nothing. */
type Tamper = (sent: Sent, signer: Signer) => Uint8Array | null;

type Run = (corrupt: PartyId) => Tamper;

interface Misbehaviour {
  readonly run?: Run;
  readonly settlement?: (corrupt: PartyId) => Tamper;
  readonly says?: (corrupt: PartyId) => Observation;
  readonly digest?: () => Uint8Array | null;
  /** Peers that the corrupt party opens the settlement with. */
  readonly settlesWith?: (corrupt: PartyId) => PartyId[];
}

function tampered(network: Network, tamper: Tamper, signer: Signer): Network {
  const counts = [0, 0, 0, 0];
  return {
    party: network.party,
    peers: network.peers,
    statistics: network.statistics,
    queued: (to) => network.queued(to),
    room: (to, bytes) => network.room(to, bytes),
    receive: (from, into) => network.receive(from, into),
    idle: () => network.idle(),
    send(to, payload) {
      const changed = tamper({ to, index: counts[to]!++, payload }, signer);
      if (changed !== null) network.send(to, changed);
    },
  };
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await setImmediate();
}

const heap = new Heap(2 ** 28);

async function compute({ mpc }: Session, rows: number): Promise<void> {
  const x = mpc.constant(5n, rows, 64);
  const y = await mpc.multiply(x, x);
  const z = await mpc.multiply(y, x);
  await mpc.open([z]);
}

async function play(
  corrupt: PartyId,
  misbehaviour: Misbehaviour,
  { rows = 4, receiveMs = RECEIVE_MS } = {},
): Promise<Settled[]> {
  const transports = createMemoryTransports({ timeouts: { receiveMs } });
  const ran = await Promise.all(
    transports.map(async (signer) => {
      const opened = await signer.openSession(idOf(1), REQUEST);
      const tamper = signer.party === corrupt ? misbehaviour.run?.(corrupt) : undefined;
      return run(tamper ? tampered(opened, tamper, signer) : opened, signer, rows);
    }),
  );
  const settled = await Promise.all(
    transports.map(async (signer, party) => {
      const { observation, session } = ran[party]!;
      const lies = party === corrupt;
      // The honest start at different times.
      await turns(party * 20);
      const peers = lies ? misbehaviour.settlesWith?.(corrupt) : undefined;
      const opened = await signer.openSession(idOf(2), REQUEST, peers);
      const tamper = lies ? misbehaviour.settlement?.(corrupt) : undefined;
      const digestOf: Session["digestOf"] = (...place) =>
        lies && misbehaviour.digest ? misbehaviour.digest() : (session?.digestOf(...place) ?? null);
      return settle({
        network: tamper ? tampered(opened, tamper, signer) : opened,
        signer,
        binding,
        observation: lies && misbehaviour.says ? misbehaviour.says(corrupt) : observation,
        digestOf,
        commitmentOf: (key, contributor) => ran[party]!.progress.commitmentOf(key, contributor),
        roundMs: ROUND_TURNS,
        sleep: turns,
      });
    }),
  );
  await Promise.all(transports.map((transport) => transport.close()));
  await Promise.all(ran.map(({ session }) => session?.close()));
  return partiesExcept(corrupt).map((party) => settled[party]!);
}

async function run(network: Network, signer: MemoryTransport, rows: number) {
  const progress = new Progress();
  let session: Session | null = null;
  let observation: Observation = { kind: "completed" };
  try {
    session = await openFourSession({ network, signer, heap, binding, progress });
    await compute(session, rows);
  } catch (error) {
    observation = observationOf(error, progress.place);
  }
  // Without a reason: what was sent still arrives.
  signer.closeSession(idOf(1));
  return { observation, session, progress };
}

const next = (party: PartyId, step = 1): PartyId => ((party + step) % 4) as PartyId;
const flip = (payload: Uint8Array, at: number): Uint8Array =>
  payload.map((byte, i) => (i === (at + payload.length) % payload.length ? byte ^ 1 : byte));
/** Flips a bit of the index-th payload to a peer: 0 commits, 1 opens, 2 echoes. */
const flipsToss =
  (index: number, at: number): Run =>
  (corrupt) =>
  (sent) =>
    sent.to === next(corrupt) && sent.index === index ? flip(sent.payload, at) : sent.payload;
/** Flips a bit of a joint message or a tag: of the nth frame after the toss. */
const flips =
  (nth: number, at: number): Run =>
  () => {
    let count = 0;
    return (sent) => (sent.index > 2 && !isPresence(sent) && count++ === nth ? flip(sent.payload, at) : sent.payload);
  };
/** Sends nothing any more to `peers` parties once it has sent so many frames after the toss. */
const silentAfter =
  (frames: number, peers: number): Run =>
  () => {
    const [silent, seen] = [new Set<PartyId>(), { count: 0 }];
    return (sent) => {
      if (sent.index > 2 && seen.count++ >= frames && silent.size < peers) silent.add(sent.to);
      return silent.has(sent.to) ? null : sent.payload;
    };
  };
const silentInToss: Run = (corrupt) => (sent) => (sent.to === next(corrupt, 2) && sent.index > 0 ? null : sent.payload);
/** To one peer another contribution to the first key that both hold, with a signed commitment that fits. */
const equivocates: Run = (corrupt) => (sent, signer) => {
  const key = partiesExcept(corrupt, sent.to)[0]!;
  const lie = new Uint8Array(32).fill(0xee);
  if (sent.to !== next(corrupt) || sent.index > 1) return sent.payload;
  if (sent.index === 1) return concatenateBytes([lie, sent.payload.subarray(32)]);
  const { commitment, signature } = signCommitment(signer, binding, key, coinCommitment(binding, key, corrupt, lie));
  return concatenateBytes([commitment, signature, sent.payload.subarray(32 + SIGNATURE_BYTES)]);
};
const otherDigest = () => new Uint8Array(32).fill(9);
const badTag = (corrupt: PartyId): Observation => ({
  kind: "badTag",
  sender: next(corrupt),
  checker: next(corrupt, 2),
  receiver: corrupt,
  round: 0,
  step: 0,
});

interface Case extends Misbehaviour {
  readonly convicts?: boolean;
}

const CASES: Record<string, Case> = {
  "flips a bit of a message": { run: flips(0, 0) },
  "flips a bit of a later message": { run: flips(2, 0) },
  "flips a bit of a tag": { run: flips(1, -1) },
  "flips a bit and shows another digest": { run: flips(0, 0), digest: otherDigest },
  "flips a bit and denies having sent": { run: flips(1, 0), digest: () => null },
  "flips a bit of a tag and shows another digest": { run: flips(1, -1), digest: otherDigest },
  "flips a bit and claims a bad tag itself": { run: flips(0, 0), says: badTag },
  "says nothing to one peer": { run: silentAfter(0, 1) },
  "says nothing to two peers": { run: silentAfter(1, 2) },
  "says nothing to anybody": { run: silentAfter(0, 3) },
  "says nothing in the toss": { run: silentInToss },
  "says nothing, and that another kept it waiting": {
    run: silentAfter(1, 2),
    says: (corrupt) => ({ kind: "waiting", peer: next(corrupt), round: 0 }),
  },
  "says different things in the toss": { run: equivocates, convicts: true },
  "opens another contribution": { run: flipsToss(1, 0) },
  "does not sign a commitment": { run: flipsToss(0, 40) },
  "echoes another toss": { run: flipsToss(2, 0) },
  "claims another echo": { says: (corrupt) => ({ kind: "tossEcho", peer: next(corrupt), key: next(corrupt, 2) }) },
  "claims a bad tag falsely": { says: badTag },
  "claims a bad tag falsely, with a digest of its own": { says: badTag, digest: otherDigest },
  "claims a bad tag of a message to another": {
    says: (corrupt) => ({ ...badTag(corrupt), checker: corrupt, receiver: next(corrupt, 2) }) as Observation,
    convicts: true,
  },
  "accuses an honest party of silence": { says: (corrupt) => ({ kind: "waiting", peer: next(corrupt), round: 1 }) },
  "failed by itself": { says: () => ({ kind: "failed" }), convicts: true },
  "is silent at the settlement": { settlement: () => () => null, convicts: true },
  "is silent at the second broadcast": {
    settlement: () => (sent) => (sent.index < 2 ? sent.payload : null),
    convicts: true,
  },
  "speaks to one party only at the settlement": {
    run: flips(0, 0),
    settlesWith: (corrupt) => [next(corrupt)],
  },
  "sends garbage at the settlement": { settlement: () => (sent) => flip(sent.payload, 1), convicts: true },
  "signs badly at the settlement": { settlement: () => (sent) => flip(sent.payload, -1), convicts: true },
};

describe("settlement of a run by four", () => {
  for (const [name, { convicts = false, ...misbehaviour }] of Object.entries(CASES)) {
    it(`names a party that ${name}, in every seat, alike at all honest parties`, async () => {
      await Promise.all(
        PARTIES.map(async (corrupt) => {
          const settled = await play(corrupt, misbehaviour);
          const verdicts: Verdict[] = settled.map((each) => each.verdict);
          for (const named of verdicts) {
            expect(named, `seat ${corrupt}`).to.deep.equal(verdicts[0]);
            expect(named ?? [], `seat ${corrupt}`).to.include(corrupt);
          }
          if (convicts) expect(verdicts[0]).to.deep.equal([corrupt]);
          for (const { statements } of settled) expect(statements).to.deep.equal(settled[0]!.statements);
        }),
      );
    });
  }

  it("counts steps, not rounds: a party that falls silent in the middle of a round", async () => {
    // One seat after the other: what the honest take for silence must not be a busy machine.
    for (const corrupt of PARTIES) {
      const misbehaviour = { run: silentAfter(corrupt, 1) };
      const settled = await play(corrupt, misbehaviour, { rows: 240_000, receiveMs: 500 });
      for (const { verdict } of settled) {
        expect(verdict).to.deep.equal(settled[0]!.verdict);
        expect(verdict ?? []).to.include(corrupt);
      }
    }
  });

  it("names nobody when nothing went wrong", async () => {
    for (const { verdict } of await play(0, {})) expect(verdict).to.equal(null);
  });
});
