import { programHash } from "@sharebridge/algorithms/language/encode.ts";
import type { IDatasetRegistry } from "@sharebridge/contracts";
import {
  answerTypes,
  encodeProof,
  encodePublicResult,
  marketDomain,
  receiptTypes,
  requestIdOf,
} from "@sharebridge/contracts/typed-data.ts";
import type { ChainReader } from "@sharebridge/mpc-nodes/chain/chain-reader.ts";
import { openChain } from "@sharebridge/mpc-nodes/chain/rpc-chain-reader.ts";
import { answerFor } from "@sharebridge/mpc-nodes/node/answer.ts";
import type { NodeKeys } from "@sharebridge/mpc-nodes/node/keys.ts";
import { publicIdentity } from "@sharebridge/mpc-nodes/node/keys.ts";
import { isSeatSignature } from "@sharebridge/mpc-nodes/node/seat-signature.ts";
import { expect } from "chai";
import { concat, id, makeError, Signature, toBeHex, ZeroAddress, ZeroHash } from "ethers";
import { payGap } from "../../support/open-pay-gap.ts";
import { noDemands } from "../../support/policies.ts";
import {
  CHAIN_ID,
  DEADLINE_SECONDS,
  type Deployment,
  deploy,
  EMPTY_PARAMETERS,
  PRICE,
} from "../node/support/deployment.ts";
import { Folders } from "../node/support/keys.ts";
import { rejection } from "../node/support/rejection.ts";
import { ForgingContract } from "./support/forging-contract.ts";

const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

describe("the chain through an RPC endpoint", () => {
  const folders = new Folders();
  let keys: NodeKeys[];
  let chain: Deployment;
  let reader: ChainReader;

  const open = (changes: Partial<Parameters<typeof openChain>[1]> = {}) =>
    openChain(chain.provider, {
      ...{ chainId: CHAIN_ID, factory: chain.factoryAddress, fromBlock: 0, confirmations: 0, maxLogRange: 5 },
      ...changes,
    });

  before(async () => {
    keys = (await folders.keys(4)).map((node) => node.keys);
    chain = await deploy(keys.map(publicIdentity));
    reader = await open();
    for (const seat of [0, 1, 2]) {
      await fund(keys[seat].signer.address);
      const registry = chain.algorithms.connect(keys[seat].signer.connect(chain.provider));
      await (await registry.approve(chain.algorithm, 1n, 1n, seat)).wait();
    }
  });
  after(async () => {
    reader.close();
    await chain.connection.close();
    folders.remove();
  });

  async function fund(to: string): Promise<void> {
    await (await chain.deployer.sendTransaction({ to, value: 10n ** 18n })).wait();
  }

  let salts = 0;
  /** Registers a dataset of the seller. */
  async function register(rows: number, demands: Partial<IDatasetRegistry.PolicyStruct> = {}): Promise<string> {
    const salt = id(`salt ${salts++}`);
    const { datasets, seller, committeeId, algorithm, terms } = chain;
    const dataset = {
      commitment: id(`commitment ${salt}`),
      schemaHash: id("schema"),
      committeeId,
      epoch: 1n,
      rows,
      scheme: 1,
    };
    const policy = { algorithms: [algorithm], token: terms.token, minPrice: 5n, minRows: 1, ...noDemands, ...demands };
    await (await datasets.connect(seller).register(salt, dataset, policy)).wait();
    return toBeHex(await datasets.datasetIdOf(seller.address, salt), 32);
  }

  async function join(datasetId: string, rows: number): Promise<void> {
    const { commitment } = await chain.datasets.datasetOf(datasetId);
    const receipt = {
      datasetId: BigInt(datasetId),
      commitment,
      epoch: 1n,
      validRows: rows,
      validCommitment: commitment,
    };
    const domain = marketDomain(CHAIN_ID, chain.marketAddress);
    const signatures = await Promise.all(
      [0, 1, 2].map((seat) => keys[seat].signer.signTypedData(domain, receiptTypes, receipt)),
    );
    await (
      await chain.market.connect(chain.seller).join(datasetId, rows, commitment, 0b0111, concat(signatures))
    ).wait();
  }

  it("finds the registries from the factory", async () => {
    expect(reader.deployment).to.deep.equal({
      factory: chain.factoryAddress,
      committees: await chain.committees.getAddress(),
      algorithms: await chain.algorithms.getAddress(),
      datasets: await chain.datasets.getAddress(),
    });
  });

  it("refuses an endpoint that serves another chain, when opened and whenever it is looked at", async () => {
    expect(await rejection(open({ chainId: 1n }))).to.have.property("code", "WrongChain");
    const send = chain.provider.send.bind(chain.provider);
    const other = await open();
    chain.provider.send = async (method, params) => (method === "eth_chainId" ? "0x1" : send(method, params));
    try {
      expect(await rejection(other.view())).to.have.property("code", "WrongChain");
    } finally {
      chain.provider.send = send;
    }
  });

  it("refuses an address without a factory", async () => {
    expect(await rejection(open({ factory: ZeroAddress }))).to.have.property("code", "NoFactory");
    const token = await chain.token.getAddress();
    expect(await rejection(open({ factory: token }))).to.have.property("code", "NoFactory");
  });

  it("says that the endpoint did not answer, without naming it", async () => {
    const send = chain.provider.send.bind(chain.provider);
    chain.provider.send = () => Promise.reject(new Error("connect ECONNREFUSED https://rpc.example/key-1234"));
    try {
      const error = await rejection(reader.view());
      expect(error).to.have.property("code", "ChainUnreachable");
      expect(error.message).not.to.contain("1234");
    } finally {
      chain.provider.send = send;
    }
  });

  it("reads seats, epoch and approvals", async () => {
    const view = await reader.view();
    expect(await view.currentEpoch(1n)).to.equal(1n);
    const seats = await view.seats(1n, 1n);
    expect(seats.map(({ signer }) => signer)).to.deep.equal(keys.map(({ signer }) => signer.address));
    expect(seats[2]).to.include(publicIdentity(keys[2]));
    expect(await view.isRunnable(chain.algorithm, 1n, 1n)).to.equal(true);
    expect(await view.isRunnable(id("other"), 1n, 1n)).to.equal(false);
  });

  it("reads datasets with their owner, policies, markets and terms", async () => {
    const demands = { cohortRows: 3, cohortSellers: 2, maxUses: 9, epsilonBudget: 2_000_000, deltaBudget: 10n ** 12n };
    const datasetId = await register(7, demands);
    const view = await reader.view();
    const dataset = await view.dataset(datasetId);
    expect(dataset).to.include({
      datasetId,
      owner: chain.seller.address,
      rows: 7,
      scheme: 1,
      committeeId: 1n,
      epoch: 1n,
    });
    expect(await view.dataset(id("unknown"))).to.equal(null);
    expect(await view.policy(datasetId)).to.deep.equal({
      ...{ algorithms: [chain.algorithm], token: chain.terms.token, minPrice: 5n, minRows: 1 },
      ...{ cohortRows: 3, cohortSellers: 2, maxUses: 9, epsilonBudget: 2_000_000n, deltaBudget: 10n ** 12n },
    });
    expect(await view.isMarket(chain.marketAddress)).to.equal(true);
    expect(await view.isMarket(chain.terms.token)).to.equal(false);
    expect(await view.terms(chain.marketAddress)).to.deep.equal({
      ...{ algorithm: programHash(payGap), committeeId: 1n, token: chain.terms.token, price: PRICE },
      ...{ minRows: 1, committeeBps: 2_000, cohortRows: 0, cohortSellers: 0 },
      ...{ epsilonPerRequest: 0n, deltaPerRequest: 0n },
    });
  });

  describe("requests and pools", () => {
    let first: string;
    let second: string;
    let third: string;

    before(async () => {
      [first, second, third] = [await register(3), await register(4), await register(5)];
      for (const [datasetId, rows] of [
        [first, 3],
        [second, 4],
        [third, 5],
      ] as const)
        await join(datasetId, rows);
    });

    it("finds a request and recomputes its id", async () => {
      const privateInputs = id("private inputs");
      const requestId = await chain.request(ZeroHash, chain.market, EMPTY_PARAMETERS, privateInputs);
      const view = await reader.view();
      const found = await view.request(requestId);
      expect(found).to.include({ requestId, market: chain.marketAddress, parameters: EMPTY_PARAMETERS });
      expect(requestIdOf(CHAIN_ID, found.market, found.request)).to.equal(requestId);
      expect(found.request).to.include({
        buyer: chain.buyer.address,
        poolRows: 12n,
        epoch: 1n,
        price: PRICE,
        privateInputs,
      });
      expect(await view.statusOf(found.market, requestId)).to.equal("open");
    });

    it("recomputes the pool as of the request, through joins, leaves and returns after it", async () => {
      const requestId = await chain.request(ZeroHash);
      await (await chain.market.connect(chain.seller).leavePool(first)).wait();
      const later = await chain.request(ZeroHash);
      const view = await reader.view();
      const before = await view.request(requestId);
      const pool = await view.pool(before.market, before.position);
      expect(pool.members.map(({ datasetId }) => datasetId)).to.deep.equal([first, second, third]);
      const seller = chain.seller.address.toLowerCase();
      expect(pool.members.map((member) => member.seller)).to.deep.equal([seller, seller, seller]);
      expect(pool).to.include({ poolHash: before.request.poolHash, rows: before.request.poolRows });
      const after = await view.request(later);
      const left = await view.pool(after.market, after.position);
      expect(left.members.map(({ datasetId }) => datasetId)).to.deep.equal([second, third]);
      expect(left).to.include({ poolHash: after.request.poolHash, rows: after.request.poolRows });
    });

    it("counts what was used of a dataset before a request, by requests in its market while it was there", async () => {
      const requestId = await chain.request(ZeroHash);
      const view = await reader.view();
      const { position } = await view.request(requestId);
      const earlier = await view.usage([second], position);
      expect(earlier.get(second)).to.include({ epsilon: 0n, delta: 0n });
      const next = await chain.request(ZeroHash);
      const now = await reader.view();
      const usage = await now.usage([first, second], (await now.request(next)).position);
      expect(usage.get(second)?.uses).to.equal((earlier.get(second)?.uses ?? 0) + 1);
      expect(usage.get(first)?.uses).to.be.lessThan(usage.get(second)?.uses ?? 0);
    });

    it("knows no request that nobody made", async () => {
      const view = await reader.view();
      expect(await rejection(view.request(id("no request")))).to.have.property("code", "UnknownRequest");
    });

    it("ignores what a contract emits that is no market: a copy of a request, and a request of its own", async () => {
      const requestId = await chain.request(ZeroHash);
      const view = await reader.view();
      const genuine = await view.request(requestId);
      const forger = await ForgingContract.deploy(chain.stranger);

      await forger.emitRequest(requestId, { ...genuine.request, price: 1n }, EMPTY_PARAMETERS);
      await forger.emitRequest(requestId, genuine.request, EMPTY_PARAMETERS);
      expect((await (await reader.view()).request(requestId)).market).to.equal(chain.marketAddress);

      const own = requestIdOf(CHAIN_ID, forger.address, genuine.request);
      await forger.emitRequest(own, genuine.request, EMPTY_PARAMETERS);
      expect(await rejection((await reader.view()).request(own))).to.have.property("code", "UnknownRequest");
    });

    it("finds a request whose id another contract floods, on an endpoint that refuses large answers", async () => {
      const requestId = await chain.request(ZeroHash);
      const { request } = await (await reader.view()).request(requestId);
      const forger = await ForgingContract.deploy(chain.stranger);
      for (let i = 0; i < 12; i++) await forger.emitRequest(requestId, request, EMPTY_PARAMETERS);
      const send = chain.provider.send.bind(chain.provider);
      chain.provider.send = async (method, params) => {
        const answer = await send(method, params);
        if (method === "eth_getLogs" && answer.length > 10) throw makeError("too many results", "UNKNOWN_ERROR");
        return answer;
      };
      try {
        const fresh = await open({ maxLogRange: 1_000 });
        expect((await (await fresh.view()).request(requestId)).market).to.equal(chain.marketAddress);
      } finally {
        chain.provider.send = send;
      }
    });

    it("no longer knows a request whose block was replaced", async () => {
      const snapshot = await chain.provider.send("evm_snapshot", []);
      const requestId = await chain.request(ZeroHash);
      expect(await (await reader.view()).request(requestId)).to.include({ requestId });
      await chain.provider.send("evm_revert", [snapshot]);
      await chain.provider.send("hardhat_mine", ["0x2"]);
      expect(await rejection((await reader.view()).request(requestId))).to.have.property("code", "UnknownRequest");
    });

    it("does not act on a request before it has its confirmations", async () => {
      const careful = await open({ confirmations: 2 });
      const requestId = await chain.request(ZeroHash);
      expect(await rejection((await careful.view()).request(requestId))).to.have.property("code", "NotConfirmed");
      await chain.provider.send("hardhat_mine", ["0x2"]);
      const view = await careful.view();
      const found = await view.request(requestId);
      expect(found.position.blockNumber).to.equal(view.blockNumber);
      expect(await view.statusOf(found.market, requestId)).to.equal("open");
    });

    it("shows the answer that the market has accepted, many blocks after its request", async () => {
      const requestId = await chain.request(ZeroHash);
      const found = await (await reader.view()).request(requestId);
      expect(await (await reader.view()).acceptedAnswer(found)).to.equal(null);
      const result = encodePublicResult([1n, -2n]);
      const answer = answerFor(requestId, { attempt: 1, activeSet: 0b1011, result }, 0n);
      const domain = marketDomain(CHAIN_ID, chain.marketAddress);
      const signers = [0, 1, 3].map((seat) => keys[seat].signer);
      const signatures = concat(
        await Promise.all(signers.map((key) => key.signTypedData(domain, answerTypes, answer))),
      );
      const { request } = found;
      const proof = encodeProof(chain.marketAddress, { request, answer, signerSeats: 0b1011, signatures });
      await chain.provider.send("hardhat_mine", ["0x10"]);
      await (await chain.market.deliver(requestId, result, proof)).wait();
      await chain.provider.send("hardhat_mine", ["0x10"]);
      const view = await reader.view();
      expect(await view.acceptedAnswer(found)).to.deep.equal(answer);
      const other = await chain.request(ZeroHash);
      const later = await reader.view();
      expect(await later.acceptedAnswer(await later.request(other))).to.equal(null);
    });

    it("has a market that takes the same signatures of a seat as nodes take from their peers", async () => {
      const requestId = await chain.request(ZeroHash);
      const { request } = await (await reader.view()).request(requestId);
      const result = encodePublicResult([1n]);
      const domain = marketDomain(CHAIN_ID, chain.marketAddress);
      const signers = keys.map(({ signer }) => signer.address);
      const attempts = [0b1111, 0b1011, 0b0111, 0b1000].map((activeSet) => ({ attempt: 1, activeSet, result }));
      const seat = 3;
      let taken = 0;
      for (const attempt of attempts) {
        const answer = answerFor(requestId, attempt, 0n);
        const [first, second, own] = await Promise.all(
          [0, 1, seat].map((index) => keys[index].signer.signTypedData(domain, answerTypes, answer)),
        );
        const { r, s, v } = Signature.from(own);
        const highS = toBeHex(CURVE_ORDER - BigInt(s), 32);
        const forms = [
          ...[own, first, concat([r, s, toBeHex(v - 27, 1)]), concat([r, s, toBeHex(v === 27 ? 28 : 27)])],
          ...[concat([r, highS, toBeHex(v === 27 ? 28 : 27)]), concat([r, s, "0x1d"]), `0x${"00".repeat(65)}`],
        ];
        for (const signature of forms) {
          const signatures = concat([first, second, signature]);
          const proof = encodeProof(chain.marketAddress, { request, answer, signerSeats: 0b1011, signatures });
          const byMarket = await chain.market.deliver.staticCall(requestId, result, proof).then(
            () => true,
            () => false,
          );
          expect(isSeatSignature(domain, signers, answer, { seat, signature }), signature).to.equal(byMarket);
          taken += Number(byMarket);
        }
      }
      expect(taken).to.equal(2);
    });

    it("shows an older state where the confirmations are not there yet", async () => {
      const careful = await open({ confirmations: 1 });
      const datasetId = await register(1);
      expect(await (await careful.view()).dataset(datasetId)).to.equal(null);
      expect(await (await reader.view()).dataset(datasetId)).not.to.equal(null);
    });

    it("sees a cancellation", async () => {
      const requestId = await chain.request(ZeroHash);
      const { request } = await (await reader.view()).request(requestId);
      await chain.provider.send("evm_increaseTime", [DEADLINE_SECONDS + 1]);
      await (await chain.market.cancel(requestId, request)).wait();
      const view = await reader.view();
      expect(await view.statusOf(chain.marketAddress, requestId)).to.equal("cancelled");
      expect(view.latestUnixS > request.deadlineUnixS).to.equal(true);
    });
  });
});
