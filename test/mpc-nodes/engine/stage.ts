/** Four engines in this process, one of which does what a test wants: what the honest ones end with. */
import { payGap } from "@sharebridge/algorithms/library/index.ts";
import { decodePublicResult } from "@sharebridge/contracts/typed-data.ts";
import type { Outcome } from "@sharebridge/mpc-nodes/engine/engine.ts";
import { LocalEngine } from "@sharebridge/mpc-nodes/engine/local-engine.ts";
import type { SessionOpener } from "@sharebridge/mpc-nodes/engine/sessions.ts";
import { type Sleep, sleep } from "@sharebridge/mpc-nodes/engine/sleep.ts";
import { Heap } from "@sharebridge/mpc-nodes/kernels/heap.ts";
import { PARTIES, type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import { openFourSession } from "@sharebridge/mpc-nodes/protocol/four/session.ts";
import { createMemoryTransports } from "@sharebridge/mpc-nodes/transport/memory.ts";
import { expect } from "chai";
import { jobsOf, signatureOf, TestHooks } from "../../suites/engine.suite.ts";
import { type Attack, isFirst, sendsIn, watched } from "./attack.ts";
import { dealOpenly, standInThree } from "./stand-in-three.ts";
import { type Case, expectOutputs, makeCase } from "./support.ts";

export interface Stage {
  readonly subject: Case;
  readonly engines: readonly LocalEngine[];
  readonly hooks: readonly TestHooks[];
  readonly heaps: readonly Heap[];
  /** Sessions that are open, e.g. "2 settle 0". */
  readonly open: Set<string>;
  /** Waits that are under way, by party. */
  readonly waits: readonly number[];
  compute(party: PartyId, signal?: AbortSignal): Promise<Outcome>;
  close(): Promise<void>;
}

export interface StageOptions {
  readonly culprit?: PartyId;
  readonly attack?: Attack;
  readonly receiveMs?: number;
  readonly sealed?: boolean;
  /** What the honest parties' nodes do otherwise. */
  readonly hooks?: (hooks: TestHooks) => void;
  /** What opens sessions of three at the honest parties. */
  readonly three?: SessionOpener;
}

export async function stage(label: string, options: StageOptions = {}): Promise<Stage> {
  const { culprit, attack = {}, receiveMs = 500, sealed = false, three = standInThree() } = options;
  const subject = makeCase(label, payGap, 20, sealed);
  const transports = createMemoryTransports({ timeouts: { receiveMs } });
  const open = new Set<string>();
  const heaps = PARTIES.map(() => new Heap(2 ** 26));
  const hooks = PARTIES.map((party) => new TestHooks(party));
  const waits = [0, 0, 0, 0];
  const engines = PARTIES.map((party) => {
    const its = party === culprit ? attack : {};
    (its === attack ? its.hooks : options.hooks)?.(hooks[party]);
    const openers = { four: openFourSession, three: its.three ?? three };
    const counted: Sleep = async (ms, signal) => {
      waits[party]++;
      await sleep(ms, signal);
      waits[party]--;
    };
    const heap = heaps[party];
    return new LocalEngine(watched(transports[party], label, open, its), { heap, openers, sleep: counted });
  });
  const jobs = jobsOf(subject, dealOpenly);
  if (attack.absent === "closed") await engines[culprit!].close();
  return {
    ...{ subject, engines, hooks, heaps, open, waits },
    compute: (party, signal) => engines[party].compute(jobs[party], hooks[party], signal),
    close: async () => {
      await Promise.all(engines.map((engine) => engine.close()));
    },
  };
}

export interface Played extends Stage {
  readonly honest: readonly PartyId[];
  /** By party: "outcome", or the error's code; how the culprit ended too. */
  readonly ends: readonly string[];
  readonly outcomes: readonly (Outcome | null)[];
}

/** Plays a request to its end at all parties; nothing may be left then. */
export async function play(label: string, options: StageOptions = {}): Promise<Played> {
  const { culprit, attack = {} } = options;
  const on = await stage(label, options);
  const parties = attack.absent === undefined ? PARTIES : PARTIES.filter((party) => party !== culprit);
  try {
    const settled = await Promise.allSettled(parties.map((party) => on.compute(party)));
    const honest = culprit === undefined ? PARTIES : partiesExcept(culprit);
    const endOf = (party: PartyId) => settled[parties.indexOf(party)];
    const outcomes = PARTIES.map((party) => {
      const end = endOf(party);
      return end?.status === "fulfilled" ? end.value : null;
    });
    const ends = PARTIES.map((party) => {
      const end = endOf(party);
      if (end === undefined) return "absent";
      return end.status === "fulfilled" ? "outcome" : (end.reason.code ?? end.reason.message);
    });
    expect([...on.open]).to.deep.equal([]);
    expect(on.waits).to.deep.equal([0, 0, 0, 0]);
    expect(on.heaps.map((heap) => heap.usedBytes)).to.deep.equal([0, 0, 0, 0]);
    return { ...on, honest, ends, outcomes };
  } finally {
    await on.close();
  }
}

/** All honest parties have the same right answer, or know that it is there; two at least have it themselves. */
export function expectAnswered({ subject, honest, ends, outcomes }: Played): Outcome {
  const had = honest.flatMap((party) => outcomes[party] ?? []);
  const ended = honest.map((party) => ends[party]);
  expect(
    ended.every((end) => end === "outcome" || end === "AnsweredByPeers"),
    ended.join(),
  ).to.equal(true);
  expect(had.length, ended.join()).to.be.greaterThan(1);
  const [first] = had;
  for (const { attempt, activeSet, result, signatures } of had) {
    expect({ attempt, activeSet, result }).to.deep.equal({
      attempt: first.attempt,
      activeSet: first.activeSet,
      result: first.result,
    });
    expect(signatures.length).to.be.greaterThan(2);
    for (const { seat, signature } of signatures) expect(signature).to.equal(signatureOf(seat, first));
  }
  if (!subject.sealed) expectOutputs(subject, decodePublicResult(first.result));
  return first;
}

/** Several plays at once: they wait more than they compute. */
export async function inBatches<T>(cases: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < cases.length; at += 4) await Promise.all(cases.slice(at, at + 4).map(work));
}

/** How many messages a party sends to each other in the first attempt: the last two are its vote and its signature. */
export async function countMessages(): Promise<number[][]> {
  const counts = PARTIES.map(() => [0, 0, 0, 0]);
  for (const culprit of PARTIES) {
    const attack = sendsIn(isFirst, (to, payload, index, pass) => {
      counts[culprit][to] = index + 1;
      pass(payload);
    });
    await play(`count ${culprit}`, { culprit, attack, receiveMs: 2000 });
  }
  return counts;
}
