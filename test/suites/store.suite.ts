/** What every store must do. Each implementation's test calls this with a way to open a fresh, empty store. */
import type { MarketAnswer } from "@sharebridge/contracts/typed-data.ts";
import type { PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import {
  MAX_STATEMENT_CHARACTERS,
  type NewRequest,
  type Store,
  type StoredDataset,
  type StoredPrivateInputs,
  type StoredValidity,
} from "@sharebridge/mpc-nodes/store/store.ts";
import { PRIVATE_INPUTS_OVERHEAD_BYTES } from "@sharebridge/mpc-nodes/wire/limits.ts";
import { expect } from "chai";
import { keccak256, toUtf8Bytes } from "ethers";
import { rejection } from "../mpc-nodes/node/support/rejection.ts";

const id = (text: string) => keccak256(toUtf8Bytes(text));

export const exampleDataset: StoredDataset = {
  datasetId: id("dataset"),
  seat: 2,
  epoch: 1n,
  commitment: id("commitment"),
  rows: 3,
  owner: "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266",
  manifest: '{"rows":3}',
  package: toUtf8Bytes("salts, seeds and the explicit share of one seat"),
};

export const exampleRequest: NewRequest = {
  requestId: id("request"),
  market: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
  buyer: "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
  deadlineUnixS: 2_000_000_000n,
};

const result = "0x1234";
export const exampleAnswer: MarketAnswer = {
  requestId: exampleRequest.requestId,
  status: 1,
  outputsHash: keccak256(result),
  budgetSpent: 18_446_744_073_709_551_615n,
  attempt: 0,
  activeSet: 15,
  proofType: 1,
};
export const exampleOpening = toUtf8Bytes("salts and output shares of one seat");
const toSign = {
  requestId: exampleRequest.requestId,
  seat: 2,
  answer: exampleAnswer,
  result,
  opening: exampleOpening,
} as const;
const failure = { code: "PeerUnreachable", message: "no connection to party 1" };

const validRows: StoredDataset = {
  ...exampleDataset,
  commitment: id("valid rows"),
  rows: 2,
  manifest: '{"rows":2}',
  package: toUtf8Bytes("the valid rows of one seat"),
};
const exampleValidity: StoredValidity = {
  datasetId: exampleDataset.datasetId,
  ...{ run: 1, attempt: 0, activeSet: 15, result: "0x12" },
  signatures: [0, 1, 3].map((seat) => ({ seat: seat as PartyId, signature: `0x${seat}` })),
};

export function storeSuite(open: () => Promise<Store>): void {
  let store: Store;
  beforeEach(async () => {
    store = await open();
  });
  afterEach(() => store.close());

  describe("datasets", () => {
    it("gives back what was put", async () => {
      await store.putDataset(exampleDataset);
      const stored = await store.dataset(exampleDataset.datasetId);
      expect(stored).to.deep.equal(exampleDataset);
      const { manifest: _manifest, package: _package, ...entry } = exampleDataset;
      expect(await store.datasetEntry(exampleDataset.datasetId)).to.deep.equal(entry);
      const { package: _shares, ...withManifest } = exampleDataset;
      expect(await store.datasetManifest(exampleDataset.datasetId)).to.deep.equal(withManifest);
    });

    it("counts what is stored, in all and by owner", async () => {
      expect(await store.storedBytes()).to.equal(0);
      await store.putDataset(exampleDataset);
      const other = { ...exampleDataset, datasetId: id("another's"), owner: `0x${"ab".repeat(20)}`, manifest: "é" };
      await store.putDataset(other);
      const bytes = exampleDataset.package.length;
      expect(await store.storedBytes()).to.equal(10 + bytes + 2 + bytes);
      expect(await store.storedBytes(other.owner)).to.equal(2 + bytes);
      expect(await store.storedBytes(exampleDataset.owner)).to.equal(10 + bytes);
      expect(await store.storedBytes(`0x${"00".repeat(20)}`)).to.equal(0);
    });

    it("keeps valid rows beside what the seller shared, each by its commitment, and counts both", async () => {
      const { datasetId, commitment } = exampleDataset;
      await store.putDataset(exampleDataset);
      await store.putValidRows(validRows);
      await store.putValidRows({ ...validRows, package: toUtf8Bytes("others") });
      expect(await store.dataset(datasetId, validRows.commitment)).to.deep.equal(validRows);
      expect(await store.dataset(datasetId, commitment)).to.deep.equal(exampleDataset);
      expect(await store.dataset(datasetId)).to.deep.equal(exampleDataset);
      expect(await store.datasetEntry(datasetId, validRows.commitment)).to.include({ rows: 2 });
      expect((await store.datasetManifest(datasetId, validRows.commitment))?.manifest).to.equal(validRows.manifest);
      expect(await store.datasetEntry(datasetId, id("none"))).to.equal(null);
      const bytes = 20 + exampleDataset.package.length + validRows.package.length;
      expect(await store.storedBytes()).to.equal(bytes);
      expect(await store.storedBytes(exampleDataset.owner)).to.equal(bytes);
    });

    it("has valid rows without what the seller shared, which is not taken for them", async () => {
      await store.putValidRows(validRows);
      expect(await store.dataset(validRows.datasetId, validRows.commitment)).to.deep.equal(validRows);
      expect(await store.datasetEntry(validRows.datasetId)).to.equal(null);
    });

    it("finds a dataset by the beginning of its id", async () => {
      await store.putDataset(exampleDataset);
      const prefix = exampleDataset.datasetId.slice(0, 62);
      expect((await store.datasetLike(prefix))?.datasetId).to.equal(exampleDataset.datasetId);
      expect(await store.datasetLike(id("other").slice(0, 62))).to.equal(null);
    });

    it("counts checks of rows, and lets go of what an earlier one left", async () => {
      const { datasetId, commitment } = validRows;
      expect(await store.rowCheckRuns(datasetId)).to.equal(0);
      await store.beginRowCheck(datasetId, 0);
      await store.putValidRows(validRows);
      await store.beginRowCheck(datasetId, 4);
      expect(await store.datasetEntry(datasetId, commitment)).to.equal(null);
      await store.beginRowCheck(datasetId, 2);
      expect(await store.rowCheckRuns(datasetId)).to.equal(5);
      expect(await store.rowCheckRuns(id("other"))).to.equal(0);
    });

    it("keeps what a check came to, the first for good, and its valid rows alone", async () => {
      const { datasetId, commitment } = validRows;
      const others = { ...validRows, commitment: id("of another attempt") };
      await store.putValidRows(validRows);
      await store.putValidRows(others);
      expect(await store.validity(datasetId)).to.equal(null);
      await store.putValidity(exampleValidity, commitment);
      await store.putValidity({ ...exampleValidity, result: "0x34" }, others.commitment);
      expect(await store.validity(datasetId)).to.deep.equal(exampleValidity);
      expect(await store.datasetEntry(datasetId, commitment)).to.include({ rows: 2 });
      expect(await store.datasetEntry(datasetId, others.commitment)).to.equal(null);
    });

    it("knows nothing of others", async () => {
      expect(await store.dataset(id("other"))).to.equal(null);
      expect(await store.datasetEntry(id("other"))).to.equal(null);
      expect(await store.datasetManifest(id("other"))).to.equal(null);
    });

    it("refuses a second one with the same id and keeps the first", async () => {
      await store.putDataset(exampleDataset);
      const second = { ...exampleDataset, package: toUtf8Bytes("other shares") };
      expect(await rejection(store.putDataset(second))).to.have.property("code", "AlreadyStored");
      expect(await store.dataset(exampleDataset.datasetId)).to.deep.equal(exampleDataset);
    });

    it("takes exactly one of two that come at once", async () => {
      const outcomes = await Promise.allSettled([store.putDataset(exampleDataset), store.putDataset(exampleDataset)]);
      expect(outcomes.map(({ status }) => status).sort()).to.deep.equal(["fulfilled", "rejected"]);
    });
  });

  describe("private inputs", () => {
    const inputs: StoredPrivateInputs = {
      ...{ commitment: id("private inputs"), seat: 2, epoch: 1n, market: "0x5fbdb2315678afecb367f032d93f642f64180aa3" },
      ...{ buyer: "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266", salt: id("salt"), count: 3 },
      ...{ shareCommitments: [0, 1, 2, 3].map((j) => id(`share ${j}`)), uploader: "0xaa", keptUntilUnixS: 1_000n },
      package: toUtf8Bytes("salts, seeds and the explicit share of one seat"),
    };
    const size = inputs.package.length + PRIVATE_INPUTS_OVERHEAD_BYTES;

    it("gives back what was put, once", async () => {
      expect(await store.privateInputs(inputs.commitment)).to.equal(null);
      expect(await store.putPrivateInputs(inputs)).to.equal(true);
      expect(await store.putPrivateInputs({ ...inputs, count: 4 })).to.equal(false);
      expect(await store.privateInputs(inputs.commitment)).to.deep.equal(inputs);
    });

    it("counts bytes in all and by uploader", async () => {
      await store.putPrivateInputs(inputs);
      await store.putPrivateInputs({ ...inputs, commitment: id("others"), uploader: "0xbb" });
      expect(await store.privateInputsBytes()).to.equal(2 * size);
      expect(await store.privateInputsBytes("0xaa")).to.equal(size);
      expect(await store.privateInputsBytes("0xcc")).to.equal(0);
    });

    it("removes them by name, and those past their time", async () => {
      const others = { ...inputs, commitment: id("others") };
      const named = { ...inputs, commitment: id("named") };
      for (const each of [inputs, others, named]) await store.putPrivateInputs(each);
      await store.removePrivateInputs(others.commitment);
      expect(await store.privateInputs(others.commitment)).to.equal(null);
      await store.keepPrivateInputs(named.commitment, 2_000n);
      // Never shortened.
      await store.keepPrivateInputs(named.commitment, 1n);
      expect(await store.expirePrivateInputs(1_000n)).to.equal(0);
      expect(await store.expirePrivateInputs(1_001n)).to.equal(1);
      expect(await store.privateInputs(inputs.commitment)).to.equal(null);
      expect((await store.privateInputs(named.commitment))?.keptUntilUnixS).to.equal(2_000n);
    });
  });

  describe("programs", () => {
    const program = { hash: id("program"), text: '{"name":"a"}', approvedAtUnixMs: 1_700_000_000_000 };

    it("puts, lists in the order of approval, removes", async () => {
      const later = { ...program, hash: id("later"), approvedAtUnixMs: program.approvedAtUnixMs + 1 };
      await store.putProgram(later);
      await store.putProgram(program);
      await store.putProgram(program);
      expect(await store.programs()).to.deep.equal([program, later]);
      expect(await store.program(program.hash)).to.deep.equal(program);
      expect(await store.removeProgram(program.hash)).to.equal(true);
      expect(await store.removeProgram(program.hash)).to.equal(false);
      expect(await store.program(program.hash)).to.equal(null);
    });

    it("remembers what was revoked, stored or not, until it is put again", async () => {
      expect(await store.isRevoked(program.hash)).to.equal(false);
      await store.removeProgram(program.hash);
      expect(await store.isRevoked(program.hash)).to.equal(true);
      await store.putProgram(program);
      expect(await store.isRevoked(program.hash)).to.equal(false);
      await store.removeProgram(program.hash);
      await store.removeProgram(program.hash);
      expect([await store.isRevoked(program.hash), await store.isRevoked(id("other"))]).to.deep.equal([true, false]);
    });
  });

  describe("requests", () => {
    const { requestId } = exampleRequest;
    const state = async () => (await store.request(requestId))?.state;

    it("takes a request once", async () => {
      expect(await store.addRequest(exampleRequest)).to.equal(true);
      expect(await store.addRequest(exampleRequest)).to.equal(false);
      expect(await store.request(requestId)).to.deep.equal({
        ...exampleRequest,
        state: "queued",
        sessionOpened: false,
        failure: null,
      });
    });

    it("takes it again after a failure before the session, never after one in the session", async () => {
      await store.addRequest(exampleRequest);
      await store.markFailed(requestId, failure);
      expect(await store.request(requestId)).to.deep.include({ state: "failed", failure });
      expect(await store.addRequest(exampleRequest)).to.equal(true);
      expect(await store.request(requestId)).to.deep.include({ state: "queued", failure: null });
      await store.markComputing(requestId);
      await store.markFailed(requestId, failure);
      expect(await store.addRequest(exampleRequest)).to.equal(false);
      expect(await store.request(requestId)).to.deep.include({ state: "failed", sessionOpened: true });
    });

    it("lists what is unfinished, oldest first", async () => {
      const second = { ...exampleRequest, requestId: id("second") };
      const third = { ...exampleRequest, requestId: id("third") };
      for (const request of [exampleRequest, second, third]) await store.addRequest(request);
      await store.markComputing(second.requestId);
      await store.markFailed(requestId, failure);
      const unfinished = await store.unfinishedRequests();
      expect(unfinished.map((request) => [request.requestId, request.state])).to.deep.equal([
        [second.requestId, "computing"],
        [third.requestId, "queued"],
      ]);
    });

    it("persists an answer, then its signature", async () => {
      await store.addRequest(exampleRequest);
      await store.markComputing(requestId);
      await store.putAnswer(toSign);
      expect(await store.answer(requestId)).to.deep.equal({ answer: exampleAnswer, result, signature: null });
      expect(await state()).to.equal("computing");
      await store.putSignature(requestId, "0xabcd");
      expect(await store.answer(requestId)).to.deep.equal({ answer: exampleAnswer, result, signature: "0xabcd" });
      expect(await state()).to.equal("signed");
      expect(await store.opening(requestId, 0)).to.deep.equal(exampleOpening);
    });

    it("repeats the same answer and refuses another", async () => {
      await store.addRequest(exampleRequest);
      await store.putAnswer(toSign);
      await store.putAnswer(toSign);
      const other = { ...toSign, answer: { ...exampleAnswer, activeSet: exampleAnswer.activeSet ^ 1 } };
      expect(await rejection(store.putAnswer(other))).to.have.property("code", "DigestConflict");
      expect(await rejection(store.putAnswer({ ...toSign, result: "0x99" }))).to.have.property(
        "code",
        "DigestConflict",
      );
      expect((await store.answer(requestId))?.answer).to.deep.equal(exampleAnswer);
    });

    it("takes the answer of a later attempt, and none of an earlier one from then on", async () => {
      await store.addRequest(exampleRequest);
      await store.putAnswer(toSign);
      await store.putSignature(requestId, "0xabcd");
      const later = { ...exampleAnswer, attempt: exampleAnswer.attempt + 1 };
      await store.putAnswer({ ...toSign, answer: later, result: "0x99", opening: null });
      expect(await store.answer(requestId)).to.deep.equal({ answer: later, result: "0x99", signature: null });
      expect(await state()).to.equal("computing");
      expect(await rejection(store.putAnswer(toSign))).to.have.property("code", "DigestConflict");
    });

    it("keeps answer, signature and opening of every attempt that it signed", async () => {
      await store.addRequest(exampleRequest);
      await store.putAnswer(toSign);
      await store.putSignature(requestId, "0xabcd");
      const later = { ...exampleAnswer, attempt: 2, activeSet: 0b1101 };
      const opening = toUtf8Bytes("other salts, other shares");
      await store.putAnswer({ ...toSign, answer: later, result: "0x99", opening });
      await store.putSignature(requestId, "0xef01");
      expect(await state()).to.equal("signed");
      const first = { answer: exampleAnswer, result, signature: "0xabcd" };
      const last = { answer: later, result: "0x99", signature: "0xef01" };
      expect(await store.answer(requestId, 0)).to.deep.equal(first);
      expect(await store.answer(requestId, 1)).to.equal(null);
      expect(await store.answer(requestId, 2)).to.deep.equal(last);
      expect(await store.answer(requestId)).to.deep.equal(last);
      expect(await store.opening(requestId, 0)).to.deep.equal(exampleOpening);
      expect(await store.opening(requestId, 1)).to.equal(null);
      expect(await store.opening(requestId, 2)).to.deep.equal(opening);
    });

    it("keeps what the seats signed in an attempt, each seat's first signature", async () => {
      const signatures = [3, 0, 2].map((seat) => ({ seat: seat as PartyId, signature: `0x0${seat}` }));
      const absent = rejection(store.putCertificate(requestId, 0, signatures));
      expect(await absent).to.have.property("code", "RequestNotStored");
      await store.addRequest(exampleRequest);
      await store.putAnswer(toSign);
      for (const few of [[], signatures.slice(1), [...signatures.slice(1), signatures[1]]]) {
        expect(await rejection(store.putCertificate(requestId, 0, few))).to.be.instanceOf(RangeError);
      }
      expect(await store.certificate(requestId, 0)).to.deep.equal([]);
      await store.putCertificate(requestId, 0, signatures);
      await store.putCertificate(requestId, 0, [
        { seat: 1, signature: "0x01" },
        ...signatures.map(({ seat }) => ({ seat, signature: "0xff" })),
      ]);
      const kept = [0, 1, 2, 3].map((seat) => ({ seat, signature: `0x0${seat}` }));
      expect(await store.certificate(requestId, 0)).to.deep.equal(kept);
      expect(await store.certificate(requestId, 1)).to.deep.equal([]);
      const other = rejection(store.putCertificate(requestId, 1, signatures));
      expect(await other).to.have.property("code", "RequestNotStored");
    });

    it("keeps a persisted answer: the request cannot fail any more", async () => {
      await store.addRequest(exampleRequest);
      await store.markComputing(requestId);
      await store.putAnswer(toSign);
      await store.markFailed(requestId, failure);
      expect(await state()).to.equal("computing");
    });

    it("has no opening for a public answer, and none for an unknown request", async () => {
      await store.addRequest(exampleRequest);
      await store.putAnswer({ ...toSign, opening: null });
      expect(await store.opening(requestId, 0)).to.equal(null);
      expect(await store.opening(id("other"), 0)).to.equal(null);
    });

    it("keeps evidence in the order in which it came", async () => {
      const first = {
        ...{ requestId, attempt: 0, suspects: [1, 2] as const, excluded: null },
        ...{ code: "BadTag", message: "a tag is wrong", atUnixMs: 1_700_000_000_000 },
        statements: [{ author: 1, statement: "0x0102", signature: "0x03" }],
      } as const;
      const second = { ...first, attempt: 1, suspects: [2] as const, excluded: 2, code: "PeerSilent" } as const;
      expect(await store.evidence(requestId)).to.deep.equal([]);
      await store.putEvidence(first);
      await store.putEvidence(second);
      await store.putEvidence({ ...first, requestId: id("other") });
      const kept = [first, second].map((evidence) => ({ ...evidence, statementsLeftOut: 0 }));
      expect(await store.evidence(requestId)).to.deep.equal(kept);
    });

    it("bounds the statements of the evidence, and says how many it left out", async () => {
      const statement = `0x${"ab".repeat(MAX_STATEMENT_CHARACTERS / 8)}`;
      const statements = [0, 1, 2, 3, 0, 1].map((author) => ({
        author: author as PartyId,
        statement,
        signature: "0x",
      }));
      await store.putEvidence({
        ...{ requestId, attempt: 0, suspects: [], excluded: null, code: "PeerSilent", message: "", atUnixMs: 1 },
        statements,
      });
      const [evidence] = await store.evidence(requestId);
      expect(evidence.statements).to.deep.equal(statements.slice(0, 3));
      expect(evidence.statementsLeftOut).to.equal(3);
    });

    it("remembers a dataset as unusable until it is stored after all", async () => {
      const { datasetId } = exampleDataset;
      expect(await store.unusable(datasetId)).to.equal(null);
      await store.markUnusable(datasetId, "the first reason");
      await store.markUnusable(datasetId, "another reason");
      expect(await store.unusable(datasetId)).to.equal("the first reason");
      expect(await store.unusable(id("other"))).to.equal(null);
      await store.putDataset(exampleDataset);
      expect(await store.unusable(datasetId)).to.equal(null);
    });

    it("refuses an answer and a signature for a request that it does not hold", async () => {
      expect(await rejection(store.putAnswer(toSign))).to.have.property("code", "RequestNotStored");
      expect(await rejection(store.putSignature(requestId, "0xab"))).to.have.property("code", "RequestNotStored");
    });
  });
}
