import { type Secret, type SecretBit, type Tracer, trace } from "@sharebridge/algorithms/language/builder.ts";
import { leastRowsOf } from "@sharebridge/algorithms/language/cohort.ts";
import { disclosureStatement } from "@sharebridge/algorithms/language/disclosure.ts";
import { groupStatistics } from "@sharebridge/algorithms/library/index.ts";
import { expect } from "chai";

function program(body: (t: Tracer, group: SecretBit<"column">, wage: Secret<"column">) => Secret<"scalar">[]) {
  return trace(
    {
      name: "test",
      description: "For a test.",
      columns: [
        { name: "wage", kind: "number", fractionBits: 4, minimum: "0", maximum: "500" },
        { name: "hours", kind: "number", fractionBits: 0, minimum: "0", maximum: "80" },
        { name: "job", kind: "category", categories: ["a", "b", "c"] },
      ],
      maximumRows: 1_000,
    },
    (t) => {
      const outputs = body(t, t.isCategory("job", "b"), t.input("wage"));
      for (const [index, value] of outputs.entries()) t.output(`o${index}`, value);
    },
  );
}

describe("minimum cohorts", () => {
  it("are seen where the builder writes them: counts, and sums of powers of a column", () => {
    expect(leastRowsOf(groupStatistics)).to.deep.equal(Array(18).fill(10));
    const some = program((t, group, wage) => {
      const cohort = t.cohort(group, 7);
      const square = t.truncate(t.multiply(wage, wage), 4);
      const counted = t.count(group);
      const guarded = t.select(t.atLeast(counted, t.constant("5", 0)), counted, t.constant("0", 0));
      return [cohort.count, cohort.sum(wage), cohort.sum(square), t.sum(wage), guarded];
    });
    expect(leastRowsOf(some)).to.deep.equal([7, 7, 7, undefined, 5]);
    const statement = disclosureStatement(some);
    expect(statement).to.include("- o1, computed over all rows from job, wage; 0 unless it covers at least 7 rows\n");
    expect(statement).to.include("enforces a minimum group only where this is said above");
  });

  it("are not seen in what only looks like one", () => {
    const others = program((t, group, wage) => {
      const other = t.isCategory("job", "c");
      const [count, zero] = [t.count(group), t.constant("0", 0)];
      const enough = t.atLeast(count, t.constant("7", 0));
      const nothing = t.constant("0", 4);
      const cohort = t.cohort(group, 7);
      return [
        // Another group is counted than is summed.
        t.select(enough, t.dot(t.number(other), wage), nothing),
        t.select(enough, t.count(other), zero),
        // The column that is summed selects among the rows of the group.
        cohort.sum(t.multiply(t.number(other), wage)),
        cohort.sum(t.multiply(t.input("hours"), wage)),
        cohort.sum(t.input("job")),
        cohort.sum(t.select(other, wage, nothing)),
        // Something else is opened of a small group.
        t.select(enough, count, t.constant("1", 0)),
        t.select(enough, t.dot(t.number(group), wage), t.sum(wage)),
        // The wrong way round; with no bound; by something other than a count.
        t.select(t.less(count, t.constant("7", 0)), count, zero),
        t.cohort(group, 0).count,
        t.select(t.atLeast(t.sum(t.encoded("hours")), t.constant("7", 0)), count, zero),
        // Extremes are of one row however many there are.
        t.select(enough, t.minimum(wage), nothing),
      ];
    });
    expect(leastRowsOf(others)).to.deep.equal(Array(12).fill(undefined));
    expect(disclosureStatement(others)).to.include("The computation enforces no minimum group.");
  });
});
