import { encodeProof } from "@sharebridge/contracts/typed-data.ts";
import { memoryKeyStore } from "@sharebridge/sdk/buyer/answer-key.ts";
import { cancelRequest } from "@sharebridge/sdk/buyer/cancel-request.ts";
import { deliverAnswer } from "@sharebridge/sdk/buyer/deliver-answer.ts";
import { requestComputation } from "@sharebridge/sdk/buyer/request-computation.ts";
import { verifyAnswer } from "@sharebridge/sdk/buyer/verify-answer.ts";
import { waitForAnswer } from "@sharebridge/sdk/buyer/wait-for-answer.ts";
import { expect } from "chai";
import { fulfilOracle } from "../support/oracle.ts";
import { fillPools } from "../support/pool.ts";
import { rejection } from "../support/rejection.ts";
import { payGapWords } from "../support/tables.ts";
import { computeAnswer, PRICE, startWorld, type World } from "../support/world.ts";

const quick = { attempts: 1, retryDelayMs: 1 };

describe("an answer on its way", () => {
  let world: World;
  const buy = async (): Promise<string> => {
    const { buyer: signer } = world.wallets;
    return (await requestComputation({ signer, market: world.payGapMarket, keys: memoryKeyStore() })).requestId;
  };
  const about = (requestId: string) => ({ connection: world.connection, requestId });

  before(async () => {
    world = await startWorld();
    await fillPools(world);
    await world.snapshot();
  });
  after(() => world.stop());
  beforeEach(() => world.reset());

  describe("waitForAnswer", () => {
    it("reports what nodes do and resolves with the answer", async () => {
      const requestId = await buy();
      const said: string[] = [];
      let computed: Promise<unknown> | undefined;
      let delivered: Promise<unknown> | undefined;
      const answer = await waitForAnswer({
        ...about(requestId),
        pollMs: 1,
        onProgress: ({ message }) => {
          said.push(message);
          if (/signed/.test(message))
            delivered ??= deliverAnswer({ ...about(requestId), signer: world.wallets.stranger });
          else computed ??= computeAnswer(world, requestId, payGapWords());
        },
        nodes: { fetch: withQueuedFirst(globalThis.fetch) },
      });
      await Promise.all([computed, delivered]);
      expect(answer.answer.requestId).to.equal(requestId);
      expect(said[0]).to.equal("4 of 4 nodes have taken the request on");
      expect(said.at(-1)).to.match(/of 4 nodes have signed the answer/);
    });

    it("says that cancelling is possible once the deadline has passed, and cancelling refunds", async () => {
      const requestId = await buy();
      const early = await rejection(cancelRequest({ ...about(requestId), signer: world.wallets.stranger }));
      expect(early.message).to.match(/only after its deadline .* UTC/);
      await world.passTime(4_000);
      const overdue = await rejection(waitForAnswer({ ...about(requestId), pollMs: 1 }));
      expect(overdue.code).to.equal("AnswerOverdue");
      expect(overdue.message).to.include(`sharebridge cancel ${requestId}`);
      const cancelled = await cancelRequest({ ...about(requestId), signer: world.wallets.stranger });
      expect(cancelled.refund).to.equal(PRICE);
      expect(cancelled.buyer).to.equal(world.wallets.buyer.address);
      expect((await rejection(waitForAnswer({ ...about(requestId), pollMs: 1 }))).code).to.equal("RequestCancelled");
      const again = await rejection(cancelRequest({ ...about(requestId), signer: world.wallets.stranger }));
      expect(again.message).to.match(/no longer open/);
    });

    it("stops when it is told to", async () => {
      const requestId = await buy();
      const stop = new AbortController();
      const waiting = waitForAnswer({ ...about(requestId), pollMs: 600_000, signal: stop.signal });
      setImmediate(() => stop.abort());
      expect((await rejection(waiting)).code).to.equal("Aborted");
    });
  });

  it("passes on why the market refused the oracle's answer", async () => {
    const requestId = await buy();
    const { request, answer, result } = await computeAnswer(world, requestId, payGapWords());
    const signatures = await world.nodes[0].sign(requestId);
    const market = world.payGapMarket.address;
    const lone = encodeProof(market, { request, answer, signerSeats: 1, signatures });
    await fulfilOracle(world, requestId, result, lone);
    const said: string[] = [];
    const stop = new AbortController();
    const waiting = waitForAnswer({
      ...about(requestId),
      pollMs: 1,
      signal: stop.signal,
      onProgress: ({ message }) => {
        said.push(message);
        stop.abort();
      },
    });
    expect((await rejection(waiting)).code).to.equal("Aborted");
    expect(said[0]).to.equal(
      "The market refused the oracle's answer: There are 1 signatures, 3 are needed. Collect one from another node.",
    );
  });

  describe("deliverAnswer", () => {
    it("delivers with the first three seats that agree", async () => {
      const requestId = await buy();
      await computeAnswer(world, requestId, payGapWords());
      world.nodes[1].fault = () => "hang up";
      const delivered = await deliverAnswer({ ...about(requestId), signer: world.wallets.stranger, nodes: quick });
      expect(delivered.seats).to.deep.equal([0, 2, 3]);
      expect((await verifyAnswer(about(requestId))).valid).to.equal(true);
    });

    it("delivers with a signature that only a peer shows, and with none that is forged", async () => {
      const requestId = await buy();
      await computeAnswer(world, requestId, payGapWords());
      const [first, second, third, fourth] = world.nodes;
      for (const silent of [first, second]) silent.fault = () => "hang up";
      const deliver = () => deliverAnswer({ ...about(requestId), signer: world.wallets.stranger, nodes: quick });
      const own = await third.sign(requestId);
      third.peerSignatures.set(requestId, [
        ...[0, 1, 7].map((seat) => ({ seat, signature: own })),
        { seat: 2, signature: await second.sign(requestId) },
      ]);
      expect((await rejection(deliver())).message).to.match(/^2 nodes have signed one answer/);
      fourth.peerSignatures.set(requestId, [{ seat: 1, signature: await second.sign(requestId) }]);
      expect((await deliver()).seats).to.deep.equal([1, 2, 3]);
    });

    it("makes no proof of signatures over answers that differ in any member", async () => {
      const requestId = await buy();
      await computeAnswer(world, requestId, payGapWords());
      world.nodes[1].fault = () => "hang up";
      const known = world.nodes[0].answers.get(requestId)!;
      world.nodes[0].answers.set(requestId, { ...known, answer: { ...known.answer, budgetSpent: 7n } });
      const deliver = () => deliverAnswer({ ...about(requestId), signer: world.wallets.stranger, nodes: quick });
      expect((await rejection(deliver())).message).to.match(/^2 nodes have signed one answer/);
      world.nodes[1].fault = undefined;
      expect((await deliver()).seats).to.deep.equal([1, 2, 3]);
    });

    it("refuses fewer than three signatures, and answers that the seat did not sign", async () => {
      const requestId = await buy();
      await computeAnswer(world, requestId, payGapWords());
      world.nodes[1].fault = () => "hang up";
      const forged = world.nodes[2].answers.get(requestId)!;
      world.nodes[2].answers.set(requestId, { ...forged, result: "0x1234" });
      const error = await rejection(
        deliverAnswer({ ...about(requestId), signer: world.wallets.stranger, nodes: quick }),
      );
      expect(error.code).to.equal("AnswerUnavailable");
      expect(error.message).to.match(/^2 nodes have signed one answer/);
      expect(error.message).to.match(/Node 2 gives an answer that its key on chain did not sign/);
    });
  });
});

/** The first answer of each node says "queued", whatever the node says. */
function withQueuedFirst(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  const seen = new Set<string>();
  return async (input, init) => {
    const url = String(input);
    if (seen.has(url)) return fetch(input, init);
    seen.add(url);
    return Response.json({ state: "queued" });
  };
}
