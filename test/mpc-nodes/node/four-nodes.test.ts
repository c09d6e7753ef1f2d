import { disclosureHash } from "@sharebridge/algorithms/language/disclosure.ts";
import { encodeProgram, programHash } from "@sharebridge/algorithms/language/encode.ts";
import { privacyTermsOf } from "@sharebridge/algorithms/language/market-terms.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { privateHistogram } from "@sharebridge/algorithms/library/private-histogram.ts";
import { decodeSealedResult, encodeProof } from "@sharebridge/contracts/typed-data.ts";
import { openChain } from "@sharebridge/mpc-nodes/chain/rpc-chain-reader.ts";
import { PARTIES } from "@sharebridge/mpc-nodes/math/party.ts";
import { approveProgram } from "@sharebridge/mpc-nodes/node/approval.ts";
import { openStore } from "@sharebridge/mpc-nodes/node/folder.ts";
import type { NodeKeys } from "@sharebridge/mpc-nodes/node/keys.ts";
import { publicIdentity } from "@sharebridge/mpc-nodes/node/keys.ts";
import { reviewProgram } from "@sharebridge/mpc-nodes/node/review.ts";
import { recombineOpenings } from "@sharebridge/mpc-nodes/sharing/opening.ts";
import { generateSealingKeyPair, open, sealingInfo } from "@sharebridge/mpc-nodes/sharing/sealing.ts";
import { expect } from "chai";
import { concat, type Eip1193Provider, getBytes, hexlify, id, type JsonRpcSigner, toBeHex, ZeroHash } from "ethers";
import { registerAlgorithm } from "../../../scripts/deploy.ts";
import { payGap } from "../../support/open-pay-gap.ts";
import { noDemands } from "../../support/policies.ts";
import { Committee } from "./support/committee.ts";
import { browserProvider, CHAIN_ID, DEADLINE_SECONDS, type Deployment, deploy } from "./support/deployment.ts";
import { Folders } from "./support/keys.ts";
import { commit, makeUpload, type Workers } from "./support/seller.ts";

const EMPLOYERS: readonly Workers[] = [
  [
    ["10.5", "male"],
    ["11.25", "female"],
    ["9", "female"],
  ],
  [
    ["12", "male"],
    ["8.75", "male"],
  ],
];

describe("four nodes on the real contracts", () => {
  const folders = new Folders();
  let nodes: { folder: string; keys: NodeKeys }[];
  let chain: Deployment;
  let committee: Committee;
  let salts = 0;

  before(async () => {
    nodes = await folders.keys(4);
    chain = await deploy(nodes.map(({ keys }) => publicIdentity(keys)));
    for (const node of nodes) await operatorApproves(node, payGap);
    committee = await Committee.start({ nodes, chain: openReader });
    for (const [index, workers] of EMPLOYERS.entries())
      await publish([chain.seller, chain.otherSeller][index], workers);
  });
  after(async () => {
    await committee.stop();
    await chain.connection.close();
    folders.remove();
  });

  /** A node closes its reader and with it the provider: each has its own. */
  const openReader = () => {
    const provider = browserProvider(chain.connection.provider as unknown as Eip1193Provider);
    return openChain(provider, {
      chainId: CHAIN_ID,
      factory: chain.factoryAddress,
      fromBlock: 0,
      confirmations: 0,
      maxLogRange: 1_000,
    });
  };

  async function operatorApproves({ folder, keys }: (typeof nodes)[number], program: Program): Promise<void> {
    await (await chain.deployer.sendTransaction({ to: keys.signer.address, value: 10n ** 18n })).wait();
    const store = openStore(folder, keys);
    const operator = { keys, committeeId: 1n, chain: await openReader(), store, provider: chain.provider };
    const review = await reviewProgram(encodeProgram(program));
    expect(await approveProgram(operator, review, 1)).to.deep.include({ sent: true });
    expect(await approveProgram(operator, review, 1)).to.deep.include({ sent: false });
    operator.chain.close();
    await store.close();
  }

  /** A seller's way: register, upload to each node, collect receipts, join. */
  async function publish(
    seller: JsonRpcSigner,
    workers: Workers,
    offer: { demands?: Partial<typeof noDemands>; markets?: Deployment["market"][]; algorithm?: string } = {},
  ): Promise<void> {
    const { demands = {}, markets = [chain.market], algorithm = chain.algorithm } = offer;
    const salt = id(`salt ${salts++}`);
    const registry = await chain.datasets.getAddress();
    const datasetId = toBeHex(await chain.datasets.datasetIdOf(seller.address, salt), 32);
    const committed = await commit(datasetId, workers);
    const { commitment, schemaHash, rows } = committed;
    const dataset = { commitment, schemaHash, committeeId: 1n, epoch: 1n, rows, scheme: 1 };
    const policy = {
      algorithms: [algorithm],
      token: chain.terms.token,
      minPrice: 1n,
      minRows: 1,
      ...noDemands,
      ...demands,
    };
    await (await chain.datasets.connect(seller).register(salt, dataset, policy)).wait();
    for (const seat of PARTIES) {
      const target = { chainId: CHAIN_ID, registry, seat, sealingKey: nodes[seat].keys.sealingPublicKey };
      const answer = await committee.call(
        seat,
        "PUT",
        `/v1/datasets/${datasetId}`,
        await makeUpload(seller, committed, target),
      );
      expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    }
    for (const contract of markets) {
      const market = await contract.getAddress();
      const receipts = await Promise.all(
        [0, 1, 3].map((seat) => committee.call(seat, "POST", `/v1/datasets/${datasetId}/receipts`, { market })),
      );
      const signatures = concat(receipts.map(({ body }) => body.signature));
      await (await contract.connect(seller).join(datasetId, rows, 0b1011, signatures)).wait();
    }
  }

  async function onlyDatasetOf(market: Deployment["market"]): Promise<string> {
    const [joined] = await market.queryFilter(market.filters.DatasetJoined());
    return toBeHex(joined.args.datasetId, 32);
  }

  it("compute a paid request, have it delivered by three signatures, and open it to the buyer alone", async () => {
    const buyer = await generateSealingKeyPair();
    const requestId = await chain.request(hexlify(buyer.publicKey));
    expect((await committee.call(1, "POST", "/v1/requests", { requestId })).status).to.equal(202);
    const reports = await Promise.all(PARTIES.map((seat) => committee.outcome(seat, requestId)));
    expect(reports.map(({ state }) => state)).to.deep.equal(["signed", "signed", "signed", "signed"]);

    const openings = () =>
      Promise.all(PARTIES.map((seat) => committee.call(seat, "GET", `/v1/requests/${requestId}/opening`)));
    for (const { status, body } of await openings()) {
      expect(status).to.equal(409);
      expect(body.error.code).to.equal("NotDelivered");
    }

    const view = await (await openReader()).view();
    const { request } = await view.request(requestId);
    const { result, answer } = reports[1].answer;
    const signatures = concat([1, 2, 3].map((seat) => reports[seat].answer.signature));
    const proof = encodeProof(chain.marketAddress, { request, answer, signerSeats: 0b1110, signatures });
    await (await chain.market.deliver(requestId, result, proof)).wait();

    const opened = await Promise.all(
      (await openings()).map(async ({ body }) => {
        const info = sealingInfo("opening", CHAIN_ID, chain.marketAddress.toLowerCase(), requestId, body.seat);
        return {
          party: body.seat,
          plaintext: await open(buyer.privateKey, info, new Uint8Array(), getBytes(body.sealed)),
        };
      }),
    );
    const commitments = decodeSealedResult(result).map((commitment) => getBytes(commitment));
    const outputs = recombineOpenings(opened, commitments, getBytes(requestId), payGap.outputs.length);
    const named = Object.fromEntries(payGap.outputs.map(({ name }, index) => [name, outputs.values[index]]));
    expect(named).to.include({ men: 3n, women: 2n });
    expect(Number(named.wage_sum_men) / 2 ** 22).to.equal(10.5 + 12 + 8.75);
    expect(Number(named.wage_sum_women) / 2 ** 22).to.equal(11.25 + 9);
  });

  it("refuse, each by itself, a request that together with another market's uses a dataset too often", async () => {
    const markets = [await chain.openMarket(), await chain.openMarket()];
    await publish(chain.seller, EMPLOYERS[0], { demands: { maxUses: 1 }, markets });
    const buyer = await generateSealingKeyPair();
    const [first, second] = [
      await chain.request(hexlify(buyer.publicKey), markets[0]),
      await chain.request(hexlify(buyer.publicKey), markets[1]),
    ];
    // The order on the chain decides, not the order in which nodes hear of them.
    for (const seat of PARTIES) {
      const { status, body } = await committee.call(seat, "POST", "/v1/requests", { requestId: second });
      expect([status, body.error.code]).to.deep.equal([409, "UsesExhausted"]);
    }
    const market = await markets[1].getAddress();
    const datasetId = await onlyDatasetOf(markets[1]);
    const words = await Promise.all(
      [1, 2, 3].map((seat) => committee.call(seat, "POST", `/v1/datasets/${datasetId}/exhaustion`, { market })),
    );
    const signatures = concat(words.map(({ body }) => body.signature));
    await (await markets[1].removeExhausted(datasetId, 0b1110, signatures)).wait();
    expect(await markets[1].isMember(datasetId)).to.equal(false);

    expect((await committee.call(2, "POST", "/v1/requests", { requestId: first })).status).to.equal(202);
    const reports = await Promise.all(PARTIES.map((seat) => committee.outcome(seat, first)));
    expect(reports.map(({ state }) => state)).to.deep.equal(["signed", "signed", "signed", "signed"]);
    expect(reports[0].answer.answer.budgetSpent).to.equal("0");
  });

  it("spend a budget with noised answers, of two markets together, and sign what one costs", async () => {
    const algorithm = programHash(privateHistogram);
    const disclosure = disclosureHash(privateHistogram);
    await registerAlgorithm(chain.deployer, await chain.algorithms.getAddress(), algorithm, disclosure, "");
    for (const node of nodes) await operatorApproves(node, privateHistogram);
    const terms = { ...privacyTermsOf(privateHistogram), algorithm };
    const markets = [await chain.openMarket(terms), await chain.openMarket(terms)];
    const budget = { epsilonBudget: 999_999, deltaBudget: Number(2n * terms.deltaPerRequest) };
    await publish(chain.seller, EMPLOYERS[0], { demands: budget, markets, algorithm });
    const [first, second] = [await chain.request(ZeroHash, markets[0]), await chain.request(ZeroHash, markets[1])];
    for (const seat of PARTIES) {
      const { status, body } = await committee.call(seat, "POST", "/v1/requests", { requestId: second });
      expect([status, body.error.code]).to.deep.equal([409, "BudgetExhausted"]);
    }
    expect((await committee.call(0, "POST", "/v1/requests", { requestId: first })).status).to.equal(202);
    const reports = await Promise.all(PARTIES.map((seat) => committee.outcome(seat, first)));
    expect(reports.map(({ state }) => state)).to.deep.equal(["signed", "signed", "signed", "signed"]);
    for (const { answer } of reports) expect(answer.answer.budgetSpent).to.equal("500000");
  });

  it("compute nothing that was cancelled, and release nothing of it", async () => {
    const buyer = await generateSealingKeyPair();
    const requestId = await chain.request(hexlify(buyer.publicKey));
    const { request } = await (await (await openReader()).view()).request(requestId);
    await chain.provider.send("evm_increaseTime", [DEADLINE_SECONDS + 1]);
    await (await chain.market.cancel(requestId, request)).wait();
    for (const seat of PARTIES) {
      const { status, body } = await committee.call(seat, "POST", "/v1/requests", { requestId });
      expect([status, body.error.code]).to.deep.equal([409, "Cancelled"]);
      const opening = await committee.call(seat, "GET", `/v1/requests/${requestId}/opening`);
      expect([opening.status, opening.body.error.code]).to.deep.equal([404, "UnknownRequest"]);
    }
  });
});
