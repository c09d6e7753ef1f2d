/** Private inputs on their way to a request: who may name them, what is refused, what is kept and how long. */
import { programHash } from "@sharebridge/algorithms/language/encode.ts";
import { PARTIES, type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import { PrivateInputs } from "@sharebridge/mpc-nodes/node/private-inputs.ts";
import { PrivateShareDesk } from "@sharebridge/mpc-nodes/node/private-share-desk.ts";
import { fetchPrivateInputs } from "@sharebridge/mpc-nodes/node/private-share-fetcher.ts";
import { checkRequest } from "@sharebridge/mpc-nodes/node/request-checks.ts";
import { encodePackage } from "@sharebridge/mpc-nodes/sharing/package.ts";
import type { StoredPrivateInputs } from "@sharebridge/mpc-nodes/store/store.ts";
import {
  MAX_PRIVATE_INPUTS_BYTES,
  MAX_PRIVATE_INPUTS_BYTES_PER_UPLOADER,
  MAX_PRIVATE_UPLOADS_AT_ONCE,
  PRIVATE_INPUTS_KEPT_S,
} from "@sharebridge/mpc-nodes/wire/limits.ts";
import { encodePrivateShareQuestion } from "@sharebridge/mpc-nodes/wire/private-share-question.ts";
import { expect } from "chai";
import { id, Wallet } from "ethers";
import { payGap } from "../../support/open-pay-gap.ts";
import {
  makePrivateUpload,
  type PrivateUploadChanges,
  type SharedInputs,
  sellScored,
  shareInputs,
  UPLOADER,
} from "./support/buyer.ts";
import type { TestContext } from "./support/context.ts";
import { BUYER, type FakeChain, MARKET } from "./support/fake-chain.ts";
import { Folders } from "./support/keys.ts";
import { type Lacking, lackingAt } from "./support/lacking.ts";
import { approve } from "./support/pool-of-one.ts";
import { rejection } from "./support/rejection.ts";

const WORDS = [24n, 40_000_000n];
const codeOf = async (promise: Promise<unknown>) => ((await rejection(promise)) as Error & { code?: string }).code;

describe("private inputs at the nodes", () => {
  const folders = new Folders();
  let four: Lacking;
  let chain: FakeChain;
  let contexts: readonly TestContext[];
  let desks: PrivateInputs[];
  let inputs: SharedInputs;

  beforeEach(async () => {
    four = await lackingAt(folders, []);
    ({ chain, contexts } = four);
    await sellScored(chain, contexts);
    desks = contexts.map((context) => new PrivateInputs(context));
    for (const context of contexts) {
      const desk = new PrivateShareDesk(context);
      context.engine.onQuestion = (question, from) => desk.answer(question, from);
    }
    inputs = await shareInputs(WORDS);
  });
  afterEach(async () => {
    for (const desk of desks) desk.stop();
    await four.stop();
  });
  after(() => folders.remove());

  const send = async (seat: PartyId, of = inputs, changes: PrivateUploadChanges = {}) =>
    desks[seat]!.upload(
      of.commitment,
      await makePrivateUpload(of, { seat, sealingKey: contexts[seat]!.keys.sealingPublicKey }, changes),
    );
  const check = (seat: PartyId, requestId: string) =>
    checkRequest(contexts[seat]!, requestId, undefined, (named) => fetchPrivateInputs(contexts[seat]!, named));

  it("attack: another buyer names the commitment", async () => {
    for (const seat of PARTIES) await send(seat);
    const mallory = new Wallet(id("mallory")).address;
    const theft = chain.addRequest({ buyer: mallory, privateInputs: inputs.commitment });
    expect(await codeOf(check(0, theft))).to.equal("PrivateInputsMismatch");
    // Where they are not stored, what peers give is for another buyer as well.
    await contexts[0]!.store.removePrivateInputs(inputs.commitment);
    expect(await codeOf(check(0, theft))).to.equal("PrivateInputsMissing");
    // The buyer's own request has lost nothing.
    const own = chain.addRequest({ privateInputs: inputs.commitment });
    expect((await check(0, own)).privateInputs).to.include({ commitment: inputs.commitment, count: 2 });
  });

  it("attack: a thief uploads its own shares under another buyer's commitment, or claims the buyer's for itself", async () => {
    const mallory = new Wallet(id("mallory"));
    const others = await shareInputs([1n, 2n], { buyer: mallory.address });
    const forged = { ...others, commitment: inputs.commitment };
    expect(await codeOf(send(0, forged))).to.equal("CommitmentMismatch");
    // The buyer's packages, seen or not, are committed to under the buyer's id.
    const claimed = { ...inputs, buyer: mallory.address };
    expect(await codeOf(send(0, claimed))).to.equal("SealedBytesRejected");
    const resealed = await shareInputs(WORDS, { buyer: mallory.address });
    const moved = { ...resealed, shareCommitments: inputs.shareCommitments, commitment: inputs.commitment };
    expect(await codeOf(send(0, moved))).to.equal("CommitmentMismatch");
  });

  it("attack: replay in another market", async () => {
    const elsewhere = new Wallet(id("other market")).address;
    const other = await shareInputs(WORDS, { market: elsewhere });
    expect(await codeOf(send(0, other))).to.equal("UnknownMarket");
    // Stored for the one, named in the other.
    chain.isMarket = async () => true;
    for (const seat of PARTIES) await send(seat, other);
    const replayed = chain.addRequest({ privateInputs: other.commitment });
    for (const seat of PARTIES) expect(await codeOf(check(seat, replayed))).to.equal("PrivateInputsMismatch");
  });

  it("a wrong share to one node is refused there, and that node gets the right one from the peers", async () => {
    const flip = (bytes: Uint8Array) => bytes.map((byte, index) => (index === bytes.length - 1 ? byte ^ 1 : byte));
    expect(await codeOf(send(2, inputs, { plaintext: flip }))).to.equal("CommitmentMismatch");
    for (const seat of [0, 1, 3] as const) await send(seat);
    await check(2, chain.addRequest({ privateInputs: inputs.commitment }));
    const fetched = await contexts[2]!.store.privateInputs(inputs.commitment);
    expect([...fetched!.package]).to.deep.equal([...encodePackage(inputs.shared.packages[2]!)]);
    expect(fetched).to.include({ uploader: "", market: MARKET.toLowerCase(), buyer: BUYER.toLowerCase(), count: 2 });
  });

  it("two nodes that hold them serve the others; one does not, and the request is refused by name", async () => {
    const requestId = chain.addRequest({ privateInputs: inputs.commitment });
    await send(0);
    for (const seat of [1, 2, 3] as const) {
      expect(await codeOf(check(seat, requestId)), `seat ${seat}`).to.equal("PrivateInputsMissing");
    }
    await send(3);
    for (const seat of PARTIES) await check(seat, requestId);
  });

  it("a peer that lies about its share is not believed, and the other holder is asked", async () => {
    for (const seat of [0, 1, 3] as const) await send(seat);
    const honest = contexts[0]!.engine.onQuestion!;
    contexts[0]!.engine.onQuestion = async (question, from) => {
      const answer = (await honest(question, from)).slice();
      answer[answer.length - 1]! ^= 1;
      return answer;
    };
    await check(2, chain.addRequest({ privateInputs: inputs.commitment }));
  });

  it("attack: a peer asks for the share that it must not have", async () => {
    for (const seat of PARTIES) await send(seat);
    for (const thief of PARTIES) {
      for (const victim of partiesExcept(thief)) {
        const ask = (share: PartyId) =>
          contexts[thief]!.engine.ask(
            victim,
            encodePrivateShareQuestion({ commitment: inputs.commitment, share }),
            1_024,
          );
        expect(await codeOf(ask(thief))).to.equal("QuestionRefused");
        expect(await codeOf(ask(victim))).to.equal("QuestionRefused");
        const own = inputs.shared.packages[victim]!;
        const secret = Buffer.from(own.seeds[thief] ?? new Uint8Array(own.explicit![0]!.buffer));
        for (const share of partiesExcept(thief, victim)) {
          expect(Buffer.from(await ask(share)).includes(secret)).to.equal(false);
        }
      }
    }
  });

  it("a request names them exactly if its program takes some", async () => {
    for (const seat of PARTIES) await send(seat);
    expect(await codeOf(check(0, chain.addRequest()))).to.equal("PrivateInputsInvalid");
    // The pay gap takes none.
    const { committed } = four;
    const plain = await shareInputs(WORDS, { salt: id("plain") });
    await approve(contexts[0]!, payGap);
    const policy = chain.policies.get(committed.datasetId)!;
    const algorithm = programHash(payGap);
    chain.policies.set(committed.datasetId, { ...policy, algorithms: [algorithm] });
    chain.market = { ...chain.market, algorithm };
    expect(await codeOf(check(0, chain.addRequest({ privateInputs: plain.commitment })))).to.equal(
      "PrivateInputsInvalid",
    );
    expect(await codeOf(send(0, plain))).to.equal("PrivateInputsInvalid");
  });

  it("uploads are refused by name: seat, signer, number, seal, shape, text", async () => {
    expect(await codeOf(send(0, inputs, { upload: { seat: 1 } }))).to.equal("WrongSeat");
    expect(await codeOf(send(0, inputs, { signer: new Wallet(id("mallory")) }))).to.equal("NotUploader");
    expect(await codeOf(send(0, inputs, { upload: { signature: `0x${"00".repeat(65)}` } }))).to.equal("NotUploader");
    expect(await codeOf(send(0, inputs, { sealedFor: 1 }))).to.equal("SealedBytesRejected");
    expect(await codeOf(send(0, inputs, { plaintext: (bytes) => bytes.slice(1) }))).to.equal("WrongShape");
    expect(await codeOf(send(0, await shareInputs([1n, 2n, 3n])))).to.equal("PrivateInputsInvalid");
    for (const upload of [
      { count: 257 },
      { count: 0 },
      { more: 1 },
      { salt: "0x12" },
      { scheme: 2 },
      { sealed: "0x" },
    ]) {
      expect(await codeOf(send(0, inputs, { upload })), JSON.stringify(upload)).to.equal("Malformed");
    }
    const nothing = new TextEncoder().encode("{");
    expect(await codeOf(desks[0]!.upload(inputs.commitment, nothing))).to.equal("Malformed");
    expect(await codeOf(desks[0]!.upload("0x12", nothing))).to.equal("Malformed");
    expect(await codeOf(desks[0]!.upload(inputs.commitment, new Uint8Array(8_193)))).to.equal("TooLarge");
    expect(await contexts[0]!.store.privateInputsBytes()).to.equal(0);
  });

  it("repeating an upload changes nothing", async () => {
    const first = await send(0);
    expect(first).to.deep.equal({
      ...{ commitment: inputs.commitment, seat: 0 },
      keptUntilUnixS: chain.latestUnixS + BigInt(PRIVATE_INPUTS_KEPT_S),
    });
    chain.latestUnixS += 60n;
    expect(await send(0)).to.deep.equal(first);
  });

  const filler = (bytes: number, uploader: string): StoredPrivateInputs => ({
    ...{ commitment: id(`filler ${uploader}`), seat: 0, epoch: 1n, market: MARKET, buyer: BUYER, salt: id("s") },
    ...{ count: 1, shareCommitments: [], uploader, keptUntilUnixS: 2n ** 40n, package: new Uint8Array(bytes) },
  });

  it("attack: a flood of uploads is bounded, by uploader and in all, and in how many are verified at once", async () => {
    const { store } = contexts[0]!;
    await store.putPrivateInputs(filler(MAX_PRIVATE_INPUTS_BYTES_PER_UPLOADER - 2_000, UPLOADER.address.toLowerCase()));
    expect(await codeOf(send(0))).to.equal("OwnerQuotaExceeded");
    // Another account still has room.
    const other = new Wallet(id("another uploader"));
    await send(0, inputs, { signer: other, upload: { uploader: other.address.toLowerCase() } });
    const full = { ...contexts[1]!, store: Object.create(contexts[1]!.store, {}) as TestContext["store"] };
    Object.defineProperty(full.store, "privateInputsBytes", { value: async () => MAX_PRIVATE_INPUTS_BYTES - 1_000 });
    Object.defineProperty(full.store, "expirePrivateInputs", { value: async () => 0 });
    Object.defineProperty(full.store, "privateInputs", { value: async () => null });
    Object.defineProperty(full.store, "program", { value: (hash: string) => contexts[1]!.store.program(hash) });
    const desk = new PrivateInputs(full);
    const body = await makePrivateUpload(inputs, { seat: 1, sealingKey: full.keys.sealingPublicKey });
    expect(await codeOf(desk.upload(inputs.commitment, body))).to.equal("StorageFull");
    desk.stop();
    const many = await Promise.all(
      Array.from({ length: MAX_PRIVATE_UPLOADS_AT_ONCE + 1 }, async (_, index) => {
        const each = await shareInputs(WORDS, { salt: id(`salt ${index}`) });
        const sealingKey = contexts[2]!.keys.sealingPublicKey;
        return { commitment: each.commitment, body: await makePrivateUpload(each, { seat: 2, sealingKey }) };
      }),
    );
    const outcomes = await Promise.allSettled(many.map((each) => desks[2]!.upload(each.commitment, each.body)));
    const refused = outcomes.filter(({ status }) => status === "rejected") as PromiseRejectedResult[];
    expect(refused.map(({ reason }) => reason.code)).to.deep.equal(["UploadsBusy"]);
  });

  it("are gone within the hour unless a request names them; then they are kept until its deadline", async () => {
    const named = await shareInputs(WORDS, { salt: id("named") });
    await send(0);
    await send(0, named);
    const { store } = contexts[0]!;
    const deadlineUnixS = chain.latestUnixS + 10_000n;
    await check(0, chain.addRequest({ privateInputs: named.commitment, deadlineUnixS }));
    const stored = async (of: SharedInputs) => (await store.privateInputs(of.commitment)) !== null;
    const later = await shareInputs(WORDS, { salt: id("later") });
    chain.latestUnixS += BigInt(PRIVATE_INPUTS_KEPT_S) + 1n;
    await send(0, later);
    expect([await stored(inputs), await stored(named)]).to.deep.equal([false, true]);
    chain.latestUnixS = deadlineUnixS + 1n;
    await send(0, await shareInputs(WORDS, { salt: id("last") }));
    expect([await stored(named), await stored(later)]).to.deep.equal([false, false]);
  });
});
