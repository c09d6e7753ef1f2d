import { programHash } from "@sharebridge/algorithms/language/encode.ts";
import {
  answerTypes,
  decodePublicResult,
  decodeSealedResult,
  encodePublicResult,
  marketDomain,
} from "@sharebridge/contracts/typed-data.ts";
import { sessionIdOf } from "@sharebridge/mpc-nodes/engine/session-id.ts";
import { PARTIES } from "@sharebridge/mpc-nodes/math/party.ts";
import { answerFor } from "@sharebridge/mpc-nodes/node/answer.ts";
import { releaseOpening } from "@sharebridge/mpc-nodes/node/openings.ts";
import { Requests } from "@sharebridge/mpc-nodes/node/requests.ts";
import { recombineOpenings } from "@sharebridge/mpc-nodes/sharing/opening.ts";
import {
  generateSealingKeyPair,
  open,
  type SealingKeyPair,
  sealingInfo,
} from "@sharebridge/mpc-nodes/sharing/sealing.ts";
import { createMemoryTransports } from "@sharebridge/mpc-nodes/transport/memory.ts";
import { expect } from "chai";
import { getBytes, hexlify, id, keccak256, verifyTypedData, Wallet } from "ethers";
import { payGap } from "../../support/open-pay-gap.ts";
import { clearOutputs, expectClose } from "./support/clear-outputs.ts";
import { seatsOf } from "./support/committee.ts";
import { type TestContext, testContext } from "./support/context.ts";
import { FakeChain, MARKET } from "./support/fake-chain.ts";
import { Folders } from "./support/keys.ts";
import { registerPool, stock } from "./support/pool-of-one.ts";
import { rejection } from "./support/rejection.ts";
import type { Committed } from "./support/seller.ts";

describe("requests", () => {
  const folders = new Folders();
  let chain: FakeChain;
  let committed: Committed;
  let contexts: TestContext[];
  let nodes: Requests[];
  let buyer: SealingKeyPair;
  let clear: bigint[];

  before(async () => {
    buyer = await generateSealingKeyPair();
    clear = await clearOutputs();
  });

  async function setUp(settings: Record<string, unknown> = {}): Promise<void> {
    chain = new FakeChain();
    committed = await registerPool(chain);
    const transports = createMemoryTransports({ timeouts: { receiveMs: 20_000 } });
    const keys = await folders.keys(4);
    chain.ownSeats = seatsOf(keys);
    contexts = PARTIES.map((seat) => testContext(keys[seat], { seat, chain, settings, transport: transports[seat] }));
    for (const context of contexts) await stock(context, committed);
    nodes = contexts.map((context) => new Requests(context));
  }
  const listen = (...seats: number[]) => {
    for (const seat of seats)
      contexts[seat].engine.onAnnounce = (requestId, from) => nodes[seat].nudge(requestId, from);
  };
  beforeEach(() => setUp());
  afterEach(async () => {
    await Promise.all(contexts.map(({ engine }) => engine.close()));
    await Promise.all(nodes.map((node) => node.stop()));
    await Promise.all(contexts.map(({ store }) => store.close()));
  });
  after(() => folders.remove());

  async function outcome(seat: number, requestId: string) {
    for (;;) {
      const report = await nodes[seat].report(requestId).catch((error: Error & { code?: string }) => {
        if (error.code === "UnknownRequest") return null;
        throw error;
      });
      if (report?.state === "signed" || report?.state === "failed") return report;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  const refusal = async (promise: Promise<unknown>) => ((await rejection(promise)) as Error & { code?: string }).code;

  it("are computed by four nodes that are all asked; each signs the same public answer", async () => {
    const requestId = chain.addRequest();
    for (const node of nodes) expect(await node.consider(requestId)).to.include({ requestId });
    const reports = await Promise.all(PARTIES.map((seat) => outcome(seat, requestId)));
    for (const [seat, { answer, state }] of reports.entries()) {
      expect(state).to.equal("signed");
      expect(answer?.seat).to.equal(seat);
      expect(answer?.answer).to.deep.equal({
        ...{ requestId, status: 1, outputsHash: keccak256(answer?.result ?? "0x"), budgetSpent: 0n },
        ...{ attempt: 0, activeSet: 15, proofType: 1 },
      });
      const signer = verifyTypedData(
        marketDomain(chain.chainId, MARKET),
        answerTypes,
        answer?.answer ?? {},
        answer?.signature ?? "",
      );
      expect(signer).to.equal(contexts[seat].keys.signer.address);
    }
    expect(new Set(reports.map(({ answer }) => answer?.result)).size).to.equal(1);
    expectClose(decodePublicResult(reports[0].answer?.result ?? "0x"), clear);
  });

  it("are computed when one node is asked and the others hear of it from their peers", async () => {
    listen(0, 1, 2, 3);
    const requestId = chain.addRequest();
    await nodes[2].consider(requestId);
    const results = await Promise.all(PARTIES.map((seat) => outcome(seat, requestId)));
    expect(results.map(({ state }) => state)).to.deep.equal(["signed", "signed", "signed", "signed"]);
  });

  it("give sealed answers that only the buyer can open, once the chain has them", async () => {
    const requestId = chain.addRequest({ answerKey: hexlify(buyer.publicKey) });
    await Promise.all(nodes.map((node) => node.consider(requestId)));
    const reports = await Promise.all(PARTIES.map((seat) => outcome(seat, requestId)));
    const result = reports[0].answer?.result ?? "0x";
    const commitments = decodeSealedResult(result);
    for (const { answer } of reports) expect(answer?.result).to.equal(result);
    for (const context of contexts) expect(await refusal(releaseOpening(context, requestId))).to.equal("NotDelivered");

    chain.deliver(reports[0].answer!.answer);
    const openings = await Promise.all(
      contexts.map(async (context, party) => {
        const { seat, sealed } = await releaseOpening(context, requestId);
        expect(seat).to.equal(party);
        const info = sealingInfo("opening", chain.chainId, MARKET.toLowerCase(), requestId, seat);
        return { party: seat, plaintext: await open(buyer.privateKey, info, new Uint8Array(), getBytes(sealed)) };
      }),
    );
    const opened = recombineOpenings(
      openings,
      commitments.map((c) => getBytes(c)),
      getBytes(requestId),
      payGap.outputs.length,
    );
    expect(opened.faultySeats).to.deep.equal([]);
    expectClose(
      [...opened.values].map((word) => BigInt.asIntN(64, word)),
      clear,
    );
  });

  it("never release an opening of a cancelled or public request, and ask no chain about what is not stored", async () => {
    const { store } = contexts[0];
    const stored = async (requestId: string, opening: Uint8Array | null) => {
      await store.addRequest({ requestId, market: MARKET, buyer: "0x", deadlineUnixS: chain.latestUnixS + 3_600n });
      expect(await refusal(releaseOpening(contexts[0], requestId))).to.equal("NotDelivered");
      await store.markComputing(requestId);
      const result = encodePublicResult([1n]);
      const settled = { attempt: 0, activeSet: 0b1111, result };
      await store.putAnswer({ requestId, seat: 0, answer: answerFor(requestId, settled, 0n), result, opening });
      await store.putSignature(requestId, "0x12");
    };
    const sealed = chain.addRequest({ answerKey: hexlify(buyer.publicKey) });
    const open_ = chain.addRequest({ nonce: 7n });
    const badKey = chain.addRequest({ nonce: 8n, answerKey: `0x01${"00".repeat(31)}` });
    const failed = chain.addRequest({ nonce: 9n });
    await stored(sealed, Uint8Array.of(1));
    await stored(open_, null);
    await stored(badKey, Uint8Array.of(1));
    await store.addRequest({ requestId: failed, market: MARKET, buyer: "0x", deadlineUnixS: 1n });
    await store.markFailed(failed, { code: "ComputationFailed", message: "failed" });

    const before = chain.views;
    for (const requestId of [open_, failed]) chain.statuses.set(requestId, "answered");
    expect(await refusal(releaseOpening(contexts[0], open_))).to.equal("NotSealed");
    expect(await refusal(releaseOpening(contexts[0], failed))).to.equal("NoOpening");
    expect(await refusal(releaseOpening(contexts[0], id("unknown")))).to.equal("UnknownRequest");
    expect(chain.views).to.equal(before);
    chain.statuses.set(sealed, "cancelled");
    expect(await refusal(releaseOpening(contexts[0], sealed))).to.equal("NotDelivered");
    chain.deliver((await store.answer(badKey))!.answer);
    expect(await refusal(releaseOpening(contexts[0], badKey))).to.equal("InvalidAnswerKey");
  });

  it("refuse malformed ids", async () => {
    for (const bad of ["", "0x12", 7, null, { requestId: id("a") }]) {
      expect(await refusal(nodes[0].consider(bad))).to.equal("Malformed");
      expect(await refusal(nodes[0].report(bad))).to.equal("Malformed");
    }
  });

  it("remember nothing of what was refused, and take it when it is in order", async () => {
    const requestId = chain.addRequest();
    chain.runnable = false;
    expect(await refusal(nodes[0].consider(requestId))).to.equal("AlgorithmNotRunnable");
    expect(await refusal(nodes[0].report(requestId))).to.equal("UnknownRequest");
    expect(await contexts[0].store.request(requestId)).to.equal(null);
    chain.runnable = true;
    expect(await nodes[0].consider(requestId)).to.include({ state: "queued" });
  });

  it("are looked up once, however often they are asked for", async () => {
    const requestId = chain.addRequest();
    const before = chain.views;
    await Promise.all([1, 2, 3].map(() => nodes[0].consider(requestId)));
    await nodes[0].consider(requestId);
    expect(chain.views - before).to.equal(1);
  });

  it("are signed once: repeating a finished one gives the same signature", async () => {
    const requestId = chain.addRequest();
    await Promise.all(nodes.map((node) => node.consider(requestId)));
    const [first] = await Promise.all(PARTIES.map((seat) => outcome(seat, requestId)));
    expect(await nodes[0].consider(requestId)).to.deep.equal({ requestId, state: "signed" });
    expect(await nodes[0].report(requestId)).to.deep.equal(first);
  });

  it("are bounded in number, and per buyer", async () => {
    for (const context of contexts) await context.store.close();
    await setUp({ maxQueuedRequests: 3, maxRequestsPerBuyer: 2 });
    const own = [0n, 1n, 2n].map((nonce) => chain.addRequest({ nonce }));
    const others = [3n, 4n].map((nonce) => chain.addRequest({ nonce, buyer: new Wallet(id("other buyer")).address }));
    // Nobody else computes: whatever was accepted stays under way.
    await nodes[0].consider(own[0]);
    await nodes[0].consider(own[1]);
    expect(await refusal(nodes[0].consider(own[2]))).to.equal("BuyerQuotaExceeded");
    await nodes[0].consider(others[0]);
    expect(await refusal(nodes[0].consider(others[1]))).to.equal("QueueFull");
    expect((await contexts[0].store.unfinishedRequests()).map(({ requestId }) => requestId)).to.deep.equal([
      ...own.slice(0, 2),
      others[0],
    ]);
  });

  it("fail with a name when a peer leaves the session, and are not run a second time", async () => {
    const requestId = chain.addRequest();
    await nodes[0].consider(requestId);
    const sessionId = sessionIdOf(requestId, 0);
    for (const seat of [1, 2, 3]) {
      await contexts[seat].transport.openSession(sessionId, requestId);
      contexts[seat].transport.closeSession(sessionId, new Error("gave up"));
      // Nor does it settle.
      contexts[seat].engine.refuse(requestId, new Error("gave up"));
    }
    const report = await outcome(0, requestId);
    expect(report.state).to.equal("failed");
    expect(report.error?.code).to.equal("NoAnswer");
    expect(await nodes[0].consider(requestId)).to.include({ state: "failed" });
    const [evidence] = await contexts[0].store.evidence(requestId);
    expect(evidence).to.include({ requestId, attempt: 0, excluded: null, code: "ClosedByPeer", atUnixMs: 0 });
    // Three who do not speak are more than one who deviates.
    expect(evidence.suspects).to.deep.equal([]);
  });

  it("are answered by three nodes when the fourth is gone", async () => {
    await contexts[3].transport.close();
    const requestId = chain.addRequest();
    const present = [0, 1, 2] as const;
    await Promise.all(present.map((seat) => nodes[seat].consider(requestId)));
    for (const seat of present) {
      const report = await outcome(seat, requestId);
      expect(report).to.include({ state: "signed" });
      expect(report.answer?.answer).to.include({ attempt: 1, activeSet: 7 });
      const [evidence] = await contexts[seat].store.evidence(requestId);
      expect(evidence).to.deep.include({ attempt: 0, suspects: [3], excluded: 3 });
    }
  });

  it("may be asked for again when no session came about", async () => {
    // One that is away is settled, and the others go on; of two parties nothing can be computed.
    for (const seat of [2, 3]) await contexts[seat].transport.close();
    const requestId = chain.addRequest();
    await nodes[0].consider(requestId);
    const error = await rejection(outcome(0, requestId));
    expect(error).to.have.property("code", "PeerUnreachable");
    expect(await nodes[0].consider(requestId)).to.include({ state: "queued" });
  });

  it("fail by name when a stored dataset does not open, and say nothing of what is inside", async () => {
    const requestId = chain.addRequest();
    const { store } = contexts[0];
    store.dataset = () => Promise.reject(new Error("plaintext 0xdeadbeef"));
    await nodes[0].consider(requestId);
    const report = await outcome(0, requestId);
    expect(report.error?.code).to.equal("ComputationFailed");
    expect(JSON.stringify(report)).not.to.contain("deadbeef");
  });

  it("are not shown near the deadline unless the chain has the answer", async () => {
    const requestId = chain.addRequest({ deadlineUnixS: chain.latestUnixS + 60n });
    await Promise.all(nodes.map((node) => node.consider(requestId)));
    await Promise.all(PARTIES.map((seat) => outcome(seat, requestId)));
    chain.latestUnixS += 51n;
    const late = await nodes[0].report(requestId);
    expect(late).to.include({ state: "failed" }).and.not.to.have.property("answer");
    expect(late.error?.code).to.equal("DeadlinePassed");
    chain.statuses.set(requestId, "answered");
    expect(await nodes[0].report(requestId)).to.include({ state: "signed" });
  });

  describe("after a restart", () => {
    it("are checked again and computed when no session was opened", async () => {
      const requestId = chain.addRequest();
      for (const { store } of contexts) {
        await store.addRequest({ requestId, market: MARKET, buyer: "0x", deadlineUnixS: chain.latestUnixS + 3_600n });
      }
      for (const node of nodes) await node.resume();
      const reports = await Promise.all(PARTIES.map((seat) => outcome(seat, requestId)));
      expect(reports.map(({ state }) => state)).to.deep.equal(["signed", "signed", "signed", "signed"]);
    });

    it("have failed when the session was cut off", async () => {
      const requestId = chain.addRequest();
      const { store } = contexts[0];
      await store.addRequest({ requestId, market: MARKET, buyer: "0x", deadlineUnixS: 1n });
      await store.markComputing(requestId);
      await nodes[0].resume();
      expect(await nodes[0].report(requestId)).to.deep.include({ state: "failed" });
      expect((await nodes[0].report(requestId)).error?.code).to.equal("Interrupted");
    });

    it("are signed when the digest was persisted: the same one, whatever happens later", async () => {
      const requestId = chain.addRequest();
      const { store, seat, keys } = contexts[0];
      await store.addRequest({ requestId, market: MARKET, buyer: "0x", deadlineUnixS: chain.latestUnixS + 3_600n });
      await store.markComputing(requestId);
      const result = encodePublicResult([1n]);
      const answer = {
        requestId,
        status: 1,
        outputsHash: keccak256(result),
        budgetSpent: 0n,
        attempt: 0,
        activeSet: 15,
        proofType: 1,
      };
      await store.putAnswer({ requestId, seat, answer, result, opening: null });
      await nodes[0].resume();
      const report = await nodes[0].report(requestId);
      expect(report.answer?.answer).to.deep.equal(answer);
      const signer = verifyTypedData(
        marketDomain(chain.chainId, MARKET),
        answerTypes,
        answer,
        report.answer?.signature ?? "",
      );
      expect(signer).to.equal(keys.signer.address);
    });
  });

  it("are refused while the node shuts down", async () => {
    await nodes[0].stop();
    expect(await refusal(nodes[0].consider(chain.addRequest()))).to.equal("ShuttingDown");
  });

  it("need the operator's approval also when a peer announces them", async () => {
    listen(0, 1, 2, 3);
    await contexts[1].store.removeProgram(programHash(payGap));
    const requestId = chain.addRequest();
    await nodes[0].consider(requestId);
    expect((await outcome(0, requestId)).error?.code).to.equal("NoAnswer");
    expect(await refusal(nodes[1].consider(requestId))).to.equal("AlgorithmNotApproved");
    expect(await contexts[1].store.request(requestId)).to.equal(null);
  });

  it("are not signed when the deadline came near while they were computed", async () => {
    const requestId = chain.addRequest();
    let now = 0;
    const late = { ...contexts[2], nowUnixMs: () => now };
    nodes[2] = new Requests(late);
    const { putAnswer } = late.store;
    let persisted = 0;
    late.store.putAnswer = async (answer) => {
      persisted++;
      return putAnswer.call(late.store, answer);
    };
    const { openSession } = late.transport;
    late.transport.openSession = async (...session) => {
      now = Number(chain.latestUnixS + 3_600n) * 1_000;
      return openSession.apply(late.transport, session);
    };
    await Promise.all(nodes.map((node) => node.consider(requestId)));
    expect((await outcome(2, requestId)).error?.code).to.equal("DeadlinePassed");
    expect(persisted).to.equal(0);
    expect((await outcome(0, requestId)).state).to.equal("signed");
  });

  it("are signed though their session cannot be closed", async () => {
    const requestId = chain.addRequest();
    contexts[1].transport.closeSession = () => {
      throw new Error("the socket is gone");
    };
    await Promise.all(nodes.map((node) => node.consider(requestId)));
    expect((await outcome(1, requestId)).state).to.equal("signed");
  });
});
