import { storedColumns } from "@sharebridge/algorithms/language/stored-columns.ts";
import { datasetCommitment } from "@sharebridge/contracts/typed-data.ts";
import { Datasets } from "@sharebridge/mpc-nodes/node/datasets.ts";
import { UploadSlots } from "@sharebridge/mpc-nodes/node/upload-slots.ts";
import { decodePackage, encodePackage } from "@sharebridge/mpc-nodes/sharing/package.ts";
import { shareTable } from "@sharebridge/mpc-nodes/sharing/table.ts";
import { UPLOAD_HEADER_BYTES } from "@sharebridge/mpc-nodes/wire/limits.ts";
import { expect } from "chai";
import { getBytes, hexlify, id, Wallet } from "ethers";
import { bodyOf, Trickle } from "./support/body.ts";
import { type TestContext, testContext } from "./support/context.ts";
import { Folders } from "./support/keys.ts";
import { WORKERS } from "./support/pool-of-one.ts";
import { rejection } from "./support/rejection.ts";
import {
  type Committed,
  commit,
  encodeWorkers,
  makeUpload,
  tableSchema,
  type UploadChanges,
} from "./support/seller.ts";

const owner = new Wallet(id("owner"));
const stranger = new Wallet(id("stranger"));

describe("dataset uploads", () => {
  const folders = new Folders();
  let committed: Committed;
  let context: TestContext;
  let datasets: Datasets;

  before(async () => {
    committed = await commit(id("dataset"), [
      ["10.5", "male"],
      ["11.25", "female"],
      ["9", "female"],
    ]);
  });
  beforeEach(async () => {
    const [node] = await folders.keys(1);
    context = testContext(node, { seat: 1, settings: { maxConcurrentUploads: 1 } });
    datasets = new Datasets(context);
    register({});
  });
  afterEach(() => context.store.close());
  after(() => folders.remove());

  function register(changes: object): void {
    const { datasetId, commitment, schemaHash, rows } = committed;
    const dataset = {
      datasetId,
      owner: owner.address,
      commitment,
      schemaHash,
      committeeId: 1n,
      epoch: 1n,
      rows,
      scheme: 1,
    };
    context.chain.datasets.set(datasetId, { ...dataset, ...changes });
  }

  const target = () => ({
    chainId: context.chain.chainId,
    registry: context.chain.deployment.datasets,
    seat: context.seat,
    sealingKey: context.keys.sealingPublicKey,
  });
  const upload = (changes: UploadChanges = {}, by = owner) => makeUpload(by, committed, target(), changes);
  const put = async (body: Uint8Array | Promise<Uint8Array>, datasetId = committed.datasetId) =>
    datasets.upload(datasetId, bodyOf(await body));
  const refusal = async (body: Uint8Array | Promise<Uint8Array>, datasetId?: string) => {
    const error = await rejection(put(body, datasetId));
    expect(await context.store.datasetEntry(committed.datasetId), "nothing is stored").to.equal(null);
    return (error as Error & { code?: string }).code;
  };

  /** Header and manifest; sealed bytes. */
  const split = (body: Uint8Array): [Uint8Array, Uint8Array] => {
    const manifestBytes = new DataView(body.buffer, body.byteOffset).getUint32(4);
    const end = UPLOAD_HEADER_BYTES + manifestBytes;
    return [body.subarray(0, end), body.subarray(end)];
  };

  it("stores what matches the chain", async () => {
    expect(await put(upload())).to.deep.equal({ datasetId: committed.datasetId, seat: 1, rows: 3 });
    const stored = await context.store.dataset(committed.datasetId);
    expect(stored).to.include({ commitment: committed.commitment, rows: 3, seat: 1, epoch: 1n });
    // One more than declared: the ages' presence.
    const shape = { columns: tableSchema.columns.length + 1, rows: 3 };
    expect(decodePackage(stored?.package ?? new Uint8Array(), 1, shape)).to.deep.equal(committed.shared.packages[1]);
  });

  it("takes the id in any case", async () => {
    expect(await put(upload(), committed.datasetId.toUpperCase().replace("0X", "0x"))).to.include({ rows: 3 });
  });

  it("refuses a second one, before its body is read, and keeps the first", async () => {
    await put(upload());
    const before = await context.store.dataset(committed.datasetId);
    const client = new Trickle([await upload()]);
    expect(await rejection(datasets.upload(committed.datasetId, client.body))).to.have.property(
      "code",
      "AlreadyStored",
    );
    expect(client.asked).to.equal(0);
    expect(await context.store.dataset(committed.datasetId)).to.deep.equal(before);
  });

  it("stores one of two that come at once", async () => {
    const [node] = await folders.keys(1);
    const roomy = testContext(node, { seat: 1, chain: context.chain });
    const both = new Datasets(roomy);
    const body = await makeUpload(owner, committed, { ...target(), sealingKey: roomy.keys.sealingPublicKey });
    const outcomes = await Promise.allSettled([1, 2].map(() => both.upload(committed.datasetId, bodyOf(body))));
    const refused = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(refused).to.have.length(1);
    expect(refused[0].reason).to.have.property("code", "UploadsBusy");
    const later = both.upload(committed.datasetId, bodyOf(body));
    expect(await rejection(later)).to.have.property("code", "AlreadyStored");
    await roomy.store.close();
  });

  it("refuses more at once than it holds in memory", async () => {
    const other = await commit(id("other dataset"), [["10.5", "male"]]);
    const { commitment, schemaHash, rows } = other;
    const registered = context.chain.datasets.get(committed.datasetId);
    if (registered === undefined) throw new Error("the dataset is registered");
    context.chain.datasets.set(other.datasetId, {
      ...registered,
      ...{ datasetId: other.datasetId, commitment, schemaHash, rows },
    });
    const [manifest] = split(await upload());
    const client = new Trickle([manifest], { silent: true });
    const first = datasets.upload(committed.datasetId, client.body);
    await client.waits;
    const second = put(makeUpload(owner, other, target()), other.datasetId);
    expect(await rejection(second)).to.have.property("code", "UploadsBusy");
    client.leave();
    expect(await rejection(first)).to.have.property("code", "Malformed");
    expect(await put(makeUpload(owner, other, target()), other.datasetId)).to.include({ rows: 1 });
  });

  it("gives no place to clients that stay silent before their manifest is verified", async () => {
    const good = await upload();
    const [manifest] = split(await upload({}, stranger));
    const silent = [[], [good.subarray(0, 7)], [good.subarray(0, 100)]].map((p) => new Trickle(p, { silent: true }));
    const uploads = silent.map(({ body }) => rejection(datasets.upload(committed.datasetId, body)));
    await Promise.all(silent.map(({ waits }) => waits));
    const forged = datasets.upload(committed.datasetId, new Trickle([manifest], { silent: true }).body);
    expect(await rejection(forged)).to.have.property("code", "NotOwner");
    expect(await put(good)).to.include({ rows: 3 });
    for (const client of silent) client.leave();
    for (const error of await Promise.all(uploads)) expect(error).to.have.property("code", "Malformed");
  });

  it("lets go of a client that stalls in the middle of its shares", async () => {
    const [manifest, sealed] = split(await upload());
    const pace = { progressMs: 5, progressBytes: 1_000_000 };
    const client = new Trickle([manifest, sealed.subarray(0, 10)], { silent: true, pace });
    expect(await rejection(datasets.upload(committed.datasetId, client.body))).to.have.property("code", "TooSlow");
    expect(await put(upload())).to.include({ rows: 3 });
  });

  it("refuses a stranger after the manifest, with no sealed byte read", async () => {
    const client = new Trickle(split(await upload({}, stranger)));
    expect(await rejection(datasets.upload(committed.datasetId, client.body))).to.have.property("code", "NotOwner");
    expect(client.asked, "pieces taken: the manifest").to.equal(1);
  });

  it("refuses a body of another length than the manifest's table, with no sealed byte read", async () => {
    const good = await upload();
    for (const declaredBytes of [good.length - 1, good.length + 1]) {
      const client = new Trickle(split(good), { declaredBytes });
      expect(await rejection(datasets.upload(committed.datasetId, client.body))).to.have.property("code", "WrongShape");
      expect(client.asked).to.equal(1);
    }
  });

  it("refuses what follows the sealed shares, and what ends before, when no length is declared", async () => {
    const good = await upload();
    const longer = new Trickle([...split(good), new Uint8Array(1)]);
    expect(await rejection(datasets.upload(committed.datasetId, longer.body))).to.have.property("code", "WrongShape");
    const shorter = new Trickle([good.subarray(0, good.length - 1)]);
    expect(await rejection(datasets.upload(committed.datasetId, shorter.body))).to.have.property("code", "Malformed");
    expect(await datasets.upload(committed.datasetId, new Trickle(split(good)).body)).to.include({ rows: 3 });
  });

  it("refuses a table that is larger than it takes, with no sealed byte read", async () => {
    const good = await upload();
    const client = new Trickle(split(good));
    const small = new Datasets({ ...context, settings: { ...context.settings, maxUploadBytes: good.length - 1 } });
    expect(await rejection(small.upload(committed.datasetId, client.body))).to.have.property("code", "TooLarge");
    expect(client.asked).to.equal(1);
  });

  function limitedTo(limits: Partial<TestContext["settings"]>): Datasets {
    const settings = { ...context.settings, ...limits };
    return new Datasets({ ...context, settings, slots: new UploadSlots(context.store, settings) });
  }

  it("refuses what there is no room for, with no sealed byte read", async () => {
    const good = await upload();
    const { length: bytes } = good.subarray(UPLOAD_HEADER_BYTES, good.length - 48);
    for (const [setting, code] of [
      ["maxStoredBytes", "StorageFull"],
      ["maxStoredBytesPerOwner", "OwnerQuotaExceeded"],
    ]) {
      const full = limitedTo({ [setting]: bytes - 1 });
      const client = new Trickle(split(good));
      expect(await rejection(full.upload(committed.datasetId, client.body))).to.have.property("code", code);
      expect(client.asked).to.equal(1);
    }
    const fits = limitedTo({ maxStoredBytes: bytes, maxStoredBytesPerOwner: bytes });
    expect(await fits.upload(committed.datasetId, bodyOf(good))).to.include({ rows: 3 });
    expect(await context.store.storedBytes(owner.address.toLowerCase())).to.equal(bytes);
  });

  it("refuses a dataset that is not on chain, before its body is read", async () => {
    context.chain.datasets.clear();
    const client = new Trickle([await upload()]);
    expect(await rejection(datasets.upload(committed.datasetId, client.body))).to.have.property(
      "code",
      "UnknownDataset",
    );
    expect(client.asked).to.equal(0);
  });

  it("refuses malformed ids", async () => {
    for (const bad of ["", "0x12", "12".repeat(32), `${committed.datasetId}00`, "../../keys.json"]) {
      expect(await refusal(upload(), bad), bad).to.equal("Malformed");
    }
  });

  it("refuses bodies that are no uploads", async () => {
    const good = await upload();
    for (const bad of [
      new Uint8Array(),
      good.subarray(0, 7),
      good.subarray(0, 60),
      new Uint8Array(200),
      good.slice().fill(0x20, 8, 9),
    ]) {
      expect(await refusal(bad)).to.equal("Malformed");
    }
  });

  it("refuses an upload for another dataset, another seat, another epoch", async () => {
    expect(await refusal(upload({ manifest: { datasetId: id("other") } }))).to.equal("Malformed");
    expect(await refusal(upload({ manifest: { seat: 2 } }))).to.equal("WrongSeat");
    register({ epoch: 2n });
    expect(await refusal(upload())).to.equal("WrongEpoch");
    register({ committeeId: 2n });
    expect(await refusal(upload())).to.equal("WrongEpoch");
  });

  it("refuses what someone else signed, and what is no signature", async () => {
    expect(await refusal(upload({}, stranger))).to.equal("NotOwner");
    expect(await refusal(upload({ manifest: { signature: "0x00" } }))).to.equal("NotOwner");
    expect(await refusal(upload({ manifest: { signature: `0x${"00".repeat(65)}` } }))).to.equal("NotOwner");
  });

  it("refuses other sealed bytes than those whose hash was signed", async () => {
    const good = await upload();
    expect(await refusal(good.with(good.length - 1, good[good.length - 1] ^ 1))).to.equal("SealedHashMismatch");
    expect(await refusal(upload({ manifest: { sealedHash: id("other") } }))).to.equal("SealedHashMismatch");
  });

  it("refuses a signature for another hash, another chain or another registry", async () => {
    expect(await refusal(upload({ signedHash: id("other") }))).to.equal("NotOwner");
    expect(await refusal(makeUpload(owner, committed, { ...target(), chainId: 1n }))).to.equal("NotOwner");
    expect(await refusal(makeUpload(owner, committed, { ...target(), registry: owner.address }))).to.equal("NotOwner");
  });

  it("refuses a schema, rows, commitments that are not the chain's", async () => {
    register({ schemaHash: id("another schema") });
    expect(await refusal(upload())).to.equal("SchemaHashMismatch");
    register({ rows: 4 });
    expect(await refusal(upload())).to.equal("RowsMismatch");
    register({});
    const [c0, c1, c2] = committed.shareCommitments;
    expect(await refusal(upload({ manifest: { shareCommitments: [c0, c1, c2, c2] } }))).to.equal("CommitmentMismatch");
    register({ scheme: 2 });
    expect(await refusal(upload())).to.equal("CommitmentMismatch");
  });

  it("refuses what was sealed to another key, seat or epoch, or was changed before it was signed", async () => {
    const [other] = await folders.keys(1);
    const elsewhere = { ...target(), sealingKey: other.keys.sealingPublicKey };
    expect(await refusal(makeUpload(owner, committed, elsewhere))).to.equal("SealedBytesRejected");
    expect(await refusal(upload({ sealedFor: 2 }))).to.equal("SealedBytesRejected");
    expect(await refusal(upload({ epoch: 2n }))).to.equal("SealedBytesRejected");
    const flip = (bytes: Uint8Array) => bytes.with(bytes.length - 1, bytes[bytes.length - 1] ^ 1);
    expect(await refusal(upload({ sealed: flip }))).to.equal("SealedBytesRejected");
  });

  it("refuses a package of another shape", async () => {
    expect(await refusal(upload({ plaintext: (bytes) => bytes.subarray(8) }))).to.equal("WrongShape");
    expect(await refusal(upload({ plaintext: (bytes) => new Uint8Array([...bytes, 0]) }))).to.equal("WrongShape");
    const another = encodePackage(committed.shared.packages[3]);
    expect(await refusal(upload({ plaintext: () => another }))).to.equal("WrongShape");
  });

  it("attack: refuses an optional column without its presence, though the chain has a commitment to just that", async () => {
    const words = encodeWorkers(WORKERS.slice(0, 3));
    const presence = storedColumns(tableSchema.columns).findIndex(({ name }) => name === "age.present");
    const { datasetId } = committed;
    const shared = await shareTable(words.toSpliced(presence, 1), getBytes(datasetId));
    const shareCommitments = shared.commitments.map((bytes) => hexlify(bytes)) as Committed["shareCommitments"];
    const bare = { ...committed, shared, shareCommitments, commitment: datasetCommitment(1, shareCommitments) };
    register({ commitment: bare.commitment });
    expect(await refusal(makeUpload(owner, bare, target()))).to.equal("WrongShape");
    // Seat 3 has nothing but seeds, as many for any number of columns: there the commitment tells.
    const [node] = await folders.keys(1);
    const last = testContext(node, { seat: 3, chain: context.chain });
    const sealed = { ...target(), seat: last.seat, sealingKey: last.keys.sealingPublicKey };
    const body = bodyOf(await makeUpload(owner, bare, sealed));
    expect(await rejection(new Datasets(last).upload(datasetId, body))).to.have.property("code", "CommitmentMismatch");
    await last.store.close();
  });

  it("refuses a package whose salts, seeds or words are not those committed to", async () => {
    const length = encodePackage(committed.shared.packages[1]).length;
    for (const position of [0, 32, 64, 96, 112, 128, length - 1]) {
      const flip = (bytes: Uint8Array) => bytes.with(position, bytes[position] ^ 1);
      expect(await refusal(upload({ plaintext: flip })), `byte ${position}`).to.equal("CommitmentMismatch");
    }
  });

  it("stores nothing on the word of another chain", async () => {
    context.chain.servesOtherChain = true;
    expect(await refusal(upload())).to.equal("WrongChain");
  });

  it("is ready for the next one after a refusal", async () => {
    await refusal(new Uint8Array());
    expect(await put(upload())).to.include({ rows: 3 });
  });
});
