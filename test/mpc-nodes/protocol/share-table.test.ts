/** Tables that the committee shares anew: the same columns, in shares that say nothing of those before. */
import { PARTIES, type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import { viewBytes } from "@sharebridge/mpc-nodes/math/words.ts";
import type { Vector } from "@sharebridge/mpc-nodes/protocol/mpc.ts";
import type { Session, SharedAnew } from "@sharebridge/mpc-nodes/protocol/session.ts";
import { expect } from "chai";
import { seed } from "../../support/seed.ts";
import { allOf, failureCode, runAll, runThree, testHeap } from "../support/parties.ts";
import { recombineTable } from "../support/recombine-table.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { deal, dealShares, type Parts } from "../support/shared-columns.ts";
import { byteChiSquare, CHI_SQUARE_BOUND } from "../support/uniformity.ts";

const CONTEXT = new Uint8Array(32).fill(5);
const COLUMNS = [
  [17n, 2n ** 64n - 4n, 0n, 1n << 63n, 1n],
  [5n, 5n, 5n, 5n, 5n],
];
const table = COLUMNS.map((words, index) => deal(BigUint64Array.from(words), seededRandom(seed, `table ${index}`)));
const hex = (bytes: Uint8Array | null | undefined): string => (bytes ? Buffer.from(bytes).toString("hex") : "none");

async function sharedAnew(
  excluded: PartyId | null,
  columns: readonly Parts[],
  { runSeed = seed, contextOf = (_party: PartyId) => CONTEXT } = {},
): Promise<PromiseSettledResult<SharedAnew>[]> {
  const run = (session: Session) => {
    async function* imported(): AsyncGenerator<Vector> {
      for (const parts of columns) yield session.importColumn(parts[session.network.party]!);
    }
    return session.shareTable(imported(), contextOf(session.network.party));
  };
  const options = { seed: runSeed };
  const { outcomes } = await (excluded === null ? runAll(run, options) : runThree(excluded, run, options));
  return [...outcomes];
}

const valuesOf = (outcomes: readonly PromiseSettledResult<SharedAnew>[]): SharedAnew[] =>
  allOf({ outcomes, memory: null as never });

describe("a table shared anew", () => {
  afterEach(() => expect(testHeap().usedBytes, "left in the heap").to.equal(0));

  for (const excluded of [null, ...PARTIES] as const) {
    const name = excluded === null ? "by four" : `without ${excluded}`;
    const active = excluded === null ? PARTIES : partiesExcept(excluded);

    it(`${name}: has the same values, the same commitments everywhere, and no share at the seat of its number`, async () => {
      const results = valuesOf(await sharedAnew(excluded, table));
      const { commitments } = results[0]!;
      expect(new Set(commitments.map(hex)).size).to.equal(4);
      for (const each of results) expect(each.commitments.map(hex)).to.deep.equal(commitments.map(hex));
      const packages = results.map((each) => each.package);
      expect(packages.map(({ party }) => party)).to.deep.equal([...active]);
      const shape = { columns: 2, rows: 5 };
      expect(recombineTable(packages, CONTEXT, commitments, shape)).to.deep.equal(COLUMNS);
      for (const { party, explicit } of packages) expect(explicit === null).to.equal(party === 3);
    });

    it(`${name}: share 3 is uniform, however the values were shared`, async () => {
      for (const carrier of PARTIES) {
        const bare = dealShares(PARTIES.map((j) => new BigUint64Array(4096).fill(j === carrier ? 1n : 0n)));
        const [first] = valuesOf(await sharedAnew(excluded, [bare]));
        const words = first!.package.explicit![0]!;
        expect(byteChiSquare(viewBytes(words)), `carrier ${carrier}`).to.be.below(CHI_SQUARE_BOUND);
        expect(new Set(words).size).to.equal(4096);
      }
    });

    it(`${name}: a party that commits to other shares is noticed`, async () => {
      const corrupt = active[1]!;
      const contextOf = (party: PartyId) => (party === corrupt ? CONTEXT.map(() => 9) : CONTEXT);
      const codes = (await sharedAnew(excluded, table, { contextOf })).map(failureCode);
      expect(codes).to.include("BadTag");
    });
  }

  it("has other seeds, salts and shares in every session", async () => {
    const [one, other] = [await sharedAnew(null, table), await sharedAnew(null, table, { runSeed: seed + 1 })].map(
      valuesOf,
    );
    for (const party of PARTIES) {
      const [a, b] = [one![party]!.package, other![party]!.package];
      for (const j of partiesExcept(party)) {
        expect(hex(a.salts[j])).not.to.equal(hex(b.salts[j]));
        if (j < 3) expect(hex(a.seeds[j])).not.to.equal(hex(b.seeds[j]));
        else expect(String(a.explicit)).not.to.equal(String(b.explicit));
      }
    }
  });

  it("takes words of 64 bits only", async () => {
    const wide = async (session: Session) => {
      async function* columns(): AsyncGenerator<Vector> {
        yield session.mpc.random(3, 128);
      }
      return session.shareTable(columns(), CONTEXT);
    };
    const runs = [await runAll(wide, { seed }), await runThree(2, wide, { seed })];
    for (const { outcomes } of runs) for (const each of outcomes) expect(failureCode(each)).to.equal("InvalidOperand");
  });
});
