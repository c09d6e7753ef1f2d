import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { answerToText } from "@sharebridge/mpc-nodes/store/answer-text.ts";
import { createAtRest } from "@sharebridge/mpc-nodes/store/at-rest.ts";
import { SqliteStore } from "@sharebridge/mpc-nodes/store/sqlite.ts";
import { SCHEMA_STEPS, SCHEMA_VERSION } from "@sharebridge/mpc-nodes/store/sqlite-schema.ts";
import { expect } from "chai";
import { exampleAnswer, exampleDataset, exampleOpening, exampleRequest, storeSuite } from "../../suites/store.suite.ts";
import { rejection } from "../node/support/rejection.ts";

describe("SQLite store", () => {
  const storageKey = randomBytes(32);
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "sharebridge-store-"));
    file = join(folder, "node.sqlite");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  storeSuite(async () => new SqliteStore({ file, storageKey }));

  const fill = async (store: SqliteStore) => {
    await store.putDataset(exampleDataset);
    await store.addRequest(exampleRequest);
    const { requestId } = exampleRequest;
    await store.putAnswer({ requestId, seat: 2, answer: exampleAnswer, result: "0x1234", opening: exampleOpening });
  };

  it("remembers everything in the file", async () => {
    const first = new SqliteStore({ file, storageKey });
    await fill(first);
    await first.close();
    const second = new SqliteStore({ file, storageKey });
    expect(await second.dataset(exampleDataset.datasetId)).to.deep.equal(exampleDataset);
    expect(await second.opening(exampleRequest.requestId, 0)).to.deep.equal(exampleOpening);
    expect((await second.answer(exampleRequest.requestId))?.answer).to.deep.equal(exampleAnswer);
    await second.close();
  });

  it("refuses a second digest in an attempt, and one of an earlier attempt, also after a restart", async () => {
    const first = new SqliteStore({ file, storageKey });
    await fill(first);
    const { requestId } = exampleRequest;
    const toSign = { requestId, seat: 2 as const, answer: exampleAnswer, result: "0x1234", opening: null };
    const later = { ...toSign, answer: { ...exampleAnswer, attempt: exampleAnswer.attempt + 1 } };
    await first.putAnswer(later);
    await first.close();
    const second = new SqliteStore({ file, storageKey });
    for (const refused of [toSign, { ...later, result: "0x99" }]) {
      const error = await second.putAnswer(refused).catch((thrown: unknown) => thrown);
      expect(error).to.have.property("code", "DigestConflict");
    }
    await second.putAnswer(later);
    await second.close();
  });

  it("writes no share and no opening in the clear, in whatever file", async () => {
    const store = new SqliteStore({ file, storageKey });
    await fill(store);
    const bytesOnDisk = () => readdirSync(folder).map((name) => readFileSync(join(folder, name)));
    const onDisk = bytesOnDisk();
    await store.close();
    onDisk.push(...bytesOnDisk());
    const contains = (secret: Uint8Array | string) => onDisk.some((bytes) => bytes.includes(Buffer.from(secret)));
    expect(contains(exampleDataset.manifest), "positive control: public text is found").to.equal(true);
    for (const secret of [exampleDataset.package, exampleOpening]) {
      for (let start = 0; start + 8 <= secret.length; start += 8) {
        expect(contains(secret.subarray(start, start + 8)), `bytes ${start} to ${start + 8}`).to.equal(false);
      }
    }
    expect(contains(storageKey)).to.equal(false);
  });

  it("makes a file that only the operator can read", async () => {
    const store = new SqliteStore({ file, storageKey });
    await fill(store);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).mode & 0o077, name).to.equal(0);
    await store.close();
  });

  it("opens nothing under another storage key", async () => {
    const first = new SqliteStore({ file, storageKey });
    await fill(first);
    await first.close();
    const second = new SqliteStore({ file, storageKey: randomBytes(32) });
    expect(await rejection(second.dataset(exampleDataset.datasetId))).to.have.property("code", "SealBroken");
    expect(await rejection(second.opening(exampleRequest.requestId, 0))).to.have.property("code", "SealBroken");
    await second.close();
  });

  it("opens nothing that was moved to another dataset, another seat or changed", async () => {
    const store = new SqliteStore({ file, storageKey });
    await fill(store);
    const otherId = `0x${"11".repeat(32)}`;
    const raw = new DatabaseSync(file);
    raw.exec(
      `INSERT INTO datasets SELECT '${otherId}', seat, epoch, commitment, rows, owner, stored_bytes, manifest, package FROM datasets`,
    );
    expect(await rejection(store.dataset(otherId))).to.have.property("code", "SealBroken");
    raw.exec("UPDATE datasets SET seat = 1");
    expect(await rejection(store.dataset(exampleDataset.datasetId))).to.have.property("code", "SealBroken");
    raw.exec("UPDATE datasets SET seat = 2, package = x'00'");
    expect(await rejection(store.dataset(exampleDataset.datasetId))).to.have.property("code", "SealBroken");
    raw.close();
    await store.close();
  });

  it("brings a file of version 1 up to date and loses nothing of it", async () => {
    const first = new SqliteStore({ file, storageKey });
    await fill(first);
    await first.close();
    const raw = new DatabaseSync(file);
    raw.exec("DROP TABLE revoked_programs; DROP TABLE evidence; DROP TABLE unusable_datasets; PRAGMA user_version = 1");
    raw.exec("DROP TABLE row_checks; DROP TABLE valid_rows; DROP TABLE validities");
    raw.exec("DROP TABLE private_inputs");
    raw.exec("DROP TABLE seat_signatures; DROP TABLE openings; DROP TABLE answers");
    raw.exec(SCHEMA_STEPS[0].slice(SCHEMA_STEPS[0].indexOf("CREATE TABLE answers")));
    raw.close();
    const second = new SqliteStore({ file, storageKey });
    expect(await second.dataset(exampleDataset.datasetId)).to.deep.equal(exampleDataset);
    await second.markUnusable(`0x${"11".repeat(32)}`, "a reason");
    expect(await second.evidence(exampleRequest.requestId)).to.deep.equal([]);
    await second.close();
  });

  it("brings a file of version 2 up to date: its answers and openings are those of attempt 0", async () => {
    const { requestId } = exampleRequest;
    const old = join(folder, "old.sqlite");
    const raw = new DatabaseSync(old);
    raw.exec(`${SCHEMA_STEPS.slice(0, 2).join("")} PRAGMA user_version = 2`);
    const place = { kind: "opening", id: requestId, seat: 2 } as const;
    raw.exec(`INSERT INTO requests VALUES (1, '${requestId}', '0x', '0x', '1', 'signed', 1, NULL, NULL);
      INSERT INTO evidence VALUES (1, '${requestId}', 0, '[1]', NULL, 'BadTag', 'a tag is wrong', 7)`);
    raw
      .prepare("INSERT INTO answers VALUES (?, ?, ?, ?)")
      .run(requestId, answerToText(exampleAnswer), "0x1234", "0xab");
    const sealed = createAtRest(storageKey).seal(place, exampleOpening);
    raw.prepare("INSERT INTO openings VALUES (?, 2, ?)").run(requestId, sealed);
    raw.close();

    const store = new SqliteStore({ file: old, storageKey });
    expect(await store.request(requestId)).to.include({ state: "signed" });
    const answer = { answer: exampleAnswer, result: "0x1234", signature: "0xab" };
    expect(await store.answer(requestId)).to.deep.equal(answer);
    expect(await store.answer(requestId, 0)).to.deep.equal(answer);
    expect(await store.opening(requestId, 0)).to.deep.equal(exampleOpening);
    expect(await store.certificate(requestId, 0)).to.deep.equal([]);
    expect(await store.evidence(requestId)).to.deep.equal([
      {
        ...{ requestId, attempt: 0, suspects: [1], excluded: null, code: "BadTag", message: "a tag is wrong" },
        ...{ statements: [], statementsLeftOut: 0, atUnixMs: 7 },
      },
    ]);
    const other = { requestId, seat: 2 as const, answer: exampleAnswer, result: "0x99", opening: null };
    expect(await rejection(store.putAnswer(other))).to.have.property("code", "DigestConflict");
    await store.close();
  });

  it("opens no opening in the place of another attempt's", async () => {
    const store = new SqliteStore({ file, storageKey });
    await fill(store);
    const { requestId } = exampleRequest;
    const later = { ...exampleAnswer, attempt: 1 };
    await store.putAnswer({ requestId, seat: 2, answer: later, result: "0x99", opening: exampleOpening });
    const raw = new DatabaseSync(file);
    raw.exec(`CREATE TABLE old AS SELECT * FROM openings;
      UPDATE openings SET opening = (SELECT opening FROM old WHERE old.attempt = 1 - openings.attempt)`);
    raw.close();
    for (const attempt of [0, 1]) {
      expect(await rejection(store.opening(requestId, attempt))).to.have.property("code", "SealBroken");
    }
    await store.close();
  });

  it("refuses a file of a newer version", async () => {
    await new SqliteStore({ file, storageKey }).close();
    const raw = new DatabaseSync(file);
    raw.exec(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
    raw.close();
    expect(() => new SqliteStore({ file, storageKey }))
      .to.throw()
      .with.property("code", "StoreTooNew");
  });
});
