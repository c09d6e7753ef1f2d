/** Protected groups over any `Mpc`: what is opened is what the rule says, and gives no small group away. */
import { trace } from "@sharebridge/algorithms/language/builder.ts";
import type { Contributions } from "@sharebridge/algorithms/language/contributions.ts";
import type { Program, Protection } from "@sharebridge/algorithms/language/program.ts";
import { evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import { openGroups } from "@sharebridge/mpc-nodes/vm/suppress.ts";
import { expect } from "chai";
import fc from "fast-check";
import { seed } from "../support/seed.ts";
import type { MpcRunner } from "./mpc-runner.ts";
import { outputsOf } from "./program.suite.ts";

interface GroupCase {
  readonly groups: number;
  /** By row: the group, or the number of groups for a row in none. */
  readonly groupOf: readonly number[];
  readonly protection: Omit<Protection, "groups">;
  readonly contributions: Contributions;
}

/** Sizes about the minimum, on every side of it. */
const groupCase: fc.Arbitrary<GroupCase> = fc
  .record({
    groups: fc.integer({ min: 1, max: 5 }),
    runs: fc.array(fc.record({ rows: fc.nat(9), seller: fc.nat(4) }), { minLength: 1, maxLength: 7 }),
    picks: fc.array(fc.nat(), { minLength: 70, maxLength: 70 }),
    spread: fc.integer({ min: 1, max: 6 }),
    minimumRows: fc.integer({ min: 1, max: 7 }),
    minimumSellers: fc.integer({ min: 1, max: 4 }),
    maximumPercent: fc.constantFrom(100, 100, 80, 50, 34),
    policy: fc.record({ minimumRows: fc.constantFrom(1, 1, 1, 4), minimumSellers: fc.constantFrom(1, 1, 2) }),
  })
  .map(({ groups, runs, picks, spread, minimumRows, minimumSellers, maximumPercent, policy }) => {
    const rows = runs.reduce((sum, run) => sum + run.rows, 0);
    return {
      groups,
      groupOf: picks.slice(0, rows).map((pick) => Math.min(groups, pick % spread)),
      protection: { minimumRows, minimumSellers, maximumPercent },
      // Seller 0 is the buyer.
      contributions: { runs: runs.map((run) => ({ ...run, seller: `0xA${run.seller}` })), buyer: "0xa0", ...policy },
    };
  });

/** The rule, written as it is said in `groups.ts`, row by row. */
function expectedOf({ groups, groupOf, protection, contributions }: GroupCase): boolean[] {
  const sellerOf = contributions.runs.flatMap(({ rows, seller }) => Array<string>(rows).fill(seller));
  const least = Math.max(protection.minimumRows, contributions.minimumRows);
  const leastSellers = Math.max(protection.minimumSellers, contributions.minimumSellers);
  const fails = Array.from({ length: groups + 1 }, (_, group) => {
    const counted = sellerOf.filter((seller, row) => groupOf[row] === group && seller !== "0xA0");
    const sellers = [...new Set(counted)];
    if (group === groups && counted.length === 0) return false;
    const most = Math.max(0, ...sellers.map((seller) => counted.filter((each) => each === seller).length));
    const isDominated = group < groups && most > (counted.length * protection.maximumPercent) / 100;
    return counted.length < least || sellers.length < leastSellers || isDominated;
  });
  const spared = fails.includes(true) ? fails.slice(0, groups).indexOf(false) : -1;
  return fails.slice(0, groups).map((fail, group) => !fail && group !== spared);
}

const cells = ["a", "b", "c", "d"];

/** Count and sum of x for each cell of a partition. */
export function tabulation(minimum: { minimumRows: number; minimumSellers: number } | undefined): Program {
  return trace(
    {
      name: "tabulation",
      description: "Count and sum by cell.",
      columns: [
        { name: "x", kind: "number", fractionBits: 0, minimum: "0", maximum: "1000" },
        { name: "cell", kind: "category", categories: cells },
      ],
      maximumRows: 1_000,
      ...(minimum === undefined ? {} : { protection: minimum }),
    },
    (t) => {
      for (const cell of cells) {
        const member = t.isCategory("cell", cell);
        const group = minimum === undefined ? undefined : t.group(cell, member);
        t.finish(`count_${cell}`, "Count", t.output(`count_${cell}`, t.count(member), group));
        t.output(`sum_${cell}`, t.dot(t.number(member), t.input("x")), group);
      }
    },
  );
}

/** Twelve rows of six sellers: a, b, c have their share; one row is in d. */
export const attacked = (() => {
  const cellOf = [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 3];
  const x = cellOf.map((cell, row) => 100 * cell + row);
  const words = new Map([
    ["x", BigUint64Array.from(x, BigInt)],
    ["cell", BigUint64Array.from(cellOf, BigInt)],
  ]);
  const contributions: Contributions = {
    runs: Array.from({ length: 6 }, (_, seller) => ({ rows: 2, seller: `0x${seller}` })),
    buyer: "0xb",
    minimumRows: 1,
    minimumSellers: 1,
  };
  return { words, rows: cellOf.length, parameters: [], contributions };
})();

/** What the number of all rows and the counts that are opened leave over for the cells that are not. */
function leftOver(program: Program, answer: readonly bigint[]): { rows: bigint; cells: string[] } {
  const counts = cells.map((cell) => answer[program.outputs.findIndex(({ name }) => name === `count_${cell}`)]!);
  const hidden = cells.filter((_, cell) => answer[program.outputs.length + cell] === 0n);
  return { rows: BigInt(attacked.rows) - counts.reduce((sum, count) => sum + count, 0n), cells: hidden };
}

export function groupsSuite(runner: MpcRunner, runs: number): void {
  describe(`protected groups: ${runner.name}`, () => {
    it("are opened as the rule says: rows, sellers, dominance, the rest, the first that passes", async () => {
      const met = new Set<string>();
      for (const each of fc.sample(groupCase, { seed, numRuns: runs })) {
        const { groups, groupOf, protection, contributions } = each;
        const columns = Array.from({ length: groups }, (_, group) => groupOf.map((own) => (own === group ? 1n : 0n)));
        const named = columns.map((_, member) => ({ name: `g${member}`, member }));
        const expected = expectedOf(each);
        for (const open of expected) met.add(open ? "opened" : "suppressed");
        for (const kind of ["numbers", "bits"] as const) {
          const [opened] = await runner.run(
            columns.map((words) => ({ words, word: 64 })),
            async (mpc, vectors) => {
              const members =
                kind === "numbers" ? vectors : columns.map((words) => mpc.publicBits(BigUint64Array.from(words), 1));
              return [await openGroups(mpc, { ...protection, groups: named }, [{ members, contributions }])];
            },
          );
          expect(opened, JSON.stringify(each)).to.deep.equal(expected.map((open) => (open ? 1n : 0n)));
        }
      }
      expect([...met]).to.have.members(["opened", "suppressed"]);
    }).timeout(120_000);

    it("hide a cell of one row from whoever subtracts the others from the number of rows", async () => {
      const program = tabulation({ minimumRows: 3, minimumSellers: 2 });
      const answer = await outputsOf(runner, { ...attacked, program }, attacked.contributions);
      expect(answer).to.deep.equal(
        evaluateWords(program, attacked.words, [], attacked.rows, undefined, attacked.contributions),
      );
      // d has one row; a, the first that has enough, goes with it.
      expect(leftOver(program, answer)).to.deep.equal({ rows: 5n, cells: ["a", "d"] });
      program.outputs.forEach(({ group }, index) => {
        if (group === "a" || group === "d") expect(answer[index]).to.equal(0n);
        else expect(answer[index] > 0n).to.equal(true);
      });
    });

    it("are what hides it: without them the same answer tells its row", async () => {
      const program = tabulation(undefined);
      const answer = await outputsOf(runner, { ...attacked, program });
      const at = (name: string) => answer[program.outputs.findIndex((output) => output.name === name)];
      expect([at("count_d"), at("sum_d")]).to.deep.equal([1n, 311n]);
    });
  });
}
