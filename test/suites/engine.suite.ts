/** What every engine must do: in this process, and in a worker thread. */

import { weightedScore } from "@sharebridge/algorithms/library/index.ts";
import { decodePublicResult, decodeValidityResult } from "@sharebridge/contracts/typed-data.ts";
import type {
  Certificate,
  Engine,
  Evidence,
  JobHooks,
  Outcome,
  ProgramJob,
  SeatSignature,
  Settlement,
} from "@sharebridge/mpc-nodes/engine/engine.ts";
import { PARTIES, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { decodePackage } from "@sharebridge/mpc-nodes/sharing/package.ts";
import type { SharedVector } from "@sharebridge/mpc-nodes/sharing/shared-vector.ts";
import { expect } from "chai";
import { concat, getBytes, keccak256, toUtf8Bytes } from "ethers";
import { type Case, dealCase, expectOutputs, makeCase, requestIdOf, termsOf } from "../mpc-nodes/engine/support.ts";
import { rejection } from "../mpc-nodes/node/support/rejection.ts";
import { recombineTable } from "../mpc-nodes/support/recombine-table.ts";
import { seededRandom } from "../mpc-nodes/support/seeded-random.ts";
import { deal, type Parts } from "../mpc-nodes/support/shared-columns.ts";
import { payGap } from "../support/open-pay-gap.ts";
import { seed } from "../support/seed.ts";

export interface EngineOptions {
  readonly receiveMs?: number;
}

/** What a node's signature is in these tests: 65 bytes that only seat and claim determine. */
export function signatureOf(seat: PartyId, { attempt, activeSet, result }: Omit<Certificate, "signatures">): string {
  const claim = keccak256(toUtf8Bytes(`${seat} ${attempt} ${activeSet} ${result}`));
  return concat([claim, keccak256(claim), Uint8Array.of(27)]);
}

/** What a node does for a computation, and what a test sees of it. */
export class TestHooks implements JobHooks {
  readonly seat: PartyId;
  begun = 0;
  readonly settlements: Settlement[] = [];
  readonly evidence: Evidence[] = [];
  constructor(seat: PartyId) {
    this.seat = seat;
  }
  begin = async () => {
    this.begun++;
  };
  persistAndSign = async (settlement: Settlement) => {
    this.settlements.push(settlement);
    return signatureOf(this.seat, settlement);
  };
  isSignature = async (claim: Omit<Settlement, "opening">, { seat, signature }: SeatSignature) =>
    signature === signatureOf(seat, claim);
  onEvidence = (evidence: Evidence) => {
    this.evidence.push(evidence);
  };
}

/** The four parties' jobs of a case; each has shares of its own, as it gives them away. */
export function jobsOf(subject: Case, dealt?: (words: BigUint64Array) => Parts): ProgramJob[] {
  return dealCase(subject, dealt).map(({ program, parameters, inputs, rows, contributions, sealed }) => ({
    terms: termsOf(subject.label),
    ...{ program, parameters, rows, contributions, sealed },
    inputs: ownCopies(inputs),
  }));
}

function ownCopies(inputs: ReadonlyMap<string, SharedVector>): Map<string, SharedVector> {
  const copies = [...inputs].map(([name, { length, shares }]) => {
    const own = shares.map((words) => (words === null ? null : words.slice()));
    return [name, { length, shares: own }] as const;
  });
  return new Map(copies);
}

export function engineSuite(name: string, create: (options?: EngineOptions) => Promise<Engine[]>): void {
  describe(`${name}: an engine`, () => {
    let engines: Engine[] = [];
    const start = async (options?: EngineOptions) => {
      engines = await create(options);
    };
    afterEach(async () => {
      await Promise.all(engines.map((engine) => engine.close()));
    });

    const small = (label: string, sealed = false) => makeCase(`${name} ${label}`, payGap, 20, sealed);
    const run = (subject: Case, hooks: readonly JobHooks[], parties: readonly number[] = PARTIES) => {
      const jobs = jobsOf(subject);
      return Promise.all(parties.map((party) => engines[party].compute(jobs[party], hooks[party])));
    };
    const hooksOfAll = () => PARTIES.map((party) => new TestHooks(party));
    function expectRight(subject: Case, outcomes: readonly Outcome[]): void {
      for (const { result } of outcomes) expect(result).to.equal(outcomes[0].result);
      expectOutputs(subject, decodePublicResult(outcomes[0].result));
    }

    it("computes, has the settlement persisted and signed, and names attempt and active set", async () => {
      await start();
      const subject = small("public");
      const hooks = hooksOfAll();
      const outcomes = await run(subject, hooks);
      expectRight(subject, outcomes);
      for (const [party, outcome] of outcomes.entries()) {
        expect(outcome).to.include({ attempt: 0, activeSet: 15, excluded: null, opening: null });
        expect(outcome.signature).to.equal(signatureOf(PARTIES[party], outcome));
        expect(outcome.signatures.length).to.be.within(3, 4);
        expect(outcome.signatures.map(({ seat }) => seat)).to.include(party);
        for (const { seat, signature } of outcome.signatures) expect(signature).to.equal(signatureOf(seat, outcome));
        expect(outcome.statistics.bytesSent).to.be.greaterThan(0);
        const { attempt, activeSet, result, opening } = outcome;
        expect(hooks[party].settlements).to.deep.equal([{ attempt, activeSet, result, opening }]);
        expect([hooks[party].begun, hooks[party].evidence]).to.deep.equal([1, []]);
      }
    });

    it("gives each node its own opening of a sealed answer", async () => {
      await start();
      const outcomes = await run(small("sealed", true), hooksOfAll());
      for (const { result, opening } of outcomes) {
        expect(result).to.equal(outcomes[0].result);
        expect(opening).to.be.instanceOf(Uint8Array);
      }
    });

    it("checks the rows of a dataset, and gives each node its shares of the valid ones", async () => {
      await start();
      const parts = deal(BigUint64Array.of(17n, 121n, 120n), seededRandom(seed, `${name} rows`));
      const datasetId = requestIdOf(`${name} rows`);
      const outcomes = await Promise.all(
        PARTIES.map((party) =>
          engines[party].compute(
            {
              terms: termsOf(`${name} rows`),
              ...{ datasetId, rows: 3, ranges: [{ name: "age", minimum: 0n, maximum: 120n }] },
              inputs: ownCopies(new Map([["age", parts[party]]])),
            },
            new TestHooks(party),
          ),
        ),
      );
      const { validRows, shareCommitments } = decodeValidityResult(outcomes[0].result);
      const shape = { columns: 1, rows: validRows };
      const packages = outcomes.map(({ result, opening }, party) => {
        expect(result).to.equal(outcomes[0].result);
        return decodePackage(opening!, PARTIES[party], shape);
      });
      const commitments = shareCommitments.map((commitment) => getBytes(commitment));
      expect(recombineTable(packages, getBytes(datasetId), commitments, shape)).to.deep.equal([[17n, 120n]]);
    });

    it("computes several requests at once; one that waits for a party holds up none", async () => {
      await start();
      const stuck = small("stuck");
      const waiting = run(stuck, hooksOfAll(), [0, 1, 2]);
      waiting.catch(() => {});
      const subjects = [small("a"), makeCase(`${name} b`, weightedScore, 30, false, [1n << 16n, 5n, 7n]), small("c")];
      const all = await Promise.all(subjects.map((subject) => run(subject, hooksOfAll())));
      for (const [index, outcomes] of all.entries()) expectRight(subjects[index], outcomes);
      const [late] = await Promise.all([engines[3].compute(jobsOf(stuck)[3], new TestHooks(3)), waiting]);
      expectRight(stuck, [late, ...(await waiting)]);
    });

    it("computes a request once at a time", async () => {
      await start();
      const [job] = jobsOf(small("twice"));
      const [, again] = jobsOf(small("twice"));
      const first = engines[0].compute(job, new TestHooks(0));
      first.catch(() => {});
      expect(await rejection(engines[0].compute(again, new TestHooks(0)))).to.have.property(
        "code",
        "SessionAlreadyOpen",
      );
    });

    it("computes a request that has begun once, whether it had an answer or not", async () => {
      await start({ receiveMs: 5000 });
      const answered = small("answered");
      await run(answered, hooksOfAll());
      const failed = small("failed");
      const hooks = hooksOfAll();
      hooks[1].persistAndSign = () => Promise.reject(new Error("the disk is full"));
      await Promise.allSettled(PARTIES.map((party) => engines[party].compute(jobsOf(failed)[party], hooks[party])));
      for (const [subject, party] of [
        [answered, 0],
        [failed, 1],
      ] as const) {
        const again = new TestHooks(party);
        const error = await rejection(engines[party].compute(jobsOf(subject)[party], again));
        expect(error).to.include({ name: "TransportError", code: "SessionClosed" });
        expect(again.begun).to.equal(0);
      }
    });

    it("fails with the node's own error when the node does not sign, and tells nobody why", async () => {
      await start();
      const own = Object.assign(new Error("the deadline is too near"), { code: "DeadlinePassed" });
      const hooks = hooksOfAll();
      hooks[2].persistAndSign = () => Promise.reject(own);
      const jobs = jobsOf(small("unsigned"));
      const outcomes = await Promise.allSettled(
        PARTIES.map((party) => engines[party].compute(jobs[party], hooks[party])),
      );
      expect(outcomes[2]).to.include({ status: "rejected", reason: own });
      expect(outcomes[0].status).to.equal("fulfilled");
      expect(hooks[2].evidence).to.deep.equal([]);
    });

    it("sends nothing of the computation before the node has begun it: the others go on without it", async () => {
      await start({ receiveMs: 1000 });
      const hooks = hooksOfAll();
      const own = new Error("the disk is full");
      hooks[1].begin = () => Promise.reject(own);
      const jobs = jobsOf(small("not begun"));
      const outcomes = await Promise.allSettled(
        PARTIES.map((party) => engines[party].compute(jobs[party], hooks[party])),
      );
      expect(outcomes[1]).to.include({ status: "rejected", reason: own });
      for (const party of [0, 2, 3]) {
        expect(outcomes[party]).to.have.property("value").that.includes({ attempt: 1, activeSet: 13, excluded: 1 });
      }
    });

    it("goes on without a party that is silent, and reports as evidence that the settlement convicts it", async () => {
      await start({ receiveMs: 1000 });
      const subject = small("silent");
      const jobs = jobsOf(subject);
      const hooks = hooksOfAll();
      const outcomes = await Promise.all([0, 1, 2].map((party) => engines[party].compute(jobs[party], hooks[party])));
      expectRight(subject, outcomes);
      for (const [party, outcome] of outcomes.entries()) {
        expect(outcome).to.include({ attempt: 1, activeSet: 7, excluded: 3 });
        expect(outcome.signatures.map(({ seat }) => seat)).to.deep.equal([0, 1, 2]);
        const [evidence] = hooks[party].evidence;
        expect(hooks[party].evidence).to.have.length(1);
        expect(evidence).to.deep.include({ attempt: 0, suspects: [3], excluded: 3 });
        expect(evidence.statements.map(({ author }) => author)).to.deep.equal([0, 1, 2, 0, 1, 2]);
        for (const { signature } of evidence.statements) expect(signature).to.match(/^0x[0-9a-f]{216}$/);
      }
      // The one that was silent learns that there is an answer.
      const late = await rejection(engines[3].compute(jobs[3], hooks[3]));
      expect(late).to.include({ name: "EngineError", code: "AnsweredByPeers" });
    });

    it("ends with the node's own error when the node cannot judge a signature", async () => {
      await start();
      const own = new Error("the chain is away");
      const hooks = hooksOfAll();
      hooks[1].isSignature = () => Promise.reject(own);
      const jobs = jobsOf(small("unjudged"));
      const outcomes = await Promise.allSettled(
        PARTIES.map((party) => engines[party].compute(jobs[party], hooks[party])),
      );
      expect(outcomes[1]).to.include({ status: "rejected", reason: own });
      for (const party of [0, 2, 3]) expect(outcomes[party].status).to.equal("fulfilled");
    });

    it("cancels a computation, frees it, and goes on with the others", async () => {
      await start({ receiveMs: 500 });
      const [gone, kept] = [small("cancelled"), small("kept")];
      const [job] = jobsOf(gone);
      const before = new AbortController();
      before.abort();
      expect(await rejection(engines[0].compute(jobsOf(gone)[0], new TestHooks(0), before.signal))).to.have.property(
        "code",
        "Cancelled",
      );
      const controller = new AbortController();
      const hooks = new TestHooks(0);
      const begun = Promise.withResolvers<void>();
      hooks.begin = async () => begun.resolve();
      const cancelled = rejection(engines[0].compute(job, hooks, controller.signal));
      await begun.promise;
      controller.abort();
      expect(await cancelled).to.have.property("code", "Cancelled");
      expect(hooks.evidence).to.deep.equal([]);
      // Its session is spent, at this party and for its peers.
      const peer = await rejection(engines[1].compute(jobsOf(gone)[1], new TestHooks(1)));
      expect(peer).to.have.property("code", "NoAnswer");
      expectRight(kept, await run(kept, hooksOfAll()));
    });

    it("tells the node what peers announce, and peers what the node refuses", async () => {
      await start();
      const subject = small("announced");
      const heard = Promise.withResolvers<[string, number]>();
      engines[2].onAnnounce = (requestId, from) => heard.resolve([requestId, from]);
      const failed = rejection(engines[0].compute(jobsOf(subject)[0], new TestHooks(0)));
      expect(await heard.promise).to.deep.equal([requestIdOf(subject.label), 0]);
      for (const party of [1, 2, 3]) engines[party].refuse(requestIdOf(subject.label), new Error("not here"));
      expect(await failed).to.have.property("code", "NoAnswer");
    });

    it("carries questions between nodes", async () => {
      await start();
      engines[1].onQuestion = async (question, from) => Uint8Array.of(...question, from);
      await run(small("connect"), hooksOfAll());
      expect([...(await engines[3].ask(1, Uint8Array.of(9), 2))]).to.deep.equal([9, 3]);
      expect(await rejection(engines[3].ask(2, Uint8Array.of(9), 2))).to.have.property("code", "QuestionRefused");
    });

    it("fails what is under way when it closes, and takes nothing on afterwards", async () => {
      await start();
      const subject = small("closed");
      const failed = rejection(engines[0].compute(jobsOf(subject)[0], new TestHooks(0)));
      await engines[0].close();
      expect(await failed).to.have.property("code", "TransportClosed");
      const late = rejection(engines[0].compute(jobsOf(small("late"))[0], new TestHooks(0)));
      expect(await late).to.have.property("code", "TransportClosed");
      await engines[0].close();
    });
  });
}
