/** Of how many rows and sellers a program's numbers are, and what a market may say of its program. */
import { type Tracer, trace } from "@sharebridge/algorithms/language/builder.ts";
import { cohortShortfall, exposureOf } from "@sharebridge/algorithms/language/cohort.ts";
import { costText, privacyTermsOf, termsMismatch } from "@sharebridge/algorithms/language/market-terms.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { correlationMatrix, descriptiveStatistics, payGap, welchTTest } from "@sharebridge/algorithms/library/index.ts";
import { privateHistogram } from "@sharebridge/algorithms/library/private-histogram.ts";
import { expect } from "chai";
import { unprotected } from "../support/unprotected.ts";

const definition = {
  name: "test",
  description: "For a test.",
  columns: [
    { name: "x", kind: "number" as const, fractionBits: 0, minimum: "0", maximum: "100" },
    { name: "y", kind: "number" as const, fractionBits: 0, minimum: "0", maximum: "100" },
    { name: "sex", kind: "category" as const, categories: ["f", "m"] },
  ],
  maximumRows: 100,
};
const program = (body: (t: Tracer) => void) => trace(definition, body);
const exposure = (body: (t: Tracer) => void) => exposureOf(program(body));
const pool = (runs: [number, string][], minimumRows: number, minimumSellers: number) => ({
  runs: runs.map(([rows, seller]) => ({ rows, seller })),
  ...{ buyer: "0xB", minimumRows, minimumSellers },
});
const noised = { epsilonMillionths: 1_500_000n, deltaE18: 10n ** 9n, unit: "row" as const };

describe("what a program opens numbers about", () => {
  it("the whole pool: sums of arithmetic on number columns, and whatever is made of these alone", () => {
    expect(exposure((t) => t.output("o", t.sum(t.input("x"))))).to.equal("pool");
    expect(exposure((t) => t.output("o", t.dot(t.input("x"), t.input("y"))))).to.equal("pool");
    expect(exposure((t) => t.output("o", t.sum(t.multiply(t.input("x"), t.input("y")))))).to.equal("pool");
    expect(
      exposure((t) => {
        const [x, y] = [t.sum(t.encoded("x")), t.sum(t.encoded("y"))];
        t.output("o", t.number(t.less(x, y)));
      }),
    ).to.equal("pool");
    expect(exposureOf(correlationMatrix)).to.equal("pool");
  });

  it("parts: categories, comparisons, extremes and orders pick rows out", () => {
    const parts: ((t: Tracer) => void)[] = [
      (t) => t.output("o", t.sum(t.input("sex"))),
      (t) => t.output("o", t.dot(t.input("sex"), t.input("x"))),
      (t) => t.output("o", t.count(t.isCategory("sex", "f"))),
      (t) => t.output("o", t.sum(t.number(t.less(t.encoded("x"), t.constant("5", 0))))),
      (t) => t.output("o", t.minimum(t.encoded("x"))),
      (t) => t.output("o", t.add(t.sum(t.encoded("x")), t.maximum(t.encoded("x")))),
    ];
    for (const body of parts) expect(exposure(body), body.toString()).to.equal("parts");
    expect(exposureOf(descriptiveStatistics)).to.equal("parts");
    expect(exposureOf(unprotected(welchTTest))).to.equal("parts");
  });

  it("parts: a sum over a column with gaps is one of the rows that have a value", () => {
    const gap = {
      name: "gap",
      kind: "number" as const,
      fractionBits: 0,
      minimum: "0",
      maximum: "100",
      optional: true as const,
    };
    const columns = [...definition.columns, gap];
    const sums = ["inputOr", "encodedOr"] as const;
    for (const read of sums) {
      const total = trace({ ...definition, columns }, (t) => t.output("o", t.sum(t[read]("gap", "0"))));
      expect(exposureOf(total), read).to.equal("parts");
    }
  });

  it("one output of a part makes it parts", () => {
    expect(
      exposure((t) => {
        t.output("o", t.sum(t.input("x")));
        t.output("p", t.maximum(t.encoded("x")));
      }),
    ).to.equal("parts");
  });

  it("groups, where the program protects them; noise, where it costs privacy", () => {
    expect(exposureOf(payGap)).to.equal("groups");
    expect(exposureOf(unprotected(payGap))).to.equal("parts");
    expect(exposureOf(privateHistogram)).to.equal("noised");
    expect(cohortShortfall(privateHistogram, pool([[1, "a"]], 50, 9))).to.equal(null);
  });
});

describe("a pool that is too small for what sellers demand", () => {
  const totals = program((t) => t.output("o", t.sum(t.input("x"))));
  const of = (contributions: ReturnType<typeof pool>, asked: Program = totals) => cohortShortfall(asked, contributions);

  it("counts rows and sellers without the buyer's", () => {
    expect(
      of(
        pool(
          [
            [3, "a"],
            [2, "c"],
          ],
          5,
          2,
        ),
      ),
    ).to.equal(null);
    expect(
      of(
        pool(
          [
            [3, "a"],
            [2, "0xb"],
          ],
          5,
          1,
        ),
      ),
    ).to.match(/3 rows of 1 sellers; 5 of 1 are demanded/);
    expect(
      of(
        pool(
          [
            [3, "a"],
            [3, "A"],
          ],
          5,
          2,
        ),
      ),
    ).to.match(/6 rows of 1 sellers/);
    expect(of(pool([[3, "0xb"]], 1, 2))).to.match(/0 rows of 0 sellers/);
  });

  it("is none where nothing is demanded", () => {
    expect(of(pool([[1, "0xb"]], 1, 1))).to.equal(null);
    expect(of(pool([[1, "a"]], 0, 0), unprotected(payGap))).to.equal(null);
  });

  it("is left to the run of a protected program, and never enough for one that opens parts", () => {
    expect(of(pool([[1, "a"]], 5, 2), payGap)).to.equal(null);
    expect(
      of(
        pool(
          [
            [50, "a"],
            [50, "c"],
          ],
          5,
          2,
        ),
        unprotected(payGap),
      ),
    ).to.match(/pay_gap opens numbers about parts/);
  });
});

describe("a market's terms", () => {
  it("say what the program costs, and the group that it opens at least", () => {
    const exact = { epsilonPerRequest: 0n, deltaPerRequest: 0n };
    expect(privacyTermsOf(payGap)).to.deep.equal({ ...exact, cohortRows: 5, cohortSellers: 2 });
    expect(privacyTermsOf(unprotected(payGap))).to.deep.equal({ ...exact, cohortRows: 0, cohortSellers: 0 });
    const { protection, ...rest } = payGap;
    const sellersOnly = { ...rest, protection: { ...protection!, minimumRows: 1, minimumSellers: 3 } };
    expect(privacyTermsOf(sellersOnly)).to.include({ cohortRows: 3, cohortSellers: 3 });
    expect(privacyTermsOf(unprotected(payGap), noised)).to.include({
      epsilonPerRequest: 1_500_000n,
      deltaPerRequest: 10n ** 9n,
    });
  });

  it("may promise larger groups than a protected program's own, and any of a pool's sums or a noised program", () => {
    const larger = { ...privacyTermsOf(payGap), cohortRows: 50, cohortSellers: 9 };
    expect(termsMismatch(payGap, larger)).to.equal(null);
    expect(termsMismatch(correlationMatrix, { ...larger, cohortSellers: 50 })).to.equal(null);
    const parts = unprotected(payGap);
    expect(termsMismatch(parts, larger)).to.match(/promise groups of 50 rows of 9 sellers; the program pay_gap opens/);
    expect(termsMismatch(parts, { ...larger, ...privacyTermsOf(parts, noised), cohortRows: 50 }, noised)).to.equal(
      null,
    );
  });

  it("of a program that adds noise are what its noise costs", () => {
    const terms = privacyTermsOf(privateHistogram);
    expect(terms).to.include({ epsilonPerRequest: 500_000n, cohortRows: 0 });
    expect(terms.deltaPerRequest > 0n).to.equal(true);
    expect(termsMismatch(privateHistogram, terms)).to.equal(null);
    expect(termsMismatch(privateHistogram, { ...terms, epsilonPerRequest: 0n, deltaPerRequest: 0n })).to.be.a("string");
  });

  it("must not say another cost than the program's", () => {
    const terms = privacyTermsOf(payGap, noised);
    expect(termsMismatch(payGap, terms, noised)).to.equal(null);
    expect(termsMismatch(payGap, terms)).to.match(
      /a request costs epsilon 1\.5 and delta 0\.000000001; the program pay_gap costs epsilon 0 and delta 0$/,
    );
    for (const change of [{ epsilonPerRequest: 1_499_999n }, { deltaPerRequest: 0n }]) {
      expect(termsMismatch(payGap, { ...terms, ...change }, noised)).to.be.a("string");
    }
  });

  it("are written in exact decimals", () => {
    expect(costText(0n, 1n)).to.equal("epsilon 0 and delta 0.000000000000000001");
    expect(costText(12_000_001n, 0n)).to.equal("epsilon 12.000001 and delta 0");
  });
});
