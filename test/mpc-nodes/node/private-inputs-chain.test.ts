/** Private inputs on the real contracts: shared, named by a paid request, computed by four nodes, delivered, gone. */
import { encodeProgram } from "@sharebridge/algorithms/language/encode.ts";
import { decodePublicResult, encodeProof } from "@sharebridge/contracts/typed-data.ts";
import { openChain } from "@sharebridge/mpc-nodes/chain/rpc-chain-reader.ts";
import { PARTIES } from "@sharebridge/mpc-nodes/math/party.ts";
import { approveProgram } from "@sharebridge/mpc-nodes/node/approval.ts";
import { openStore } from "@sharebridge/mpc-nodes/node/folder.ts";
import { type NodeKeys, publicIdentity } from "@sharebridge/mpc-nodes/node/keys.ts";
import { reviewProgram } from "@sharebridge/mpc-nodes/node/review.ts";
import { expect } from "chai";
import { concat, type Eip1193Provider, id, toBeHex, ZeroHash } from "ethers";
import { noDemands } from "../../support/policies.ts";
import { makePrivateUpload, scored, shareInputs } from "./support/buyer.ts";
import { Committee } from "./support/committee.ts";
import { browserProvider, CHAIN_ID, type Deployment, deploy, EMPTY_PARAMETERS } from "./support/deployment.ts";
import { Folders } from "./support/keys.ts";
import { WORKERS } from "./support/pool-of-one.ts";
import { commit, makeUpload } from "./support/seller.ts";

describe("private inputs on the real contracts", () => {
  const folders = new Folders();
  let nodes: { folder: string; keys: NodeKeys }[];
  let chain: Deployment;
  let committee: Committee;

  /** A node closes its reader and with it the provider: each has its own. */
  const openReader = () =>
    openChain(browserProvider(chain.connection.provider as unknown as Eip1193Provider), {
      ...{ chainId: CHAIN_ID, factory: chain.factoryAddress, fromBlock: 0, confirmations: 0, maxLogRange: 1_000 },
    });

  before(async () => {
    nodes = await folders.keys(4);
    chain = await deploy(
      nodes.map(({ keys }) => publicIdentity(keys)),
      scored,
    );
    for (const { folder, keys } of nodes) {
      await (await chain.deployer.sendTransaction({ to: keys.signer.address, value: 10n ** 18n })).wait();
      const store = openStore(folder, keys);
      const operator = { keys, committeeId: 1n, chain: await openReader(), store, provider: chain.provider };
      await approveProgram(operator, await reviewProgram(encodeProgram(scored)), 1);
      operator.chain.close();
      await store.close();
    }
    committee = await Committee.start({ nodes, chain: openReader });
    await publish();
  });
  after(async () => {
    await committee.stop();
    await chain.connection.close();
    folders.remove();
  });

  async function publish(): Promise<void> {
    const { seller, datasets, algorithm, terms, market } = chain;
    const datasetId = toBeHex(await datasets.datasetIdOf(seller.address, id("salt")), 32);
    const committed = await commit(datasetId, WORKERS);
    const { commitment, schemaHash, rows } = committed;
    const dataset = { commitment, schemaHash, committeeId: 1n, epoch: 1n, rows, scheme: 1 };
    const policy = { algorithms: [algorithm], token: terms.token, minPrice: 1n, minRows: 1, ...noDemands };
    await (await datasets.connect(seller).register(id("salt"), dataset, policy)).wait();
    const registry = await datasets.getAddress();
    for (const seat of PARTIES) {
      const target = { chainId: CHAIN_ID, registry, seat, sealingKey: nodes[seat]!.keys.sealingPublicKey };
      await committee.call(seat, "PUT", `/v1/datasets/${datasetId}`, await makeUpload(seller, committed, target));
    }
    const receipts = await Promise.all(
      PARTIES.map(async (seat) => {
        const body = { market: chain.marketAddress };
        const given = await committee.call(seat, "POST", `/v1/datasets/${datasetId}/receipts`, body);
        return given.body.signature as string;
      }),
    );
    await (await market.connect(seller).join(datasetId, rows, commitment, 0b1111, concat(receipts))).wait();
  }

  it("shared with three nodes for the buyer, they are computed on, and the answer is the market's", async () => {
    const place = { market: chain.marketAddress, buyer: chain.buyer.address, chainId: CHAIN_ID };
    const inputs = await shareInputs([24n, 11n << 22n], place);
    for (const seat of [0, 2, 3] as const) {
      const body = await makePrivateUpload(inputs, { seat, sealingKey: nodes[seat]!.keys.sealingPublicKey });
      const upload = JSON.parse(new TextDecoder().decode(body)) as object;
      const answer = await committee.call(seat, "PUT", `/v1/private-inputs/${inputs.commitment}`, upload);
      expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    }
    const requestId = await chain.request(ZeroHash, chain.market, EMPTY_PARAMETERS, inputs.commitment);
    expect((await committee.call(1, "POST", "/v1/requests", { requestId })).status).to.equal(202);
    const reports = await Promise.all(PARTIES.map((seat) => committee.outcome(seat, requestId)));
    expect(reports.map(({ state }) => state)).to.deep.equal(["signed", "signed", "signed", "signed"]);

    const reader = await openReader();
    const { request } = await (await reader.view()).request(requestId);
    reader.close();
    const { result, answer } = reports[0].answer;
    const signatures = concat([0, 1, 2].map((seat) => reports[seat].answer.signature));
    const proof = encodeProof(chain.marketAddress, { request, answer, signerSeats: 0b0111, signatures });
    await (await chain.market.deliver(requestId, result, proof)).wait();
    expect(await chain.market.statusOf(requestId)).to.equal(2n);
    expect(decodePublicResult(result)).to.deep.equal([24n * (171n << 8n), 2n]);
  });
});
