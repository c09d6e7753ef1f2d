/** Four engines in this process, one of which does what a test wants: what the honest ones end with. */

import { decodePublicResult } from "@sharebridge/contracts/typed-data.ts";
import type { Outcome } from "@sharebridge/mpc-nodes/engine/engine.ts";
import { LocalEngine } from "@sharebridge/mpc-nodes/engine/local-engine.ts";
import { type SessionKind, sessionIdOf } from "@sharebridge/mpc-nodes/engine/session-id.ts";
import type { SessionOpener } from "@sharebridge/mpc-nodes/engine/sessions.ts";
import { type Sleep, sleep } from "@sharebridge/mpc-nodes/engine/sleep.ts";
import { Heap } from "@sharebridge/mpc-nodes/kernels/heap.ts";
import { PARTIES, type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import { openFourSession } from "@sharebridge/mpc-nodes/protocol/four/session.ts";
import type { Network } from "@sharebridge/mpc-nodes/protocol/network.ts";
import { createMemoryTransports } from "@sharebridge/mpc-nodes/transport/memory.ts";
import type { Transport } from "@sharebridge/mpc-nodes/transport/transport.ts";
import { decodeStatus, isStatusQuestion } from "@sharebridge/mpc-nodes/wire/status-question.ts";
import { expect } from "chai";
import { jobsOf, signatureOf, TestHooks } from "../../suites/engine.suite.ts";
import { payGap } from "../../support/open-pay-gap.ts";
import { dealOpenly, standInThree } from "./stand-in-three.ts";
import { type Case, expectOutputs, makeCase, requestIdOf } from "./support.ts";

export interface SessionName {
  readonly attempt: number;
  readonly kind: SessionKind;
}

/** What the culprit answers about a request in place of what it honestly would; a rejection refuses. */
export type StatusAttack = (honest: Uint8Array, from: PartyId) => Promise<Uint8Array>;

/** It keeps to itself that it has the answer. */
export const keepsTheAnswer: StatusAttack = async (honest) => {
  if (decodeStatus(honest).kind === "answered") throw new Error("not for you");
  return honest;
};

/** What the culprit does otherwise than an honest party. */
export interface Attack {
  /** Stands between it and its sessions. */
  readonly network?: (network: Network, session: SessionName) => Network;
  readonly hooks?: (hooks: TestHooks) => void;
  readonly status?: StatusAttack;
  readonly three?: SessionOpener;
  /** It leaves its sessions open for so many milliseconds more. */
  readonly closesAfterMs?: number;
  /** It never computes; its transport is there, or closed from the start. */
  readonly absent?: "idle" | "closed";
}

/** `object`, with some of its members replaced. */
export function overridden<T extends object>(object: T, members: Partial<T>): T {
  return new Proxy(object, {
    get(target, name) {
      const own = Reflect.get(members, name) ?? Reflect.get(target, name, target);
      return typeof own === "function" && !(name in members) ? own.bind(target) : own;
    },
    set: (target, name, value) => Reflect.set(target, name, value, target),
  });
}

/** All sessions that a request can have, by id. */
function namesOf(label: string): Map<string, SessionName> {
  const names = [0, 1, 2].flatMap((attempt) => (["compute", "settle"] as const).map((kind) => ({ attempt, kind })));
  return new Map(names.map((name) => [sessionIdOf(requestIdOf(label), name.attempt, name.kind), name]));
}

/** A transport that knows which of its sessions are open, and through which an attack reaches. */
function watched(transport: Transport, label: string, open: Set<string>, attack: Attack): Transport {
  const names = namesOf(label);
  const through = overridden(transport, {
    async openSession(sessionId, ...rest) {
      const network = await transport.openSession(sessionId, ...rest);
      const name = names.get(sessionId)!;
      open.add(`${transport.party} ${name.kind} ${name.attempt}`);
      return attack.network?.(network, name) ?? network;
    },
    closeSession(sessionId, reason) {
      const name = names.get(sessionId)!;
      open.delete(`${transport.party} ${name.kind} ${name.attempt}`);
      if (attack.closesAfterMs === undefined) transport.closeSession(sessionId, reason);
      else later(attack.closesAfterMs, () => transport.closeSession(sessionId, reason));
    },
  });
  const { status } = attack;
  if (status === undefined) return through;
  return new Proxy(through, {
    get: (target, name) => Reflect.get(target, name, target),
    set(target, name, value) {
      if (name !== "onQuestion") return Reflect.set(target, name, value, target);
      target.onQuestion = async (question, from) => {
        const honest = await value(question, from);
        return isStatusQuestion(question) ? status(honest, from) : honest;
      };
      return true;
    },
  });
}

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

/** An attack that changes what it sends in some sessions, `index` being the number of the message to that peer. */
export const sendsIn = (
  which: (name: SessionName) => boolean,
  send: (to: PartyId, payload: Uint8Array, index: number, pass: (payload: Uint8Array) => void) => void,
): Pick<Attack, "network"> => ({ network: (network, name) => (which(name) ? sending(network, send) : network) });

export const isFirst = ({ attempt, kind }: SessionName) => attempt === 0 && kind === "compute";

/** Says nothing to one party in the first attempt, so that the settlement names the two of them. */
export const silentTo = (victim: PartyId): Pick<Attack, "network"> =>
  sendsIn(isFirst, (to, payload, _index, pass) => to !== victim && pass(payload));

/** Passes something on after a while, if the session is still open then. */
export function later(ms: number, pass: () => void): void {
  setTimeout(() => {
    try {
      pass();
    } catch {
      // The session is closed: nothing is sent.
    }
  }, ms).unref();
}

/** Does something else with what it sends, by the number of the message to that peer. */
function sending(
  network: Network,
  send: (to: PartyId, payload: Uint8Array, index: number, pass: (payload: Uint8Array) => void) => void,
): Network {
  const counts = [0, 0, 0, 0];
  return overridden(network, {
    send: (to, payload) => send(to, payload, counts[to]++, (passed) => network.send(to, passed)),
  });
}
