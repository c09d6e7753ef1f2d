/** A request with private inputs through four running nodes: uploaded to three of them, computed by all, then gone. */
import { decodePublicResult } from "@sharebridge/contracts/typed-data.ts";
import type { PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { openStore } from "@sharebridge/mpc-nodes/node/folder.ts";
import type { NodeKeys } from "@sharebridge/mpc-nodes/node/keys.ts";
import { expect } from "chai";
import { ZeroHash } from "ethers";
import { makePrivateUpload, type SharedInputs, sellScored, shareInputs } from "./support/buyer.ts";
import { Committee, seatsOf } from "./support/committee.ts";
import { FakeChain } from "./support/fake-chain.ts";
import { Folders } from "./support/keys.ts";
import { registerPool, SELLER } from "./support/pool-of-one.ts";
import { makeUpload } from "./support/seller.ts";

describe("a request with private inputs", () => {
  const folders = new Folders();
  const chain = new FakeChain();
  let nodes: { folder: string; keys: NodeKeys }[];
  let committee: Committee;

  before(async () => {
    nodes = await folders.keys(4);
    chain.ownSeats = seatsOf(nodes);
    const committed = await registerPool(chain);
    const stores = nodes.map(({ folder, keys }) => ({ store: openStore(folder, keys) }));
    await sellScored(chain, stores);
    for (const { store } of stores) await store.close();
    committee = await Committee.start({ nodes, chain: () => chain });
    for (const seat of [0, 1, 2, 3] as const) {
      const registry = chain.deployment.datasets;
      const target = { chainId: chain.chainId, registry, seat, sealingKey: nodes[seat]!.keys.sealingPublicKey };
      const body = await makeUpload(SELLER, committed, target);
      expect((await committee.call(seat, "PUT", `/v1/datasets/${committed.datasetId}`, body)).status).to.equal(201);
    }
  });
  after(async () => {
    await committee.stop();
    folders.remove();
  });

  async function send(seat: PartyId, inputs: SharedInputs) {
    const body = await makePrivateUpload(inputs, { seat, sealingKey: nodes[seat]!.keys.sealingPublicKey });
    const json = JSON.parse(new TextDecoder().decode(body)) as object;
    return committee.call(seat, "PUT", `/v1/private-inputs/${inputs.commitment}`, json);
  }

  async function computed(inputs: SharedInputs): Promise<bigint[]> {
    for (const seat of [0, 1, 3] as const) {
      const { status, body } = await send(seat, inputs);
      expect(status, JSON.stringify(body)).to.equal(201);
      expect(body).to.include({ commitment: inputs.commitment, seat });
    }
    const requestId = chain.addRequest({ privateInputs: inputs.commitment });
    // Seat 2, which has nothing, is asked first.
    expect((await committee.call(2, "POST", "/v1/requests", { requestId })).status).to.equal(202);
    const reports = await Promise.all([0, 1, 2, 3].map((seat) => committee.outcome(seat, requestId)));
    expect(reports.map(({ state }) => state)).to.deep.equal(["signed", "signed", "signed", "signed"]);
    return decodePublicResult(reports[2]!.answer.result);
  }

  it("is computed on them, and the nodes keep nothing of them", async () => {
    // 1.5 times the sum of 10.5, 11.25, 9 and 12; below 11 are two of them. The sum has 10 fraction bits left, the weight has 4.
    const inputs = await shareInputs([24n, 11n << 22n]);
    expect(await computed(inputs)).to.deep.equal([24n * (171n << 8n), 2n]);
    for (const requestId of chain.requests.keys()) {
      for (const seat of [0, 1, 2, 3]) {
        while (!(await committee.call(seat, "GET", `/v1/requests/${requestId}`)).body.final) {
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      }
    }
    const again = chain.addRequest({ privateInputs: inputs.commitment });
    for (const seat of [0, 1, 2, 3]) {
      const { status, body } = await committee.call(seat, "POST", "/v1/requests", { requestId: again });
      expect([status, body.error.code], `seat ${seat}`).to.deep.equal([503, "PrivateInputsMissing"]);
    }
  });

  it("attack: words outside their ranges count as the ends of these, and single nothing out", async () => {
    const inputs = await shareInputs([1n << 61n, -(1n << 63n)], { salt: `0x${"11".repeat(32)}` });
    expect(await computed(inputs)).to.deep.equal([128n * (171n << 8n), 0n]);
  });

  it("is refused with a commitment that nobody has shares of, and without one", async () => {
    for (const [privateInputs, code] of [
      [`0x${"22".repeat(32)}`, "PrivateInputsMissing"],
      [ZeroHash, "PrivateInputsInvalid"],
    ] as const) {
      const requestId = chain.addRequest({ privateInputs });
      const { body } = await committee.call(0, "POST", "/v1/requests", { requestId });
      expect(body.error.code).to.equal(code);
    }
  });
});
