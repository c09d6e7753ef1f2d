/** Four engines in this process, one of which does what a test wants: what the honest ones end with. */

import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { decodePublicResult } from "@sharebridge/contracts/typed-data.ts";
import { type Computation, compute as computeProgram } from "@sharebridge/mpc-nodes/engine/compute.ts";
import type { Outcome } from "@sharebridge/mpc-nodes/engine/engine.ts";
import { LocalEngine } from "@sharebridge/mpc-nodes/engine/local-engine.ts";
import { defaultOpeners, type SessionOpeners } from "@sharebridge/mpc-nodes/engine/sessions.ts";
import { type Sleep, sleep } from "@sharebridge/mpc-nodes/engine/sleep.ts";
import { Heap } from "@sharebridge/mpc-nodes/kernels/heap.ts";
import { PARTIES, type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import type { Keys } from "@sharebridge/mpc-nodes/protocol/randomness.ts";
import type { Session } from "@sharebridge/mpc-nodes/protocol/session.ts";
import { createMemoryTransports } from "@sharebridge/mpc-nodes/transport/memory.ts";
import { expect } from "chai";
import { jobsOf, signatureOf, TestHooks } from "../../suites/engine.suite.ts";
import { payGap } from "../../support/open-pay-gap.ts";
import { type Body, computeOf, expectResult, wordOf, X, Y } from "./adversaries/operations.ts";
import { type Attack, earlierThan, isFirst, namesOf, sendsIn, watched } from "./attack.ts";
import { type Case, expectOutputs, makeCase, requestIdOf } from "./support.ts";

export interface Stage {
  readonly subject: Case;
  readonly body: Body | null;
  readonly engines: readonly LocalEngine[];
  readonly hooks: readonly TestHooks[];
  readonly heaps: readonly Heap[];
  /** Sessions that are open, e.g. "2 settle 0". */
  readonly open: Set<string>;
  /** Waits that are under way, by party. */
  readonly waits: readonly number[];
  /** What honest parties came to, in any attempt, be it that it failed afterwards. */
  readonly computed: readonly string[];
  compute(party: PartyId, signal?: AbortSignal): Promise<Outcome>;
  /** An honest run of all parties before it. */
  computeEarlier(): Promise<void>;
  close(): Promise<void>;
}

export interface StageOptions {
  readonly culprit?: PartyId;
  readonly attack?: Attack;
  readonly receiveMs?: number;
  readonly sealed?: boolean;
  /** The same parties have computed another request before. */
  readonly earlier?: boolean;
  /** The pay gap unless said otherwise. */
  readonly program?: Program;
  /** In place of a program. */
  readonly body?: Body;
  /** What the honest parties' nodes do otherwise. */
  readonly hooks?: (hooks: TestHooks) => void;
  /** What opens sessions at the honest parties, to look at them. */
  readonly openers?: SessionOpeners;
  readonly requestKeys?: (party: PartyId) => Keys;
}

/** Making one takes longer than most of what is computed here. */
const freeHeaps: Heap[] = [];

const COLUMNS = new Map([
  ["x", BigUint64Array.from(X, wordOf)],
  ["y", BigUint64Array.from(Y, wordOf)],
]);

export async function stage(label: string, options: StageOptions = {}): Promise<Stage> {
  const { culprit, attack = {}, receiveMs = 500, sealed = false, body = null, openers = defaultOpeners } = options;
  const caseOf = (name: string): Case =>
    body === null
      ? makeCase(name, options.program ?? payGap, 20, sealed)
      : { label: name, program: payGap, columns: COLUMNS, parameters: [], rows: X.length, sealed };
  const subject = caseOf(label);
  const computed: string[] = [];
  const requestId = requestIdOf(label);
  const run = body === null ? computeProgram : computeOf(body);
  const transports = createMemoryTransports({ timeouts: { receiveMs } });
  const names = new Map(namesOf(label, false));
  if (options.earlier === true) for (const [id, name] of namesOf(earlierThan(label), true)) names.set(id, name);
  const open = new Set<string>();
  const heaps = PARTIES.map(() => freeHeaps.pop() ?? new Heap(2 ** 26));
  const hooks = PARTIES.map((party) => new TestHooks(party));
  const waits = [0, 0, 0, 0];
  const engines = PARTIES.map((party) => {
    const its = party === culprit ? attack : {};
    (its === attack ? its.hooks : options.hooks)?.(hooks[party]);
    const counted: Sleep = async (ms, signal) => {
      waits[party]++;
      await sleep(ms, signal);
      waits[party]--;
    };
    const means = {
      heap: heaps[party],
      openers: { ...openers, ...its.openers },
      sleep: counted,
      async compute(session: Session, computation: Computation) {
        const outcome = await run(session, computation);
        if (party !== culprit && computation.requestId === requestId) computed.push(outcome.result);
        return outcome;
      },
    };
    return new LocalEngine(watched(transports[party], names, open, its), means);
  });
  const jobs = jobsOf(subject).map((job, party) => ({
    ...job,
    requestKeys: options.requestKeys?.(party as PartyId) ?? null,
  }));
  if (attack.absent === "closed") await engines[culprit!].close();
  return {
    ...{ subject, body, engines, hooks, heaps, open, waits, computed },
    compute: (party, signal) => engines[party].compute(jobs[party], hooks[party], signal),
    async computeEarlier() {
      const earlier = jobsOf(caseOf(earlierThan(label)));
      await Promise.all(PARTIES.map((party) => engines[party].compute(earlier[party], new TestHooks(party))));
    },
    close: async () => {
      await Promise.all(engines.map((engine) => engine.close()));
    },
  };
}

export interface Played extends Stage {
  readonly culprit: PartyId | undefined;
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
    if (options.earlier === true) await on.computeEarlier();
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
    freeHeaps.push(...on.heaps);
    return { ...on, culprit, honest, ends, outcomes };
  } finally {
    await on.close();
  }
}

/** All honest parties have the same right answer, or know that it is there; two at least have it themselves. */
export function expectAnswered({ subject, body, honest, ends, outcomes }: Played): Outcome {
  const had = honest.flatMap((party) => (outcomes[party] === null ? [] : [{ ...outcomes[party], party }]));
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
  if (body !== null) expectResult(body, requestIdOf(subject.label), had);
  else if (!subject.sealed) expectOutputs(subject, decodePublicResult(first.result));
  return first;
}

/** Several plays at once: they wait more than they compute. */
export async function inBatches<T>(
  cases: readonly T[],
  work: (one: T) => Promise<void>,
  { atOnce = 4 }: { readonly atOnce?: number } = {},
): Promise<void> {
  const left = cases.values();
  const failures: unknown[] = [];
  const next = async () => {
    for (const one of left) await work(one);
  };
  await Promise.all(Array.from({ length: atOnce }, () => next().catch((error: unknown) => failures.push(error))));
  if (failures.length > 0) throw failures[0];
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
