/** A seller who bypasses the SDK shares words out of range: four nodes find them, and compute on the others. */

import { decodePublicResult } from "@sharebridge/contracts/typed-data.ts";
import { foldPool } from "@sharebridge/mpc-nodes/chain/pool.ts";
import { PARTIES, type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import { publicIdentity } from "@sharebridge/mpc-nodes/node/keys.ts";
import { giveReceipt, type SignedReceipt } from "@sharebridge/mpc-nodes/node/receipts.ts";
import { Requests } from "@sharebridge/mpc-nodes/node/requests.ts";
import { rowCheckIdOf } from "@sharebridge/mpc-nodes/node/row-check-id.ts";
import { RowChecks } from "@sharebridge/mpc-nodes/node/row-checks.ts";
import { ShareFetcher } from "@sharebridge/mpc-nodes/node/share-fetcher.ts";
import { decodePackage } from "@sharebridge/mpc-nodes/sharing/package.ts";
import { expect } from "chai";
import { getBytes } from "ethers";
import { payGap } from "../../support/open-pay-gap.ts";
import { recombineTable } from "../support/recombine-table.ts";
import { clearOutputs, expectClose } from "./support/clear-outputs.ts";
import { MARKET } from "./support/fake-chain.ts";
import { Folders } from "./support/keys.ts";
import { type Lacking, lackingAt, upload } from "./support/lacking.ts";
import { approve, SELLER, WORKERS } from "./support/pool-of-one.ts";
import { rejection } from "./support/rejection.ts";
import { encodeWorkers } from "./support/seller.ts";

/** Of each good row the words, and after the first and at the end one with a bad word in this column. */
function tableWith(bad: readonly (readonly [column: number, word: bigint])[]): BigUint64Array[] {
  const good = encodeWorkers(WORKERS);
  return good.map((words, column) => {
    const rows = [...words];
    for (const [place, [at, word]] of bad.entries()) {
      const row = at === column ? BigInt.asUintN(64, word) : words[0]!;
      if (place % 2 === 0) rows.splice(1, 0, row);
      else rows.push(row);
    }
    return BigUint64Array.from(rows);
  });
}

// Columns of the table: age (0 to 120), then sex or wages as the program's, reversed.
const AGES = [
  [0, 121n],
  [0, -1n],
  [0, 2n ** 63n - 1n],
  [0, -(2n ** 63n)],
] as const;

describe("a check of a dataset's rows", () => {
  const folders = new Folders();
  let four: Lacking;
  let nodes: { checks: RowChecks; requests: Requests }[] = [];

  async function start(options: Parameters<typeof lackingAt>[2], lacking: readonly PartyId[] = []): Promise<void> {
    four = await lackingAt(folders, lacking, { receiveMs: 2_000, ...options });
    four.chain.ownSeats = four.contexts.map(({ keys }) => ({
      ...publicIdentity(keys),
      endpoint: "http://127.0.0.1:1",
      peerEndpoint: "127.0.0.1:1",
    }));
    for (const context of four.contexts) await approve(context, payGap);
    wire();
  }
  /** As `startNode` does. */
  function wire(): void {
    nodes = four.contexts.map((context) => {
      const fetcher = new ShareFetcher(context);
      const checks = new RowChecks(context, fetcher);
      const requests = new Requests(context, fetcher, checks);
      context.engine.onAnnounce = (id, from) => requests.nudge(id, from);
      return { checks, requests };
    });
  }
  afterEach(async () => {
    await Promise.all(four.contexts.map(({ engine }) => engine.close()));
    for (const { checks, requests } of nodes) {
      await checks.stop();
      await requests.stop();
    }
    await four.stop();
  });
  after(() => folders.remove());

  const receipt = (seat: PartyId): Promise<SignedReceipt> =>
    giveReceipt(four.contexts[seat]!, nodes[seat]!.checks, four.committed.datasetId, MARKET);
  /** A seller's client asks again. */
  async function receiptAtLast(seat: PartyId): Promise<SignedReceipt> {
    for (;;) {
      try {
        return await receipt(seat);
      } catch (error) {
        const { code } = error as { code?: string };
        if (code !== "RowsBeingChecked" && code !== "RowsNotChecked" && code !== "PeerUnreachable") throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }
  const receipts = (seats: readonly PartyId[] = PARTIES) => Promise.all(seats.map(receiptAtLast));
  const agreed = (all: readonly SignedReceipt[]) =>
    new Set(all.map(({ validRows, validCommitment }) => `${validRows} ${validCommitment}`)).size === 1;

  /** What the seats keep of the valid rows, put together again. */
  async function keptRows(commitment: string, validRows: number, seats: readonly PartyId[] = PARTIES) {
    const { datasetId } = four.committed;
    const shape = { columns: encodeWorkers(WORKERS).length, rows: validRows };
    const stored = await Promise.all(seats.map((seat) => four.contexts[seat]!.store.dataset(datasetId, commitment)));
    const { shareCommitments } = JSON.parse(stored[0]!.manifest) as { shareCommitments: string[] };
    const packages = stored.map((each) => decodePackage(each!.package, each!.seat, shape));
    return recombineTable(
      packages,
      getBytes(datasetId),
      shareCommitments.map((hex) => getBytes(hex)),
      shape,
    );
  }

  async function answers(): Promise<bigint[]> {
    const requestId = four.chain.addRequest();
    await Promise.all(nodes.map(({ requests }) => requests.consider(requestId)));
    for (;;) {
      const report = await nodes[0]!.requests.report(requestId);
      if (report.state === "failed") throw new Error(report.error?.message);
      if (report.answer !== undefined) return decodePublicResult(report.answer.result);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  function joinPool({ datasetId, validCommitment, validRows }: SignedReceipt): void {
    const seller = SELLER.address.toLowerCase();
    const member = { datasetId, seller, commitment: validCommitment, validRows };
    four.chain.currentPool = foldPool([{ kind: "joined", member }]);
  }

  it("finds nothing wrong with an honest table: its own shares are used, nothing else is stored", async () => {
    await start({});
    const all = await receipts();
    for (const { validRows, validCommitment } of all) {
      expect([validRows, validCommitment]).to.deep.equal([WORKERS.length, four.committed.commitment]);
    }
    // Once: no session is opened for it any more.
    for (const { engine } of four.contexts) engine.compute = () => Promise.reject(new Error("checked again"));
    expect(agreed([...all, ...(await receipts())])).to.equal(true);
    wire();
    expect(agreed([...all, ...(await receipts())]), "after a restart").to.equal(true);
  });

  it("attack: rows out of range are left out, the weight is that of the others, and answers are right", async () => {
    await start({ words: tableWith(AGES) });
    const all = await receipts();
    expect(agreed(all)).to.equal(true);
    const [{ validRows, validCommitment, commitment }] = all as [SignedReceipt];
    expect(validRows).to.equal(WORKERS.length);
    expect(validCommitment).not.to.equal(commitment);
    expect(await keptRows(validCommitment, validRows)).to.deep.equal(encodeWorkers(WORKERS).map((words) => [...words]));
    joinPool(all[0]!);
    expectClose(await answers(), await clearOutputs());
  });

  it("attack: a category beyond the list, a presence that is no bit, in whatever column they stand", async () => {
    const columns = encodeWorkers(WORKERS).length;
    await start({ words: tableWith(Array.from({ length: columns }, (_, column) => [column, -(2n ** 62n)] as const)) });
    const [{ validRows }] = (await receipts([0, 1, 2, 3])) as [SignedReceipt];
    expect(validRows).to.equal(WORKERS.length);
  });

  it("attack: a table without a valid row gets no receipt anywhere", async () => {
    const words = encodeWorkers(WORKERS).map((column, index) => (index === 0 ? column.map(() => 121n) : column));
    await start({ words });
    for (const seat of PARTIES) expect(await rejection(receiptAtLast(seat))).to.have.property("code", "NoValidRows");
  });

  it("attack: the valid rows cannot be passed off with another count or commitment", async () => {
    await start({ words: tableWith(AGES) });
    const [first] = (await receipts()) as [SignedReceipt];
    joinPool({ ...first, validRows: first.validRows + 1 });
    const requestId = four.chain.addRequest();
    const lied = (await rejection(nodes[0]!.requests.consider(requestId))) as { code?: string };
    expect(lied.code).to.equal("DatasetMissing");
    // The seller's own shares, bad rows included, with the count of the good ones.
    joinPool({ ...first, validCommitment: first.commitment });
    const whole = (await rejection(nodes[0]!.requests.consider(four.chain.addRequest()))) as { code?: string };
    expect(whole.code).to.equal("DatasetMissing");
  });

  it("goes on without a node that is away, which has the same afterwards, and its shares from the peers", async () => {
    await start({ words: tableWith(AGES), receiveMs: 300 }, [2]);
    const others = partiesExcept(2);
    const all = await receipts(others);
    expect(agreed(all)).to.equal(true);
    await upload(four.contexts[2]!, four.committed);
    const late = await receiptAtLast(2);
    expect(agreed([...all, late])).to.equal(true);
    expect((await keptRows(late.validCommitment, late.validRows)).length).to.equal(encodeWorkers(WORKERS).length);
    joinPool(late);
    expectClose(await answers(), await clearOutputs());
  }).timeout(30_000);

  it("a node without its package has the valid rows from the peers when a request needs them", async () => {
    await start({ words: tableWith(AGES), receiveMs: 300 }, [1]);
    const [first] = (await receipts(partiesExcept(1))) as [SignedReceipt];
    joinPool(first);
    expectClose(await answers(), await clearOutputs());
    expect(await four.contexts[1]!.store.datasetEntry(first.datasetId), "what the seller shared").to.equal(null);
    expect((await keptRows(first.validCommitment, first.validRows)).length).to.equal(encodeWorkers(WORKERS).length);
  }).timeout(30_000);

  it("attack: a peer shows a check that three seats have not signed, and is not believed", async () => {
    await start({ words: tableWith(AGES) });
    const all = await receipts([0, 1, 2]);
    const { datasetId } = four.committed;
    const validity = (await four.contexts[0]!.store.validity(datasetId))!;
    const [first, second] = validity.signatures;
    const moreRows = `${validity.result.slice(0, 65)}5${validity.result.slice(66)}`;
    four.contexts[3]!.store.validity = async () => null;
    four.contexts[3]!.engine.compute = () => Promise.reject(new Error("nobody computes"));
    for (const lie of [
      { ...validity, result: moreRows },
      { ...validity, signatures: [first!, second!] },
      { ...validity, signatures: [first!, first!, second!] },
      { ...validity, run: validity.run + 1 },
      { ...validity, attempt: 1 },
      { ...validity, activeSet: 7 },
    ]) {
      for (const liar of [0, 1, 2]) four.contexts[liar]!.store.validity = async () => lie;
      expect(await rejection(receipt(3))).to.have.property("code", "RowsNotChecked");
    }
    for (const honest of [0, 1, 2]) four.contexts[honest]!.store.validity = async () => validity;
    expect(agreed([...all, await receipt(3)])).to.equal(true);
    expect(agreed(all)).to.equal(true);
  });

  it("is asked for as often as anyone likes, and runs once; others wait their turn", async () => {
    await start({});
    let computed = 0;
    const { engine } = four.contexts[0]!;
    const compute = engine.compute.bind(engine);
    engine.compute = (...given) => {
      computed++;
      return compute(...given);
    };
    await Promise.all([receipts(), receipts([0, 0, 0])]);
    expect(computed).to.equal(1);
  });

  it("an interrupted session is not run again: the next has another number", async () => {
    await start({ words: tableWith(AGES) });
    const { datasetId } = four.committed;
    for (const { store } of four.contexts) await store.beginRowCheck(datasetId, 0);
    // One was away when it began.
    const all = await receipts();
    expect(agreed(all)).to.equal(true);
    expect((await four.contexts[0]!.store.validity(datasetId))!.run).to.equal(1);
    expect(rowCheckIdOf(datasetId, 1)).not.to.equal(rowCheckIdOf(datasetId, 0));
  });
});
