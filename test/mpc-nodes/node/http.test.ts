import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { programHash } from "@sharebridge/algorithms/language/encode.ts";
import { httpStatuses } from "@sharebridge/mpc-nodes/node/errors.ts";
import type { NodeKeys } from "@sharebridge/mpc-nodes/node/keys.ts";
import { publicIdentity } from "@sharebridge/mpc-nodes/node/keys.ts";
import { expect } from "chai";
import { hexlify, id } from "ethers";
import { payGap } from "../../support/open-pay-gap.ts";
import { Committee, seatsOf } from "./support/committee.ts";
import { FakeChain, MARKET } from "./support/fake-chain.ts";
import { Folders } from "./support/keys.ts";
import { registerPool, SELLER } from "./support/pool-of-one.ts";
import { type Committed, makeUpload } from "./support/seller.ts";

const MAX_UPLOAD_BYTES = 20_000;

describe("the HTTP side", () => {
  const folders = new Folders();
  let nodes: { folder: string; keys: NodeKeys }[];
  let chain: FakeChain;
  let committee: Committee;
  let committed: Committed;

  beforeEach(async () => {
    nodes = await folders.keys(4);
    chain = new FakeChain();
    chain.ownSeats = seatsOf(nodes);
    committed = await registerPool(chain);
    committee = await Committee.start({
      nodes,
      chain: () => chain,
      seats: [3],
      settings: { maxUploadBytes: MAX_UPLOAD_BYTES },
    });
  });
  afterEach(() => committee.stop());
  after(() => folders.remove());

  const upload = () => {
    const target = {
      chainId: chain.chainId,
      registry: chain.deployment.datasets,
      seat: 3,
      sealingKey: nodes[3].keys.sealingPublicKey,
    } as const;
    return makeUpload(SELLER, committed, target);
  };
  const path = () => `/v1/datasets/${committed.datasetId}`;
  const expectError = (
    answer: { status: number; body: { error?: { code: string; message: string } } },
    status: number,
    code: string,
  ) => {
    expect(answer.body.error?.code, JSON.stringify(answer.body)).to.equal(code);
    expect(answer.status).to.equal(status);
    expect(answer.body.error?.message).to.match(/^.{10,}$/s);
    expect(Object.keys(answer.body)).to.deep.equal(["error"]);
  };

  it("says who the node is", async () => {
    const { status, body, headers } = await committee.call(3, "GET", "/v1/info");
    const { signer, sealingKey } = publicIdentity(nodes[3].keys);
    expect(status).to.equal(200);
    const place = { chainId: "1337", committeeId: "1", epoch: "1", seat: 3 };
    expect(body).to.deep.equal({ signer, sealingKey, ...place, maxUploadBytes: MAX_UPLOAD_BYTES });
    expect(headers.get("content-type")).to.contain("application/json");
    expect(headers.get("x-content-type-options")).to.equal("nosniff");
    expect(headers.get("cache-control")).to.equal("no-store");
    expect(headers.get("x-powered-by")).to.equal(null);
  });

  it("takes an upload with 201, and no second one", async () => {
    const { status, body } = await committee.call(3, "PUT", path(), await upload());
    expect(status).to.equal(201);
    expect(body).to.deep.equal({ datasetId: committed.datasetId, seat: 3, rows: committed.rows });
    expectError(await committee.call(3, "PUT", path(), await upload()), 409, "AlreadyStored");
  });

  it("refuses bad uploads with their status", async () => {
    expectError(await committee.call(3, "PUT", "/v1/datasets/0x12", await upload()), 400, "Malformed");
    expectError(await committee.call(3, "PUT", `/v1/datasets/${id("other")}`, await upload()), 404, "UnknownDataset");
    expectError(await committee.call(3, "PUT", path(), randomBytes(100)), 400, "Malformed");
    expectError(await committee.call(3, "PUT", path(), { json: true }), 400, "Malformed");
    const dataset = chain.datasets.get(committed.datasetId);
    if (dataset === undefined) throw new Error("the dataset is registered");
    chain.datasets.set(committed.datasetId, { ...dataset, owner: MARKET });
    expectError(await committee.call(3, "PUT", path(), await upload()), 403, "NotOwner");
    chain.datasets.set(committed.datasetId, { ...dataset, commitment: id("other") });
    expectError(await committee.call(3, "PUT", path(), await upload()), 400, "CommitmentMismatch");
  });

  it("refuses a body that is too large: declared or not, and goes on", async () => {
    expectError(await committee.call(3, "PUT", path(), new Uint8Array(MAX_UPLOAD_BYTES + 1)), 413, "TooLarge");
    const good = await upload();
    const chunk = new Uint8Array(MAX_UPLOAD_BYTES / 4);
    let chunks = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        chunks++;
        if (chunks === 1) controller.enqueue(good);
        else if (chunks > 8) controller.close();
        else controller.enqueue(chunk);
      },
    });
    const url = `http://127.0.0.1:${committee.nodes.get(3)?.httpPort}${path()}`;
    const headers = { "content-type": "application/octet-stream" };
    const response = await fetch(url, { method: "PUT", body: endless, headers, duplex: "half" } as RequestInit);
    expectError({ status: response.status, body: (await response.json()) as object }, 400, "WrongShape");
    expectError(await committee.call(3, "POST", "/v1/requests", { requestId: "0".repeat(10_000) }), 413, "TooLarge");
    expect((await committee.call(3, "PUT", path(), await upload())).status).to.equal(201);
  });

  it("answers a declared length beyond the bound before the body comes", async () => {
    const socket = connect(committee.nodes.get(3)?.httpPort ?? 0, "127.0.0.1");
    socket.write(
      `PUT ${path()} HTTP/1.1\r\nhost: a\r\ncontent-type: application/octet-stream\r\ncontent-length: 999999999\r\n\r\n`,
    );
    const first = await new Promise<Buffer>((resolve) => socket.once("data", resolve));
    expect(first.toString()).to.match(/^HTTP\/1.1 413 /);
    socket.destroy();
  });

  it("survives a client that leaves in the middle of its body", async () => {
    const socket = connect(committee.nodes.get(3)?.httpPort ?? 0, "127.0.0.1");
    socket.write(
      `PUT ${path()} HTTP/1.1\r\nhost: a\r\ncontent-type: application/octet-stream\r\ncontent-length: 1000\r\n\r\nabc`,
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.destroy();
    expect((await committee.call(3, "PUT", path(), await upload())).status).to.equal(201);
  });

  it("refuses compressed bodies", async () => {
    const url = `http://127.0.0.1:${committee.nodes.get(3)?.httpPort}${path()}`;
    const headers = { "content-type": "application/octet-stream", "content-encoding": "gzip" };
    const response = await fetch(url, { method: "PUT", body: (await upload()) as Uint8Array<ArrayBuffer>, headers });
    expectError({ status: response.status, body: (await response.json()) as object }, 400, "Malformed");
  });

  it("gives receipts, and refuses them by name", async () => {
    const receipts = `${path()}/receipts`;
    expectError(await committee.call(3, "POST", receipts, { market: MARKET }), 404, "DatasetNotStored");
    await committee.call(3, "PUT", path(), await upload());
    expectError(await committee.call(3, "POST", receipts, { market: MARKET }), 409, "AlgorithmNotApproved");
    expectError(await committee.call(3, "POST", receipts, { market: SELLER.address }), 403, "UnknownMarket");
    expectError(await committee.call(3, "POST", receipts, { market: "0x12" }), 400, "Malformed");
    expectError(await committee.call(3, "POST", receipts, { market: MARKET, more: 1 }), 400, "Malformed");
    expectError(await committee.call(3, "POST", receipts, []), 400, "Malformed");
  });

  it("refuses requests by name", async () => {
    expectError(await committee.call(3, "POST", "/v1/requests", { requestId: "0x12" }), 400, "Malformed");
    expectError(await committee.call(3, "POST", "/v1/requests", { requestId: 12 }), 400, "Malformed");
    expectError(await committee.call(3, "POST", "/v1/requests", { requestId: id("unknown") }), 404, "UnknownRequest");
    const requestId = chain.addRequest({ algorithm: programHash(payGap) });
    chain.statuses.set(requestId, "cancelled");
    expectError(await committee.call(3, "POST", "/v1/requests", { requestId }), 409, "Cancelled");
    chain.statuses.set(requestId, "open");
    expectError(await committee.call(3, "POST", "/v1/requests", { requestId }), 409, "AlgorithmNotApproved");
    expectError(await committee.call(3, "GET", `/v1/requests/${requestId}`), 404, "UnknownRequest");
    expectError(await committee.call(3, "GET", "/v1/requests/0x12"), 400, "Malformed");
    const sealed = chain.addRequest({ answerKey: hexlify(nodes[0].keys.sealingPublicKey) });
    expectError(await committee.call(3, "GET", `/v1/requests/${sealed}/opening`), 404, "UnknownRequest");
  });

  it("tells when to come back", async () => {
    chain.servesOtherChain = true;
    const answer = await committee.call(3, "POST", "/v1/requests", { requestId: id("a") });
    expectError(answer, 503, "WrongChain");
    expect(answer.headers.get("retry-after")).to.equal("1");
  });

  it("says nothing of what is inside when it fails", async () => {
    chain.dataset = () => Promise.reject(new Error("secret https://rpc.example/key-1234"));
    const answer = await committee.call(3, "PUT", path(), await upload());
    expectError(answer, 500, "Internal");
    expect(JSON.stringify(answer.body)).not.to.match(/1234|at .*\.ts|stack/);
  });

  it("knows no other address", async () => {
    for (const [method, other] of [
      ["GET", "/"],
      ["GET", "/v1/keys"],
      ["DELETE", path()],
      ["GET", "/v1/requests"],
    ]) {
      expectError(await committee.call(3, method, other), 404, "NotFound");
    }
    expectError(await committee.call(3, "GET", "/v1/requests/%ff"), 400, "Malformed");
  });

  it("has a status for every code", () => {
    for (const [code, status] of Object.entries(httpStatuses)) {
      expect(code).to.match(/^[A-Z][A-Za-z]+$/);
      expect(status, code).to.be.within(400, 507);
    }
  });
});
