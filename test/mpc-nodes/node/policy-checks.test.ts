/** What sellers consent to, against buyers and markets that would go beyond it. */
import { trace } from "@sharebridge/algorithms/language/builder.ts";
import { programHash } from "@sharebridge/algorithms/language/encode.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { weightedScore } from "@sharebridge/algorithms/library/weighted-score.ts";
import type { ChainPolicy, ChainTerms } from "@sharebridge/mpc-nodes/chain/chain-reader.ts";
import { foldPool } from "@sharebridge/mpc-nodes/chain/pool.ts";
import { contributionsOf } from "@sharebridge/mpc-nodes/node/inputs.ts";
import { checkConsent, checkTerms } from "@sharebridge/mpc-nodes/node/policy-checks.ts";
import { expect } from "chai";
import { id, ZeroAddress } from "ethers";
import { payGap } from "../../support/open-pay-gap.ts";
import { BUYER, FakeChain } from "./support/fake-chain.ts";
import { policyOn } from "./support/pool-of-one.ts";
import { rejection } from "./support/rejection.ts";

const columns = [{ name: "wage", kind: "number" as const, fractionBits: 4, minimum: "0", maximum: "500" }];
const totals = trace({ name: "totals", description: "The total.", columns, maximumRows: 1_000 }, (t) => {
  t.output("total", t.sum(t.input("wage")));
});

const ONE_EPSILON = 1_000_000n;

describe("what sellers consent to", () => {
  let chain: FakeChain;
  let program: Program;

  beforeEach(() => {
    chain = new FakeChain();
    program = totals;
  });

  /** A pool of datasets, each with its rows, seller and policy. */
  function pool(...members: { rows: number; seller: string; policy?: Partial<ChainPolicy> }[]): void {
    chain.market = { ...chain.market, algorithm: programHash(program) };
    const events = members.map(({ rows, seller, policy }, index) => {
      const datasetId = id(`dataset ${index}`);
      chain.policies.set(datasetId, policyOn([programHash(program)], policy));
      return { kind: "joined" as const, member: { datasetId, seller, commitment: id("commitment"), validRows: rows } };
    });
    chain.currentPool = foldPool(events);
  }
  const dataset = (index: number) => id(`dataset ${index}`);
  const selling = (terms: Partial<ChainTerms>) => {
    chain.market = { ...chain.market, ...terms };
  };

  async function outcome(buyer = BUYER): Promise<string> {
    const request = await chain.request(chain.addRequest({ buyer }));
    const contributions = contributionsOf([chain.currentPool.members], buyer, chain.market);
    try {
      checkTerms(program, chain.market);
      await checkConsent(chain, chain.market, program, request, chain.currentPool, contributions);
      return "computed";
    } catch (error) {
      return (error as { code: string }).code;
    }
  }

  /** The cost of a program that adds noise, with the terms of a market that says so: what only `checkTerms` compares. */
  async function noised(terms: Partial<ChainTerms> = {}): Promise<string> {
    selling({ epsilonPerRequest: ONE_EPSILON, deltaPerRequest: 10n, ...terms });
    const request = await chain.request(chain.addRequest());
    const contributions = contributionsOf([chain.currentPool.members], BUYER, chain.market);
    const checked = checkConsent(chain, chain.market, program, request, chain.currentPool, contributions);
    return checked.then(
      () => "computed",
      (error: { code: string }) => error.code,
    );
  }

  describe("uses and budget", () => {
    const budget = { epsilonBudget: 3n * ONE_EPSILON, deltaBudget: 30n };

    it("two markets, each within the budget, together over it: the second one's request is refused", async () => {
      pool({ rows: 9, seller: "0xa", policy: budget });
      chain.used.set(dataset(0), { uses: 2, epsilon: 2n * ONE_EPSILON, delta: 20n });
      expect(await noised()).to.equal("computed");
      // The other market's request came first.
      chain.used.set(dataset(0), { uses: 3, epsilon: 3n * ONE_EPSILON, delta: 30n });
      expect(await noised()).to.equal("BudgetExhausted");
    });

    it("the budget of delta ends as that of epsilon does, and the smaller of two sellers' budgets decides", async () => {
      pool(
        { rows: 9, seller: "0xa", policy: budget },
        { rows: 9, seller: "0xb", policy: { ...budget, deltaBudget: 9n } },
      );
      expect(await noised()).to.equal("BudgetExhausted");
      expect(await noised({ deltaPerRequest: 9n })).to.equal("computed");
      chain.used.set(dataset(0), { uses: 1, epsilon: 1n, delta: 22n });
      expect(await noised({ deltaPerRequest: 9n })).to.equal("BudgetExhausted");
    });

    it("uses end, of exact answers too", async () => {
      pool({ rows: 9, seller: "0xa", policy: { maxUses: 2 } }, { rows: 9, seller: "0xb" });
      chain.used.set(dataset(0), { uses: 1, epsilon: 0n, delta: 0n });
      chain.used.set(dataset(1), { uses: 1_000, epsilon: 0n, delta: 0n });
      expect(await outcome()).to.equal("computed");
      chain.used.set(dataset(0), { uses: 2, epsilon: 0n, delta: 0n });
      expect(await outcome()).to.equal("UsesExhausted");
    });

    it("an exact answer is no use of a budget, though the chain let the dataset join", async () => {
      pool({ rows: 9, seller: "0xa", policy: budget });
      expect(await outcome()).to.equal("PolicyNotSatisfied");
    });

    it("the sentence has the numbers", async () => {
      pool({ rows: 9, seller: "0xa", policy: budget });
      chain.used.set(dataset(0), { uses: 5, epsilon: 2_500_000n, delta: 3n });
      selling({ epsilonPerRequest: ONE_EPSILON, deltaPerRequest: 1n });
      const request = await chain.request(chain.addRequest());
      const contributions = contributionsOf([chain.currentPool.members], BUYER, chain.market);
      const checked = checkConsent(chain, chain.market, program, request, chain.currentPool, contributions);
      expect((await rejection(checked)) as Error)
        .to.have.property("message")
        .that.matches(
          /allows epsilon 3 and delta 0\.00000000000000003, .*epsilon 2\.5 .* are spent, .* costs epsilon 1 and/,
        );
    });

    it("nothing is counted where no policy has a limit", async () => {
      pool({ rows: 9, seller: "0xa" });
      chain.usage = () => Promise.reject(new Error("counted"));
      expect(await outcome()).to.equal("computed");
    });
  });

  describe("terms that are not true of the program", () => {
    it("a privacy cost that is not the program's, higher or lower", async () => {
      pool({ rows: 9, seller: "0xa" });
      for (const terms of [{ epsilonPerRequest: 1n }, { deltaPerRequest: 1n }]) {
        chain.market = { ...chain.market, epsilonPerRequest: 0n, deltaPerRequest: 0n, ...terms };
        expect(await outcome()).to.equal("WrongTerms");
      }
    });

    it("a cohort that a program which opens parts of the pool cannot promise", async () => {
      program = payGap;
      pool({ rows: 9, seller: "0xa" });
      expect(await outcome()).to.equal("computed");
      for (const terms of [
        { cohortRows: 2, cohortSellers: 0 },
        { cohortRows: 2, cohortSellers: 2 },
      ]) {
        selling(terms);
        expect(await outcome()).to.equal("WrongTerms");
      }
      selling({ cohortRows: 1, cohortSellers: 1 });
      expect(await outcome()).to.equal("computed");
    });
  });

  describe("groups", () => {
    const cohort = { cohortRows: 5, cohortSellers: 2 };

    it("a policy that asks for more than the market promises is not satisfied, whatever joined", async () => {
      pool({ rows: 9, seller: "0xa", policy: cohort }, { rows: 9, seller: "0xb" });
      for (const terms of [{}, { ...cohort, cohortRows: 4 }, { ...cohort, cohortSellers: 1 }]) {
        selling({ cohortRows: 0, cohortSellers: 0, ...terms });
        expect(await outcome()).to.equal("PolicyNotSatisfied");
      }
      selling(cohort);
      expect(await outcome()).to.equal("computed");
    });

    it("sums over the whole pool are of one group: all rows, without the buyer's own, however the address is spelled", async () => {
      pool({ rows: 3, seller: "0xa" }, { rows: 2, seller: "0xb" }, { rows: 50, seller: BUYER.toLowerCase() });
      selling(cohort);
      expect(await outcome()).to.equal("computed");
      selling({ cohortRows: 6 });
      expect(await outcome()).to.equal("PolicyNotSatisfied");
      selling({ cohortRows: 5, cohortSellers: 3 });
      expect(await outcome()).to.equal("PolicyNotSatisfied");
      selling(cohort);
      pool({ rows: 3, seller: "0xa" }, { rows: 50, seller: BUYER.toLowerCase() });
      expect(await outcome()).to.equal("PolicyNotSatisfied");
    });

    it("one seller under two datasets is one", async () => {
      pool({ rows: 9, seller: "0xa" }, { rows: 9, seller: "0xA" });
      selling(cohort);
      expect(await outcome()).to.equal("PolicyNotSatisfied");
    });
  });

  it("the rest of a policy, which the market has checked, is checked again", async () => {
    const cases: Partial<ChainPolicy>[] = [
      { algorithms: [programHash(weightedScore)] },
      { token: ZeroAddress },
      { minPrice: 11n },
      { minRows: 10 },
    ];
    for (const policy of cases) {
      pool({ rows: 9, seller: "0xa", policy });
      expect(await outcome()).to.equal("PolicyNotSatisfied");
    }
  });
});
