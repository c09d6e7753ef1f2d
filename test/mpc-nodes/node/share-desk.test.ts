import { PARTIES, type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import { viewBytes } from "@sharebridge/mpc-nodes/math/words.ts";
import {
  MAX_ANSWER_BYTES,
  SHARE_BUDGET_BYTES_PER_PEER,
  SHARE_QUESTION_COST_BYTES,
} from "@sharebridge/mpc-nodes/wire/limits.ts";
import { encodeShareQuestion, type ShareQuestion } from "@sharebridge/mpc-nodes/wire/share-question.ts";
import { expect } from "chai";
import { id } from "ethers";
import { Folders } from "./support/keys.ts";
import { type Lacking, lackingAt } from "./support/lacking.ts";
import { rejection } from "./support/rejection.ts";

describe("the desk that gives shares to peers", () => {
  const folders = new Folders();
  let four: Lacking;

  beforeEach(async () => {
    four = await lackingAt(folders, []);
  });
  afterEach(() => four.stop());
  after(() => folders.remove());

  const question = (changes: Partial<ShareQuestion>): Uint8Array => {
    const { datasetId, commitment } = four.committed;
    return encodeShareQuestion({ kind: "secrets", datasetId, commitment, share: 0, piece: 0, ...changes });
  };
  const codeOf = async (promise: Promise<unknown>) => ((await rejection(promise)) as Error & { code?: string }).code;

  it("attack: a peer asks every holder, in every way, for the share that it must not have", async () => {
    const { contexts, desks, committed } = four;
    const { packages } = committed.shared;
    for (const thief of PARTIES) {
      const holder = partiesExcept(thief)[0];
      const { salts, seeds, explicit } = packages[holder];
      const secrets = [salts[thief], thief === 3 ? viewBytes(explicit![0]) : seeds[thief]].map((bytes) =>
        Buffer.from(bytes!),
      );
      for (const victim of partiesExcept(thief)) {
        for (const kind of ["secrets", "words"] as const) {
          const asked = question({ kind, share: thief });
          expect(await codeOf(desks[victim].answer(asked, thief))).to.equal("NotEntitled");
          // Over the connection it is one byte: no reason, nothing of the share.
          expect(await codeOf(contexts[thief].engine.ask(victim, asked, 1_024))).to.equal("QuestionRefused");
        }
        // Nothing that it may ask for holds any of it.
        const allowed = [question({ kind: "describe", share: 0 })];
        for (const share of partiesExcept(thief, victim)) allowed.push(question({ share }));
        if (thief !== 3 && victim !== 3) allowed.push(question({ kind: "words", share: 3 }));
        for (const ask of allowed) {
          const answer = Buffer.from(await contexts[thief].engine.ask(victim, ask, MAX_ANSWER_BYTES));
          for (const secret of secrets) expect(answer.includes(secret)).to.equal(false);
        }
      }
    }
  });

  it("gives each peer the shares that both hold, as the seller made them", async () => {
    const { packages } = four.committed.shared;
    for (const asker of PARTIES) {
      for (const holder of partiesExcept(asker)) {
        for (const share of partiesExcept(asker, holder)) {
          const { salts, seeds } = packages[holder];
          const answer = await four.contexts[asker].engine.ask(holder, question({ share }), 48);
          const expected = share === 3 ? [...salts[3]!] : [...salts[share]!, ...seeds[share]!];
          expect([...answer]).to.deep.equal(expected);
        }
      }
    }
    const words = await four.contexts[0].engine.ask(1, question({ kind: "words", share: 3 }), MAX_ANSWER_BYTES);
    const expected = Buffer.concat(packages[1].explicit!.map((column) => Buffer.from(viewBytes(column))));
    expect(Buffer.compare(words, expected)).to.equal(0);
  });

  it("answers nothing but well-formed questions of peers about what is held", async () => {
    const [desk] = four.desks;
    expect(await codeOf(desk.answer(Uint8Array.of(1, 2, 3), 1))).to.equal("MalformedQuestion");
    expect(await codeOf(desk.answer(question({ share: 0 }), 1))).to.equal("NotEntitled");
    expect(await codeOf(desk.answer(question({ kind: "words", share: 2 }), 1))).to.equal("NotEntitled");
    for (const stranger of [0, 4, -1, 1.5]) {
      expect(await codeOf(desk.answer(question({ share: 2 }), stranger as PartyId))).to.equal("NotEntitled");
    }
    expect(await codeOf(desk.answer(question({ share: 2, datasetId: id("other") }), 1))).to.equal("DatasetNotStored");
    expect(await codeOf(desk.answer(question({ share: 2, commitment: id("other") }), 1))).to.equal("DatasetNotStored");
    expect(await codeOf(desk.answer(question({ kind: "validity" }), 1))).to.equal("RowsBeingChecked");
    expect(await codeOf(desk.answer(question({ kind: "words", share: 3, piece: 1 }), 1))).to.equal("Malformed");
    expect(await codeOf(desk.answer(question({ kind: "words", share: 3, piece: 0xffff_ffff }), 1))).to.equal(
      "Malformed",
    );
  });

  it("gives only what the chain shows for this committee, epoch and commitment", async () => {
    const { chain, committed, desks } = four;
    const { datasetId } = committed;
    const dataset = chain.datasets.get(datasetId)!;
    const refusals = [
      [{ ...dataset, epoch: 2n }, "WrongEpoch"],
      [{ ...dataset, committeeId: 2n }, "WrongEpoch"],
      [{ ...dataset, commitment: id("other") }, "CommitmentMismatch"],
    ] as const;
    for (const [changed, code] of refusals) {
      chain.datasets.set(datasetId, changed);
      expect(await codeOf(desks[0].answer(question({ share: 2 }), 1))).to.equal(code);
    }
    chain.datasets.delete(datasetId);
    expect(await codeOf(desks[0].answer(question({ share: 2 }), 1))).to.equal("UnknownDataset");
    chain.servesOtherChain = true;
    expect(await codeOf(desks[0].answer(question({ share: 2 }), 1))).to.equal("WrongChain");
  });

  it("opens a dataset once for a peer's questions, and lets each peer cause so much work", async () => {
    const { contexts, desks } = four;
    const { store } = contexts[0];
    let opened = 0;
    const { dataset } = store;
    store.dataset = (datasetId) => {
      opened++;
      return dataset.call(store, datasetId);
    };
    const ask = () => desks[0].answer(question({ share: 2 }), 1);
    for (let i = 0; i < 5; i++) await ask();
    expect(opened).to.equal(1);
    const most = SHARE_BUDGET_BYTES_PER_PEER / SHARE_QUESTION_COST_BYTES;
    let given = 5;
    const refused = await (async () => {
      for (;;) {
        try {
          await ask();
          given++;
        } catch (error) {
          return error;
        }
      }
    })();
    expect(refused).to.have.property("code", "PeerQuotaExceeded");
    // Some came back meanwhile.
    expect(given).to.be.within(most - 50, most * 1.1);
    expect(await desks[0].answer(question({ share: 1 }), 2)).to.have.length(48);
  });
});
