/** Four engines in this process, one of which sends something wrong, or nothing: what the others are left with. */
import { payGap } from "@sharebridge/algorithms/library/index.ts";
import { LocalEngine } from "@sharebridge/mpc-nodes/engine/local-engine.ts";
import { sessionIdOf } from "@sharebridge/mpc-nodes/engine/session-id.ts";
import { Heap } from "@sharebridge/mpc-nodes/kernels/heap.ts";
import { PARTIES, type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import type { Network } from "@sharebridge/mpc-nodes/protocol/network.ts";
import { createMemoryTransports } from "@sharebridge/mpc-nodes/transport/memory.ts";
import type { Transport } from "@sharebridge/mpc-nodes/transport/transport.ts";
import { expect } from "chai";
import { jobsOf, TestHooks } from "../../suites/engine.suite.ts";
import { makeCase, requestIdOf, tamper } from "./support.ts";

/** Stands between a party and the sessions in which it computes. */
function between(transport: Transport, attempt: string, wrap: (network: Network) => Network): Transport {
  const openSession: Transport["openSession"] = async (sessionId, ...rest) => {
    const network = await transport.openSession(sessionId, ...rest);
    return sessionId === attempt ? wrap(network) : network;
  };
  return new Proxy(transport, {
    get(target, name) {
      if (name === "openSession") return openSession;
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
    set: (target, name, value) => Reflect.set(target, name, value, target),
  });
}

/** Sends nothing to anybody after so many messages. */
const silentAfter = (count: number) => (network: Network) => {
  let sent = 0;
  const send: Network["send"] = (to, payload) => {
    if (sent++ < count) network.send(to, payload);
  };
  return new Proxy(network, {
    get(target, name) {
      if (name === "send") return send;
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
};

/** @returns what the honest parties' operators heard, by party; null when all had an answer */
async function play(label: string, culprit: PartyId, wrap: (network: Network) => Network, receiveMs: number) {
  const subject = makeCase(label, payGap, 20, true);
  const attempt = sessionIdOf(requestIdOf(label), 0);
  const transports = createMemoryTransports({ timeouts: { receiveMs } });
  const heaps = PARTIES.map(() => new Heap(2 ** 26));
  const engines = transports.map((transport) => {
    const own = transport.party === culprit ? between(transport, attempt, wrap) : transport;
    return new LocalEngine(own, { heap: heaps[transport.party] });
  });
  const hooks = PARTIES.map((party) => new TestHooks(party));
  const jobs = jobsOf(subject);
  try {
    const outcomes = await Promise.allSettled(engines.map((engine, i) => engine.compute(jobs[i], hooks[i])));
    if (outcomes.every(({ status }) => status === "fulfilled")) return null;
    for (const party of partiesExcept(culprit)) {
      const outcome = outcomes[party];
      expect(outcome.status, `party ${party}`).to.equal("rejected");
      expect((outcome as PromiseRejectedResult).reason).to.include({ name: "EngineError", code: "NoAnswer" });
      expect(hooks[party].evidence).to.have.length(1);
    }
    expect(heaps.map((heap) => heap.usedBytes)).to.deep.equal([0, 0, 0, 0]);
    return partiesExcept(culprit).map((party) => hooks[party].evidence[0]!);
  } finally {
    await Promise.all(engines.map((engine) => engine.close()));
  }
}

describe("a failed attempt", () => {
  it("names a pair or a party that contains whoever flipped a bit, the same at all honest parties, in each seat", async () => {
    for (const culprit of PARTIES) {
      let failed = 0;
      for (const to of partiesExcept(culprit)) {
        // The first joint message to this peer: those of the toss come before.
        const evidence = await play(`flip ${culprit} ${to}`, culprit, tamper(culprit, to, 3), 2000);
        // In a run as short as this one, not every link carries one.
        if (evidence === null) continue;
        failed++;
        for (const { suspects, excluded, attempt } of evidence) {
          expect(suspects).to.deep.equal(evidence[0]!.suspects);
          expect(suspects.length).to.be.within(1, 2);
          expect(suspects).to.include(culprit);
          expect({ excluded, attempt }).to.deep.equal({ excluded: null, attempt: 0 });
        }
        expect(evidence.some(({ code }) => code === "BadTag")).to.equal(true);
      }
      expect(failed).to.be.greaterThan(0);
    }
  });

  it("names whoever falls silent in the middle of a run, in each seat", async () => {
    for (const culprit of PARTIES) {
      const evidence = await play(`mute ${culprit}`, culprit, silentAfter(11), 300);
      if (evidence === null) throw new Error("a silent party was not missed");
      for (const { suspects } of evidence) {
        expect(suspects).to.deep.equal(evidence[0]!.suspects);
        expect(suspects).to.include(culprit);
      }
    }
  });

  it("frees everything when it is cancelled while it is settled", async () => {
    const label = "cancelled while settled";
    const transports = createMemoryTransports({ timeouts: { receiveMs: 400 } });
    const heap = new Heap(2 ** 26);
    const engines = transports.map((transport) => new LocalEngine(transport, { heap }));
    const jobs = jobsOf(makeCase(label, payGap, 20, false));
    const controllers = [0, 1, 2].map(() => new AbortController());
    const hooks = PARTIES.map((party) => new TestHooks(party));
    const failed = Promise.allSettled(
      controllers.map(({ signal }, party) => engines[party].compute(jobs[party], hooks[party], signal)),
    );
    // Party 3 is missing: the first wait ends after one timeout, and the settlement waits for it once more.
    setTimeout(() => {
      for (const controller of controllers) controller.abort();
    }, 550);
    const outcomes = await failed;
    const codes = outcomes.map((outcome) => (outcome as PromiseRejectedResult).reason.code);
    expect(codes).to.deep.equal(["Cancelled", "Cancelled", "Cancelled"]);
    expect(hooks.flatMap(({ evidence }) => evidence)).to.deep.equal([]);
    expect(heap.usedBytes).to.equal(0);
    await Promise.all(engines.map((engine) => engine.close()));
  });
});
