import { PARTIES, type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import { loadInputs } from "@sharebridge/mpc-nodes/node/inputs.ts";
import { Requests } from "@sharebridge/mpc-nodes/node/requests.ts";
import { ShareFetcher } from "@sharebridge/mpc-nodes/node/share-fetcher.ts";
import { UploadSlots } from "@sharebridge/mpc-nodes/node/upload-slots.ts";
import { decodeShareQuestion, encodeShareQuestion } from "@sharebridge/mpc-nodes/wire/share-question.ts";
import { expect } from "chai";
import { id } from "ethers";
import { payGap } from "../../support/open-pay-gap.ts";
import { Folders } from "./support/keys.ts";
import { type Lacking, lackingAt, packageOf, upload } from "./support/lacking.ts";
import { approve, WORKERS } from "./support/pool-of-one.ts";
import { rejection } from "./support/rejection.ts";

describe("a node that lacks a dataset", () => {
  const folders = new Folders();
  let four: Lacking;
  const fetchers: ShareFetcher[] = [];

  const start = async (...options: Parameters<typeof lackingAt> extends [unknown, ...infer Rest] ? Rest : never) => {
    four = await lackingAt(folders, ...options);
  };
  afterEach(async () => {
    await four.stop();
    await Promise.all(fetchers.splice(0).map((fetcher) => fetcher.stop()));
  });
  after(() => folders.remove());

  function obtain(seat: PartyId, changes = {}): Promise<void> {
    const fetcher = new ShareFetcher(four.contexts[seat]);
    fetchers.push(fetcher);
    return fetcher.obtain({ ...four.chain.currentPool.members[0], ...changes });
  }
  const refusal = async (promise: Promise<unknown>) => ((await rejection(promise)) as Error & { code?: string }).code;
  const packageAt = async (seat: PartyId) =>
    (await four.contexts[seat].store.dataset(four.committed.datasetId))?.package ?? null;

  /** A holder that changes what it answers about some share. */
  function lie(holder: PartyId, about: (kind: string, share: PartyId) => boolean): void {
    const { engine } = four.contexts[holder];
    engine.onQuestion = async (bytes, from) => {
      const answer = (await four.desks[holder].answer(bytes, from)).slice();
      const { kind, share } = decodeShareQuestion(bytes);
      if (about(kind, share)) answer[answer.length - 1] ^= 1;
      return answer;
    };
  }

  for (const seat of PARTIES) {
    it(`has afterwards what the seller's upload would have left there (seat ${seat})`, async () => {
      await start([seat]);
      await obtain(seat);
      expect([...(await packageAt(seat))!]).to.deep.equal([...packageOf(four.committed, seat)]);
      const { store } = four.contexts[seat];
      const entry = await store.datasetEntry(four.committed.datasetId);
      expect(entry).to.include({ seat, epoch: 1n, commitment: four.committed.commitment, rows: WORKERS.length });
      const { columns } = await loadInputs(store, [four.chain.currentPool.members], payGap, seat);
      expect(columns.size).to.equal(payGap.columns.length);
      // It can give the shares on.
      const other = partiesExcept(seat)[0];
      expect((await four.desks[seat].answer(questionFor(other, seat), other)).length).to.be.at.least(32);
    });
  }
  const questionFor = (asker: PartyId, holder: PartyId) => {
    const share = partiesExcept(asker, holder)[0];
    const { datasetId, commitment } = four.committed;
    return encodeShareQuestion({ kind: "secrets", datasetId, commitment, share, piece: 0 });
  };

  it("fetches a table of many pieces", async () => {
    // Five stored columns of 15,000 rows: 600 kB of explicit words, ten pieces in three waves, columns across pieces.
    const workers = Array.from({ length: 15_000 }, (_, row) => WORKERS[row % WORKERS.length]);
    await start([1], { workers });
    await obtain(1);
    expect(Buffer.compare((await packageAt(1))!, packageOf(four.committed, 1))).to.equal(0);
  }).timeout(20_000);

  for (const liar of [1, 2, 3] as const) {
    it(`takes each share from the other holder when seat ${liar} lies about all that it says, and accuses nobody`, async () => {
      await start([0]);
      lie(liar, () => true);
      await obtain(0);
      expect([...(await packageAt(0))!]).to.deep.equal([...packageOf(four.committed, 0)]);
    });

    it(`goes on without seat ${liar}`, async () => {
      await start([0]);
      await four.contexts[liar].engine.close();
      await obtain(0);
      expect([...(await packageAt(0))!]).to.deep.equal([...packageOf(four.committed, 0)]);
    });
  }

  it("calls a dataset unusable when neither holder can show a share that matches, and remembers it", async () => {
    await start([0]);
    for (const holder of [1, 3] as const) lie(holder, (kind, share) => kind === "secrets" && share === 2);
    const error = await rejection(obtain(0));
    expect(error).to.have.property("code", "DatasetUnusable");
    expect(error.message).to.contain("share 2").and.to.contain("seller");
    expect(error.message).not.to.match(/seat|party/);
    expect(await packageAt(0)).to.equal(null);
    // Nobody is asked again.
    for (const seat of [1, 2, 3])
      four.contexts[seat].engine.onQuestion = () => Promise.reject(new Error("asked again"));
    expect(await refusal(obtain(0))).to.equal("DatasetUnusable");
    // The seller can still put it right.
    await upload(four.contexts[0], four.committed);
    expect(await four.contexts[0].store.unusable(four.committed.datasetId)).to.equal(null);
  });

  it("decides nothing while one of two holders is away and the other is wrong", async () => {
    await start([0]);
    lie(1, (kind, share) => kind === "secrets" && share === 2);
    const { engine } = four.contexts[3];
    engine.onQuestion = () => Promise.reject(new Error("not now"));
    expect(await refusal(obtain(0))).to.equal("SharesUnavailable");
    expect(await four.contexts[0].store.unusable(four.committed.datasetId)).to.equal(null);
    engine.onQuestion = (question, from) => four.desks[3].answer(question, from);
    await obtain(0);
  });

  it("asks nobody about what the chain does not show for this committee as it joined", async () => {
    await start([0]);
    let asked = 0;
    for (const seat of [1, 2, 3]) {
      four.contexts[seat].engine.onQuestion = async () => {
        asked++;
        return new Uint8Array();
      };
    }
    const { datasetId } = four.committed;
    const dataset = four.chain.datasets.get(datasetId)!;
    expect(await refusal(obtain(0, { commitment: id("other") }))).to.equal("DatasetMissing");
    expect(await refusal(obtain(0, { validRows: 3 }))).to.equal("DatasetMissing");
    expect(await refusal(obtain(0, { datasetId: id("other") }))).to.equal("DatasetMissing");
    four.chain.datasets.set(datasetId, { ...dataset, epoch: 2n });
    expect(await refusal(obtain(0))).to.equal("DatasetMissing");
    expect(asked).to.equal(0);
  });

  it("keeps to the limits of an upload: its size, and the room of the node", async () => {
    await start([0]);
    const limited = (changes: object) => {
      const { store } = four.contexts[0];
      const settings = { ...four.contexts[0].settings, ...changes };
      const fetcher = new ShareFetcher({ ...four.contexts[0], settings, slots: new UploadSlots(store, settings) });
      return refusal(fetcher.obtain(four.chain.currentPool.members[0]));
    };
    expect(await limited({ maxUploadBytes: 200 })).to.equal("DatasetMissing");
    expect(await limited({ maxStoredBytes: 200 })).to.equal("StorageFull");
    expect(await limited({ maxStoredBytesPerOwner: 200 })).to.equal("OwnerQuotaExceeded");
  });

  it("computes a request: the shares are fetched before it is refused", async () => {
    await start([2]);
    for (const context of four.contexts) await approve(context, payGap);
    const nodes = four.contexts.map((context) => new Requests(context));
    const requestId = four.chain.addRequest();
    await Promise.all(nodes.map((node) => node.consider(requestId)));
    for (const node of nodes) {
      let state: string;
      do {
        await new Promise((resolve) => setTimeout(resolve, 5));
        ({ state } = await node.report(requestId));
      } while (state === "queued" || state === "computing");
      expect(state).to.equal("signed");
    }
    await Promise.all(four.contexts.map(({ engine }) => engine.close()));
    await Promise.all(nodes.map((node) => node.stop()));
  });
});
