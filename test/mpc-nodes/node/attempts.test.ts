/** What a node keeps and shows of several attempts; the engine here does what a test says. */
import {
  answerTypes,
  encodePublicResult,
  encodeSealedResult,
  type MarketAnswer,
  marketDomain,
} from "@sharebridge/contracts/typed-data.ts";
import type { Engine, Evidence, Job, JobHooks, Outcome } from "@sharebridge/mpc-nodes/engine/engine.ts";
import { EngineError } from "@sharebridge/mpc-nodes/engine/errors.ts";
import { PARTIES, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { answerFor } from "@sharebridge/mpc-nodes/node/answer.ts";
import { releaseOpening } from "@sharebridge/mpc-nodes/node/openings.ts";
import { Requests } from "@sharebridge/mpc-nodes/node/requests.ts";
import {
  generateSealingKeyPair,
  open,
  type SealingKeyPair,
  sealingInfo,
} from "@sharebridge/mpc-nodes/sharing/sealing.ts";
import { expect } from "chai";
import { getBytes, hexlify, id, type Wallet } from "ethers";
import { seatsOf } from "./support/committee.ts";
import { type TestContext, testContext } from "./support/context.ts";
import { FakeChain, MARKET } from "./support/fake-chain.ts";
import { Folders } from "./support/keys.ts";
import { registerPool, stock } from "./support/pool-of-one.ts";
import { rejection } from "./support/rejection.ts";

/** This node's seat. */
const SEAT = 1;
const ATTEMPT_0 = { attempt: 0, activeSet: 0b1111, result: sealedResult("first"), opening: Uint8Array.of(1, 2, 3) };
const ATTEMPT_1 = { attempt: 1, activeSet: 0b1011, result: sealedResult("second"), opening: Uint8Array.of(4, 5, 6) };

function sealedResult(label: string): string {
  return encodeSealedResult([0, 1, 2, 3].map((share) => id(`${label} ${share}`)));
}

describe("several attempts at a request", () => {
  const folders = new Folders();
  let chain: FakeChain;
  let context: TestContext;
  let wallets: Wallet[];
  let node: Requests;
  let buyer: SealingKeyPair;
  let requestId: string;
  let compute: (hooks: JobHooks, job: Job) => Promise<Outcome>;

  before(async () => {
    buyer = await generateSealingKeyPair();
  });
  beforeEach(async () => {
    chain = new FakeChain();
    const committed = await registerPool(chain);
    const keys = await folders.keys(4);
    wallets = keys.map((one) => one.keys.signer as Wallet);
    chain.ownSeats = seatsOf(keys);
    const real = testContext(keys[SEAT], { seat: SEAT, chain });
    await stock(real, committed);
    const engine = { compute: (job: Job, hooks: JobHooks) => compute(hooks, job), close: () => real.engine.close() };
    context = { ...real, engine: engine as unknown as Engine };
    node = new Requests(context);
    requestId = chain.addRequest({ answerKey: hexlify(buyer.publicKey) });
  });
  afterEach(async () => {
    await node.stop();
    await context.engine.close();
    await context.store.close();
  });
  after(() => folders.remove());

  type Attempt = typeof ATTEMPT_0;
  const answerOf = (attempt: Omit<Attempt, "opening">): MarketAnswer => answerFor(requestId, attempt, 0n);
  const sign = (seat: number, answer: MarketAnswer) =>
    wallets[seat].signTypedData(marketDomain(chain.chainId, MARKET), answerTypes, answer);
  const signaturesOf = (attempt: Attempt, seats: readonly number[]) =>
    Promise.all(seats.map(async (seat) => ({ seat: seat as PartyId, signature: await sign(seat, answerOf(attempt)) })));
  const ended = async (attempt: Attempt, signature: string, seats: readonly number[]) => ({
    ...{ ...attempt, signature, excluded: null, signatures: await signaturesOf(attempt, seats) },
    statistics: { rounds: 1 } as Outcome["statistics"],
  });
  /** Signs in these attempts, one after the other, and ends with a certificate of the last. */
  const signing = (attempts: readonly Attempt[], seats: readonly number[]) => async (hooks: JobHooks) => {
    await hooks.begin();
    let signature = "";
    for (const attempt of attempts) signature = await hooks.persistAndSign(attempt);
    return ended(attempts.at(-1)!, signature, seats);
  };
  async function report() {
    for (;;) {
      const found = await node.report(requestId);
      if (found.state === "failed" || (found.state === "signed" && found.final)) return found;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
  const run = async () => {
    await node.consider(requestId);
    return report();
  };
  const refusal = async (promise: Promise<unknown>) => ((await rejection(promise)) as { code?: string }).code;
  const opened = async () => {
    const { sealed } = await releaseOpening(context, requestId);
    const info = sealingInfo("opening", chain.chainId, MARKET.toLowerCase(), requestId, SEAT);
    return open(buyer.privateKey, info, new Uint8Array(), getBytes(sealed));
  };

  it("gives the engine keys of the request for the shares that its seat holds, and others for another request", async () => {
    const given: Job[] = [];
    compute = (hooks, job) => {
      given.push(job);
      return signing([ATTEMPT_0], [0, 1, 3])(hooks);
    };
    await run();
    requestId = chain.addRequest({ answerKey: hexlify(buyer.publicKey) });
    await run();
    const [one, other] = given.map(({ requestKeys }) => requestKeys!.map((key) => key && hexlify(key)));
    expect(one!.map((key) => key === null)).to.deep.equal(PARTIES.map((party) => party === SEAT));
    const keys = [...one!, ...other!].filter((key) => key !== null);
    expect(new Set(keys).size).to.equal(6);
  });

  it("reports the peers' signatures beside its own, so that one that is withheld from the bridge reaches it", async () => {
    compute = signing([ATTEMPT_0], [0, 1, 3]);
    const { answer } = await run();
    expect(answer).to.deep.equal({
      ...{ seat: SEAT, result: ATTEMPT_0.result, answer: answerOf(ATTEMPT_0) },
      signature: await sign(SEAT, answerOf(ATTEMPT_0)),
      signatures: await signaturesOf(ATTEMPT_0, [0, 3]),
    });
  });

  it("reports the same after a restart", async () => {
    compute = signing([ATTEMPT_0, ATTEMPT_1], [0, 1, 3]);
    const before = await run();
    const restarted = new Requests(context);
    await restarted.resume();
    expect(await restarted.report(requestId)).to.deep.equal(before);
    await restarted.stop();
  });

  it("signs after a restart what was persisted last, and nothing twice", async () => {
    const { store } = context;
    compute = async (hooks) => {
      await hooks.begin();
      await hooks.persistAndSign(ATTEMPT_0);
      // Cut off between the disk and the signature.
      await store.putAnswer({ requestId, seat: SEAT, ...ATTEMPT_1, answer: answerOf(ATTEMPT_1) });
      throw new EngineError("EngineCrashed", "the power went out");
    };
    await node.consider(requestId);
    await node.stop();
    expect(await store.request(requestId)).to.include({ state: "computing" });
    node = new Requests(context);
    await node.resume();
    const { answer } = await report();
    expect(answer?.answer).to.deep.equal(answerOf(ATTEMPT_1));
    expect(answer?.signature).to.equal(await sign(SEAT, answerOf(ATTEMPT_1)));
    expect((await store.answer(requestId, 0))?.signature).to.equal(await sign(SEAT, answerOf(ATTEMPT_0)));
    chain.deliver(answerOf(ATTEMPT_0));
    expect(await opened()).to.deep.equal(ATTEMPT_0.opening);
  });

  it("reports its latest attempt, with that one's signatures, and says while another may follow", async () => {
    const between = Promise.withResolvers<void>();
    const signed = Promise.withResolvers<void>();
    compute = async (hooks) => {
      await hooks.begin();
      await hooks.persistAndSign(ATTEMPT_0);
      signed.resolve();
      await between.promise;
      return ended(ATTEMPT_1, await hooks.persistAndSign(ATTEMPT_1), [0, 1, 3]);
    };
    await node.consider(requestId);
    await signed.promise;
    const early = await node.report(requestId);
    expect(early).to.include({ state: "signed", final: false });
    expect(early.answer?.answer).to.deep.equal(answerOf(ATTEMPT_0));
    expect(early.answer?.signatures).to.deep.equal([]);
    between.resolve();
    const { answer } = await report();
    expect(answer?.answer).to.deep.equal(answerOf(ATTEMPT_1));
    expect(answer?.signature).to.equal(await sign(SEAT, answerOf(ATTEMPT_1)));
    expect(answer?.signatures).to.deep.equal(await signaturesOf(ATTEMPT_1, [0, 3]));
  });

  it("signs one digest in an attempt, whatever the engine asks for", async () => {
    const asked: (string | undefined)[] = [];
    compute = async (hooks) => {
      await hooks.begin();
      const first = await hooks.persistAndSign(ATTEMPT_1);
      expect(await hooks.persistAndSign(ATTEMPT_1)).to.equal(first);
      for (const other of [{ ...ATTEMPT_1, result: "0x99" }, { ...ATTEMPT_1, activeSet: 0b0111 }, ATTEMPT_0]) {
        asked.push(await refusal(hooks.persistAndSign(other)));
      }
      return ended(ATTEMPT_1, first, [0, 1, 3]);
    };
    await run();
    expect(asked).to.deep.equal(["DigestConflict", "DigestConflict", "DigestConflict"]);
  });

  it("tells the engine whether a peer's signature is one, by the keys of the request's epoch", async () => {
    const verdicts: boolean[] = [];
    compute = async (hooks) => {
      const [good] = await signaturesOf(ATTEMPT_1, [3]);
      const check = (claim: Parameters<JobHooks["isSignature"]>[0], signed = good) => hooks.isSignature(claim, signed);
      verdicts.push(await check(ATTEMPT_1));
      verdicts.push(await check(ATTEMPT_0));
      verdicts.push(await check(ATTEMPT_1, { ...good, seat: 0 }));
      verdicts.push(await check({ ...ATTEMPT_1, result: "no bytes" }));
      verdicts.push(await check({ ...ATTEMPT_1, result: "0x1" }));
      verdicts.push(await check(ATTEMPT_1, { ...good, signature: "0x12" }));
      return signing([ATTEMPT_1], [0, 1, 3])(hooks);
    };
    await run();
    expect(verdicts).to.deep.equal([true, false, false, false, false, false]);
  });

  it("fails by a name that sends clients to the other seats, when these have answered without it", async () => {
    compute = async (hooks) => {
      await hooks.begin();
      throw new EngineError("AnsweredByPeers", "party 2 closed its session");
    };
    const { state, error, answer } = await run();
    expect([state, error?.code, answer]).to.deep.equal(["failed", "AnsweredByPeers", undefined]);
    expect(error?.message).to.include("ask the other seats").and.not.include("party 2");
    chain.deliver(answerOf(ATTEMPT_0));
    expect(await refusal(opened())).to.equal("NoOpening");
  });

  it("stands by what it has signed, though a later attempt failed or was left to others", async () => {
    compute = async (hooks) => {
      await hooks.begin();
      await hooks.persistAndSign(ATTEMPT_0);
      throw new EngineError("AnsweredByPeers", "answered");
    };
    const { state, answer } = await run();
    expect(state).to.equal("signed");
    expect(answer?.answer).to.deep.equal(answerOf(ATTEMPT_0));
    expect(answer?.signatures).to.deep.equal([]);
  });

  it("shows its own signature when the peers' could not be kept", async () => {
    context.store.putCertificate = () => Promise.reject(new Error("the disk is full"));
    compute = signing([ATTEMPT_0], [0, 1, 3]);
    const { state, answer } = await run();
    expect([state, answer?.signatures]).to.deep.equal(["signed", []]);
  });

  it("keeps what each party signed in a settlement with the evidence", async () => {
    const statements = [{ author: 2 as PartyId, statement: "0x0102", signature: "0x03" }];
    const suspects: PartyId[] = [2];
    const evidence: Evidence = { attempt: 0, suspects, excluded: 2, code: "BadTag", message: "a tag", statements };
    compute = async (hooks) => {
      hooks.onEvidence(evidence);
      return signing([ATTEMPT_1], [0, 1, 3])(hooks);
    };
    await run();
    const kept = { requestId, ...evidence, statementsLeftOut: 0, atUnixMs: 0 };
    expect(await context.store.evidence(requestId)).to.deep.equal([kept]);
  });

  describe("serve the opening", () => {
    beforeEach(async () => {
      compute = signing([ATTEMPT_0, ATTEMPT_1], [0, 1, 3]);
      await run();
    });

    for (const [which, attempt] of Object.entries({ earlier: ATTEMPT_0, later: ATTEMPT_1 })) {
      it(`of the ${which} attempt when the chain has accepted that one`, async () => {
        expect(await refusal(opened())).to.equal("NotDelivered");
        chain.deliver(answerOf(attempt));
        expect(await opened()).to.deep.equal(attempt.opening);
      });
    }

    it("of no attempt that the chain does not name", async () => {
      const others = [
        answerOf({ ...ATTEMPT_1, result: encodePublicResult([7n]) }),
        answerOf({ ...ATTEMPT_0, result: ATTEMPT_1.result }),
        answerOf({ ...ATTEMPT_1, attempt: 2 }),
      ];
      for (const other of others) {
        chain.deliver(other);
        expect(await refusal(opened())).to.equal("NoOpening");
      }
    });

    it("of none while the chain's answer is not to be seen", async () => {
      chain.statuses.set(requestId, "answered");
      expect(await refusal(opened())).to.equal("ChainUnreachable");
    });
  });
});
