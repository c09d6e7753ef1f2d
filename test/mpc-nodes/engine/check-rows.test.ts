/** Rows that a seller's client let through: found and left out, by four parties and by any three, without showing which. */
import { decodeValidityResult } from "@sharebridge/contracts/typed-data.ts";
import { checkRows, type RowsToCheck } from "@sharebridge/mpc-nodes/engine/check-rows.ts";
import type { ComputationOutcome } from "@sharebridge/mpc-nodes/engine/compute.ts";
import { PARTIES, type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import type { Session } from "@sharebridge/mpc-nodes/protocol/session.ts";
import { decodePackage } from "@sharebridge/mpc-nodes/sharing/package.ts";
import { expect } from "chai";
import { getBytes, ZeroHash } from "ethers";
import { seed } from "../../support/seed.ts";
import { allOf, runAll, runThree, testHeap } from "../support/parties.ts";
import { recombineTable } from "../support/recombine-table.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { deal } from "../support/shared-columns.ts";

const DATASET = `0x${"d5".repeat(32)}`;
const MOST = 2n ** 63n - 1n;
const RANGES = [
  { name: "wage", minimum: 1n, maximum: 500n << 22n },
  { name: "sex", minimum: 0n, maximum: 1n },
  { name: "age", minimum: -3n, maximum: 120n },
];
type Row = readonly [wage: bigint, sex: bigint, age: bigint];
const GOOD: Row[] = [
  [1n, 0n, -3n],
  [500n << 22n, 1n, 120n],
  [77n, 1n, 0n],
];
/** One out of range by one, a category beyond the list, and words whose distance to the range has the wrong sign. */
const BAD: Row[] = [
  [0n, 0n, 1n],
  [5n, 2n, 1n],
  [5n, -1n, 1n],
  [5n, 0n, -(2n ** 63n)],
  [MOST, 1n, MOST],
  [2n ** 62n, 0n, 2n],
];

/** The parties' inputs: whoever shares raw words asks nobody about their range. */
function inputsOf(rows: readonly Row[]): RowsToCheck[] {
  const dealt = RANGES.map(({ name }, column) => {
    const words = BigUint64Array.from(rows, (row) => BigInt.asUintN(64, row[column]!));
    return [name, deal(words, seededRandom(seed, `check ${name} ${rows.length}`))] as const;
  });
  return PARTIES.map((party) => ({
    datasetId: DATASET,
    ranges: RANGES,
    inputs: new Map(dealt.map(([name, parts]) => [name, parts[party]!] as const)),
    rows: rows.length,
  }));
}

async function check(
  rows: readonly Row[],
  excluded: PartyId | null,
  wordsAtOnce?: number,
): Promise<ComputationOutcome[]> {
  const inputs = inputsOf(rows);
  const run = (session: Session) => checkRows(session, inputs[session.network.party]!, wordsAtOnce);
  const found = excluded === null ? await runAll(run, { seed }) : await runThree(excluded, run, { seed });
  const outcomes = allOf<ComputationOutcome>(found);
  for (const { result } of outcomes) expect(result).to.equal(outcomes[0]!.result);
  return outcomes;
}

/** What the parties keep, put together again. */
function keptRows(outcomes: readonly ComputationOutcome[], excluded: PartyId | null): bigint[][] {
  const { validRows, shareCommitments } = decodeValidityResult(outcomes[0]!.result);
  const shape = { columns: RANGES.length, rows: validRows };
  const parties = excluded === null ? PARTIES : partiesExcept(excluded);
  const packages = outcomes.map(({ opening }, index) => decodePackage(opening!, parties[index]!, shape));
  const commitments = shareCommitments.map((hex) => getBytes(hex));
  const columns = recombineTable(packages, getBytes(DATASET), commitments, shape);
  return Array.from({ length: validRows }, (_, row) => columns.map((words) => BigInt.asIntN(64, words[row]!)));
}

const wordsOf = (rows: readonly Row[]): bigint[][] => rows.map((row) => [...row]);

for (const excluded of [null, ...PARTIES] as const) {
  describe(`a check of rows ${excluded === null ? "by four" : `without ${excluded}`}`, () => {
    afterEach(() => expect(testHeap().usedBytes, "left in the heap").to.equal(0));

    it("leaves out rows out of range, and keeps the others in their order", async () => {
      const rows = [BAD[0]!, GOOD[0]!, BAD[1]!, BAD[2]!, GOOD[1]!, BAD[3]!, BAD[4]!, GOOD[2]!, BAD[5]!];
      const outcomes = await check(rows, excluded);
      expect(decodeValidityResult(outcomes[0]!.result).validRows).to.equal(GOOD.length);
      expect(keptRows(outcomes, excluded)).to.deep.equal(wordsOf(GOOD));
    });

    it("shares nothing anew where all rows are valid, or none is", async () => {
      for (const rows of [GOOD, BAD]) {
        for (const { result, opening } of await check(rows, excluded)) {
          const validRows = rows === GOOD ? rows.length : 0;
          const shareCommitments = [ZeroHash, ZeroHash, ZeroHash, ZeroHash];
          expect(decodeValidityResult(result)).to.deep.equal({ validRows, shareCommitments });
          expect(opening).to.equal(null);
        }
      }
    });

    it("takes one row, and one of two", async () => {
      expect(decodeValidityResult((await check([GOOD[0]!], excluded))[0]!.result).validRows).to.equal(1);
      const outcomes = await check([BAD[0]!, GOOD[1]!], excluded);
      expect(keptRows(outcomes, excluded)).to.deep.equal(wordsOf([GOOD[1]!]));
    });
  });
}

describe("a check of rows", () => {
  it("shows nothing of which rows are left out: what is sent, and kept, has the same lengths wherever they stand", async () => {
    const kept = new Set<string>();
    const sent = new Set<string>();
    for (const rows of [
      [BAD[0]!, ...GOOD],
      [...GOOD, BAD[4]!],
    ]) {
      const inputs = inputsOf(rows);
      const { outcomes, memory } = await runAll((session) => checkRows(session, inputs[session.network.party]!), {
        seed,
      });
      const frames = memory.events.filter(({ kind }) => kind === "sent");
      // Of each party to each other; who of them is first is a matter of chance.
      const links = Map.groupBy(frames, ({ from, to }) => `${from} to ${to}`);
      const lengths = [...links].map(([link, all]) => `${link}: ${all.map(({ payload }) => payload.length)}`);
      sent.add(lengths.toSorted().join());
      kept.add(
        allOf<ComputationOutcome>({ outcomes, memory })
          .map(({ opening }) => opening!.length)
          .join(),
      );
    }
    expect([sent.size, kept.size]).to.deep.equal([1, 1]);
  });

  it("takes long columns in pieces, wide tables a few columns at a time", async () => {
    const rows = Array.from({ length: 300 }, (_, row): Row => (row % 30 === 0 ? BAD[1]! : [BigInt(row + 1), 1n, 5n]));
    for (const wordsAtOnce of [64, 640]) {
      const outcomes = await check(rows, null, wordsAtOnce);
      expect(keptRows(outcomes, null)).to.deep.equal(wordsOf(rows.filter((row) => row !== BAD[1])));
    }
  });
});
