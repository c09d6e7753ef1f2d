import {
  AGREE_ON_COMMITMENTS_COST,
  type Cost,
  costOf,
  declaredCosts,
  OPEN_SESSION_COST,
} from "@sharebridge/mpc-nodes/protocol/cost.ts";
import { dot } from "@sharebridge/mpc-nodes/protocol/dot.ts";
import { multiply } from "@sharebridge/mpc-nodes/protocol/multiply.ts";
import type { Session } from "@sharebridge/mpc-nodes/protocol/session.ts";
import { expect } from "chai";
import { seed } from "../../support/seed.ts";
import { deal, runHonest } from "../support/parties.ts";
import { seededRandom, seededWords } from "../support/seeded-random.ts";
import { agree, type VectorOperation, vectorOperations } from "./operation-table.ts";

/** What the four parties count while `run` runs. */
async function counted(run: (s: Session) => Promise<unknown>): Promise<Cost> {
  const { results } = await runHonest(
    async (s) => {
      const before = { rounds: s.rounds, bytes: s.network.statistics.bytesSent };
      await run(s);
      return { rounds: s.rounds - before.rounds, bytes: s.network.statistics.bytesSent - before.bytes };
    },
    { seed },
  );
  expect(new Set(results.map(({ rounds }) => rounds)).size, "all parties count the same rounds").to.equal(1);
  return { rounds: results[0]!.rounds, bytesSent: results.map(({ bytes }) => bytes) };
}

describe("protocol: declared cost is counted cost", () => {
  for (const operation of Object.keys(declaredCosts) as VectorOperation[]) {
    it(operation, async () => {
      for (const length of [0, 1, 2, 7, 300]) {
        const x = deal(seededWords(seededRandom(seed, "cost"), length), seededRandom(seed, "shares"));
        const actual = await counted((s) => vectorOperations[operation](s, x[s.party]!));
        expect(actual, `length ${length}`).to.deep.equal(costOf(operation, operation === "dot" ? 1 : length));
      }
    });
  }

  it("a batch costs what its total length costs", async () => {
    const vectors = [3, 0, 5].map((length) => deal(new BigUint64Array(length), seededRandom(seed, "batch")));
    const pairs = (s: Session) => vectors.map((x) => [x[s.party]!, x[s.party]!] as const);
    expect(await counted((s) => multiply(s, pairs(s)))).to.deep.equal(costOf("multiply", 8));
    expect(await counted((s) => dot(s, pairs(s)))).to.deep.equal(costOf("dot", 3));
  });

  it("an empty batch costs nothing", async () => {
    expect(await counted((s) => multiply(s, []))).to.deep.equal({ rounds: 0, bytesSent: [0, 0, 0, 0] });
  });

  it("openSession", async () => {
    const { results } = await runHonest(async (s) => ({ rounds: s.rounds, bytes: s.network.statistics.bytesSent }), {
      seed,
    });
    expect(results.map(({ bytes }) => bytes)).to.deep.equal(OPEN_SESSION_COST.bytesSent);
    expect(results.map(({ rounds }) => rounds)).to.deep.equal(Array(4).fill(OPEN_SESSION_COST.rounds));
  });

  it("agreeOnCommitments", async () => {
    expect(await counted(agree)).to.deep.equal(AGREE_ON_COMMITMENTS_COST);
  });

  it("every declared round is one exchange: no party sends a peer two frames in it", async () => {
    for (const operation of Object.keys(declaredCosts) as VectorOperation[]) {
      const x = deal(BigUint64Array.of(1n, 2n, 3n), seededRandom(seed, "frames"));
      const { memory } = await runHonest((s) => vectorOperations[operation](s, x[s.party]!), { seed });
      const allowed = OPEN_SESSION_COST.rounds + declaredCosts[operation].rounds;
      for (const { index } of memory.events) expect(index, operation).to.be.lessThan(allowed);
    }
  });
});
