import { disclosureHash } from "@sharebridge/algorithms/language/disclosure.ts";
import { encodeProgram, programHash } from "@sharebridge/algorithms/language/encode.ts";
import { privacyTermsOf } from "@sharebridge/algorithms/language/market-terms.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import type { NumberColumn } from "@sharebridge/algorithms/language/schema.ts";
import { payGap, privateMeanOf } from "@sharebridge/algorithms/library/index.ts";
import { encodeParameters } from "@sharebridge/contracts/typed-data.ts";
import { type AnswerKeyStore, memoryKeyStore } from "@sharebridge/sdk/buyer/answer-key.ts";
import { type RequestOptions, requestComputation } from "@sharebridge/sdk/buyer/request-computation.ts";
import { explainError } from "@sharebridge/sdk/errors/explain-error.ts";
import { type Market, openMarket } from "@sharebridge/sdk/network/open-market.ts";
import { expect } from "chai";
import { ZeroAddress, ZeroHash } from "ethers";
import { createMarket, registerAlgorithm } from "../../../scripts/deploy.ts";
import { fillPools } from "../support/pool.ts";
import { rejection } from "../support/rejection.ts";
import { termsObject } from "../support/terms.ts";
import { FEE_JUELS, PRICE, startWorld, type World } from "../support/world.ts";

describe("a request that cannot be computed or costs too much", () => {
  let world: World;
  let keysKept: number;
  let nonce: number;

  const buy = (options: Partial<RequestOptions> = {}) => {
    const inMemory = memoryKeyStore();
    const keys: AnswerKeyStore = {
      ...inMemory,
      save: async (key) => {
        keysKept += 1;
        await inMemory.save(key);
      },
    };
    return requestComputation({ signer: world.wallets.buyer, market: world.payGapMarket, keys, ...options });
  };
  /** Refused before an approval was sent and before a key was kept. */
  const refused = async (options: Partial<RequestOptions>) => {
    const error = await rejection(buy(options));
    expect(await world.wallets.buyer.getNonce(), "transactions sent").to.equal(nonce);
    expect(keysKept, "keys kept").to.equal(0);
    return error;
  };
  /** The market, with a connection that was told otherwise. */
  const told = (description: object, changes: Partial<Market["connection"]> = {}): Market => {
    const { connection } = world.payGapMarket;
    const changed = { ...connection, description: { ...connection.description, ...description }, ...changes };
    return { ...world.payGapMarket, connection: changed };
  };

  before(async () => {
    world = await startWorld();
    await fillPools(world);
    await world.snapshot();
  });
  after(() => world.stop());
  beforeEach(async () => {
    await world.reset();
    keysKept = 0;
    nonce = await world.wallets.buyer.getNonce();
  });

  it("is refused for too few rows or datasets", async () => {
    const rows = await refused({ minRows: 7n });
    expect(rows.code).to.equal("TooFewRows");
    expect(rows.message).to.equal("The pool has 6 rows, 7 are needed. Wait for more sellers, or lower your minimum.");
    const datasets = await refused({ minDatasets: 3 });
    expect(datasets.code).to.equal("TooFewDatasets");
    expect(datasets.message).to.match(/^The pool has 2 datasets, 3 are needed/);
    const market = { ...world.payGapMarket, terms: { ...world.payGapMarket.terms, minRows: 8n } };
    const market8 = await refused({ market });
    expect(market8.code).to.equal("TooFewRows");
    expect(market8.message).to.equal("The pool has 6 rows, 8 are needed. Wait for more sellers.");
  });

  it("is refused for more rows than the program is proven for", async () => {
    const small = { ...payGap, maximumRows: 5 };
    const market = told({}, { programSource: async () => encodeProgram(small) });
    const error = await refused({ market: { ...market, terms: { ...market.terms, algorithm: programHash(small) } } });
    expect(error.code).to.equal("TooManyRows");
    expect(error.message).to.match(/has 6 rows; the program pay_gap is proven for at most 5/);
  });

  it("is refused for a seller of more rows than the program's noise hides", async () => {
    const wage = payGap.columns.find((column) => column.name === "wage") as NumberColumn;
    const noised = (maximumRows: number) =>
      privateMeanOf({
        ...{ name: "mean", column: wage, least: "0", most: "50", epsilon: "1", maximumRows: 100 },
        privacy: { unit: "seller", maximumRows },
      });
    const askedFor = async (program: Program) => {
      const market = told({}, { programSource: async () => encodeProgram(program) });
      const terms = { ...market.terms, ...privacyTermsOf(program), algorithm: programHash(program) };
      return refused({ market: { ...market, terms } });
    };
    const error = await askedFor(noised(1));
    expect(error.code).to.equal("TooManyRowsOfSeller");
    expect(error.message).to.match(/the noise of program mean hides sellers of at most 1, so no node computes on it/);
    // Then the next check fails: nobody approves it.
    expect((await askedFor(noised(6))).code).to.equal("AlgorithmNotRunnable");
  });

  it("is refused when fewer than three operators approve the algorithm", async () => {
    const { committeeId, algorithm } = world.payGapMarket.terms;
    for (const { wallet, seat } of world.nodes.slice(0, 2)) {
      const registry = world.connection.algorithms.connect(wallet.connect(world.connection.provider));
      await (await registry.revoke(algorithm, committeeId, 1, seat)).wait();
    }
    expect((await refused({})).code).to.equal("AlgorithmNotRunnable");
  });

  it("is refused when the SDK does not know the market's program", async () => {
    const unknown = { ...payGap, name: "unknown_program" };
    const hash = programHash(unknown);
    const { author, owner } = world.wallets;
    const { algorithms, description } = world.connection;
    await registerAlgorithm(author, await algorithms.getAddress(), hash, disclosureHash(unknown), "");
    const terms = termsObject(await world.payGapMarket.contract.terms());
    const address = await createMarket(owner, description.factory, { ...terms, algorithm: hash });
    const error = await refused({ market: await openMarket(world.connection, address) });
    expect(error.code).to.equal("UnknownProgram");
    expect(error.message).to.include(`${hash}.json`);
  });

  it("is refused when a sealed answer has no place for its key", async () => {
    expect((await refused({ keys: undefined as never })).code).to.equal("AnswerKeyMissing");
  });

  it("gives LINK to no gateway but the network file's", async () => {
    for (const gateway of [world.wallets.stranger.address, undefined]) {
      const error = await refused({ market: told({ gateway }) });
      expect(error.code).to.equal("UnknownGateway");
      expect(error.message)
        .to.include(`${world.payGapMarket.terms.gateway} asks for 0.1 LINK`)
        .and.include(gateway ?? "it names none");
    }
  });

  it("takes another gateway that asks for no fee: there is nothing to approve to it", async () => {
    const parameters = { intercept: "1", weight_education: "0.5", weight_experience: "-0.25" };
    expect(world.scoreMarket.terms.gateway).not.to.equal(world.connection.description.gateway);
    const { costs } = await buy({ market: world.scoreMarket, parameters, maxOracleFee: 0n });
    expect(costs.map(({ spender }) => spender)).to.deep.equal([world.scoreMarket.address]);
  });

  it("pays no higher oracle fee than allowed", async () => {
    const error = await refused({ maxOracleFee: FEE_JUELS - 1n });
    expect(error.code).to.equal("OracleFeeAboveMaximum");
    expect(error.message).to.equal(
      `The oracle fee is ${FEE_JUELS} juels, more than the ${FEE_JUELS - 1n} that you allow. Raise the maximum, or do not buy.`,
    );
    expect((await buy({ maxOracleFee: FEE_JUELS })).costs).to.have.length(2);
    expect(keysKept).to.equal(1);
  });

  it("is told by the contract when it comes too late", async () => {
    const contract = world.payGapMarket.contract.connect(world.wallets.buyer);
    const params = {
      ...{
        parameters: encodeParameters([]),
        answerKey: ZeroHash,
        privateInputs: ZeroHash,
        maxPrice: PRICE,
        minRows: 0,
        minDatasets: 0,
      },
      ...{ validUntilUnixS: 1_000_000_000n, callback: ZeroAddress, callbackGas: 0 },
    };
    const error = explainError(await contract.requestComputation.staticCall(params).catch((reason: unknown) => reason));
    expect(error.code).to.equal("Reverted");
    expect(error.message).to.match(
      /^The request was valid until 2001-09-09 01:46:40 UTC and reached the chain later, at .* UTC\. Send it again\.$/,
    );
  });
});
