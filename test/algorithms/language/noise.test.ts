/** Noise in programs: how much follows from what one row or seller can change, what it costs, what is refused, and what readers are told. */
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { type Definition, type Secret, type Tracer, trace } from "@sharebridge/algorithms/language/builder.ts";
import { checkProgram } from "@sharebridge/algorithms/language/check.ts";
import { disclosureStatement } from "@sharebridge/algorithms/language/disclosure.ts";
import { decodeProgram, encodeProgram } from "@sharebridge/algorithms/language/encode.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { expression } from "@sharebridge/algorithms/language/expression.ts";
import { finish, outputFigures } from "@sharebridge/algorithms/language/finish.ts";
import { likelyNoise } from "@sharebridge/algorithms/language/noise/mechanism.ts";
import { rowAt } from "@sharebridge/algorithms/language/position.ts";
import { printProgram } from "@sharebridge/algorithms/language/print.ts";
import { privacyCostOf } from "@sharebridge/algorithms/language/privacy-cost.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { toNumber } from "@sharebridge/algorithms/language/rational.ts";
import { evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import { library } from "@sharebridge/algorithms/library/index.ts";
import { expect } from "chai";
import { gaussianWeights, laplaceProbabilities, PRECISION } from "../../mpc-nodes/support/exact-distributions.ts";
import { expectCloseTo } from "../../support/close-to.ts";

const definition: Definition = {
  name: "test",
  description: "For a test.",
  columns: [
    { name: "x", kind: "number", fractionBits: 0, minimum: "-20", maximum: "100" },
    { name: "y", kind: "number", fractionBits: 4, minimum: "0", maximum: "5" },
    { name: "sex", kind: "category", categories: ["f", "m"] },
    { name: "job", kind: "category", categories: ["clerk", "cook", "smith"] },
  ],
  parameters: [{ name: "p", fractionBits: 0, minimum: "-3", maximum: "2" }],
  maximumRows: 1_000,
  privacy: { unit: "row" },
};
const EPSILON = { epsilon: "0.5" };

const traced = (body: (t: Tracer) => void, changes: Partial<Definition> = {}): Program =>
  trace({ ...definition, ...changes }, body);

/** What is refused: the code, the operation that is named, and the line of the call. */
function refusal(body: (t: Tracer) => void, changes: Partial<Definition> = {}): ProgramError {
  try {
    traced(body, changes);
  } catch (error) {
    if (error instanceof ProgramError) return error;
    throw error;
  }
  throw new Error("it was taken");
}

const codeOf = (body: (t: Tracer) => void, changes: Partial<Definition> = {}) => refusal(body, changes).code;

function outputs(t: Tracer, values: readonly Secret<"scalar">[]): void {
  for (const [index, value] of values.entries()) t.output(`o${index}`, value);
}

/** Sensitivity of values that are noised together. */
function sensitivities(values: (t: Tracer) => Secret<"scalar">[], changes: Partial<Definition> = {}): [bigint, bigint] {
  const of = (noise: (t: Tracer) => Secret<"scalar">[]) => {
    const program = traced((t) => outputs(t, noise(t)), changes);
    return [...analyse(program).noise.values()][0].sensitivity;
  };
  return [
    of((t) => t.laplace(values(t), EPSILON)),
    of((t) => t.gaussian(values(t), { ...EPSILON, delta: "0.000001" })),
  ];
}

describe("noise: the sensitivity", () => {
  it("of one sum is the width of what a row adds to it, in words", () => {
    expect(sensitivities((t) => [t.sum(t.input("x"))])).to.deep.equal([120n, 14_400n]);
    expect(sensitivities((t) => [t.sum(t.encoded("y"))])).to.deep.equal([80n, 6_400n]);
    expect(sensitivities((t) => [t.count(t.isCategory("job", "cook"))])).to.deep.equal([1n, 1n]);
    expect(sensitivities((t) => [t.dot(t.input("x"), t.input("y"))])).to.deep.equal([120n * 80n, (120n * 80n) ** 2n]);
    expect(sensitivities((t) => [t.dot(t.input("x"), t.input("x"))])).to.deep.equal([10_000n, 10_000n ** 2n]);
    expect(sensitivities((t) => [t.sum(t.smaller(t.input("x"), t.constant("10", 0)))])).to.deep.equal([30n, 900n]);
  });

  it("of a linear combination with public numbers is that of the row's part", () => {
    const x = (t: Tracer) => t.sum(t.input("x"));
    expect(sensitivities((t) => [t.add(x(t), t.rows())])[0]).to.equal(120n);
    expect(sensitivities((t) => [t.subtract(t.constant("7", 0), x(t))])[0]).to.equal(120n);
    expect(sensitivities((t) => [t.add(x(t), t.count(t.isCategory("sex", "f")))])[0]).to.equal(121n);
    expect(sensitivities((t) => [t.subtract(x(t), x(t))])[0]).to.equal(240n);
    expect(sensitivities((t) => [t.multiply(x(t), t.constant("-2", 0))])[0]).to.equal(240n);
    // A parameter of at most 3 in size; both words of the hull are of one parameter.
    expect(sensitivities((t) => [t.multiply(t.parameter("p"), x(t))])[0]).to.equal(500n);
  });

  it("of several together counts a row in one cell at most, where cells are proven disjoint", () => {
    const jobs = ["clerk", "cook", "smith"];
    const counts = (t: Tracer) => jobs.map((job) => t.count(t.isCategory("job", job)));
    expect(sensitivities(counts)).to.deep.equal([2n, 2n]);
    const edges = ["0", "10", "20", "30", "40", "50"];
    const bins = (t: Tracer) => {
      const below = edges.map((edge) => t.less(t.encoded("x"), t.constant(edge, 0)));
      return [below[0], ...below.slice(1).map((bit, index) => t.xor(bit, below[index])), t.not(below[5])].map((bit) =>
        t.count(bit),
      );
    };
    expect(sensitivities(bins)).to.deep.equal([2n, 2n]);
    // Counts and sums of the same cells: a row leaves a count and a sum of up to 100, and enters another two.
    const both = (t: Tracer) =>
      jobs.flatMap((job) => {
        const member = t.isCategory("job", job);
        return [t.count(member), t.dot(t.number(member), t.input("x"))];
      });
    expect(sensitivities(both)).to.deep.equal([202n, 2n * (1n + 100n ** 2n)]);
    // Within one cell: from -20 to 100.
    const alone = (t: Tracer) => [t.dot(t.number(t.isCategory("job", "cook")), t.input("x"))];
    expect(sensitivities(alone)[0]).to.equal(120n);
  });

  it("of several that overlap, or are not proven not to, is the sum", () => {
    const overlapping = (t: Tracer) =>
      ["0", "10", "20"].map((edge) => t.count(t.less(t.encoded("x"), t.constant(edge, 0))));
    expect(sensitivities(overlapping)).to.deep.equal([3n, 3n]);
    const twoGroupings = (t: Tracer) => [
      ...["clerk", "cook", "smith"].map((job) => t.count(t.isCategory("job", job))),
      ...["f", "m"].map((sex) => t.count(t.isCategory("sex", sex))),
    ];
    // A row moves two counts of each grouping; the second grouping is not seen as one, so its counts stand alone.
    expect(sensitivities(twoGroupings)).to.deep.equal([4n, 4n]);
    const sameTwice = (t: Tracer) => {
      const count = t.count(t.isCategory("job", "cook"));
      return [count, count];
    };
    expect(sensitivities(sameTwice)).to.deep.equal([2n, 2n]);
  });

  it("of a seller is that of as many rows as it may have", () => {
    const counts = (t: Tracer) => ["clerk", "cook"].map((job) => t.count(t.isCategory("job", job)));
    expect(sensitivities(counts, { privacy: { unit: "seller", maximumRows: 7 } })).to.deep.equal([14n, 98n]);
  });

  it("does not follow from the request: fewer rows or other parameters have the same noise", () => {
    const program = traced((t) => t.output("a", t.laplace(t.multiply(t.sum(t.input("x")), t.parameter("p")), EPSILON)));
    expect([...analyse(program, 3, [1n]).noise]).to.deep.equal([...analyse(program).noise]);
  });
});

describe("noise: what is refused", () => {
  const noised = (value: (t: Tracer) => Secret<"scalar">) => (t: Tracer) => t.output("a", t.laplace(value(t), EPSILON));

  it("rounding before noise: its chance is another one in the next attempt", () => {
    const rounding: ((t: Tracer) => Secret<"scalar">)[] = [
      (t) => t.truncate(t.sum(t.input("y")), 2),
      (t) => t.sum(t.truncate(t.input("y"), 2)),
      (t) => t.sum(t.divide(t.encoded("x"), t.encoded("y"), 4)),
      (t) => t.squareRoot(t.sum(t.encoded("y")), 4),
      (t) => t.sum(t.exponential(t.computed(t.multiply(t.input("y"), t.constant("1", 4))), 4)),
      (t) => t.sum(t.sigmoid(t.multiply(t.input("y"), t.constant("1", 4)))),
    ];
    for (const value of rounding) expect(codeOf(noised(value)), String(value)).to.equal("RoundedBeforeNoise");
    expect(refusal(noised(rounding[0])).message).to.match(
      /^instruction 3 \(laplace\): value 2 cannot be noised: instruction 2 \(truncate\): rounds by chance/,
    );
  });

  it("what hangs on other rows than its own, or is not linear in sums", () => {
    const unproven: ((t: Tracer) => Secret<"scalar">)[] = [
      (t) => t.minimum(t.input("x")),
      (t) => t.maximum(t.input("x")),
      (t) => t.at(t.input("x"), rowAt(0)),
      (t) => t.sum(t.prefixSum(t.input("x"))),
      (t) => t.sum(t.previous(t.input("x"))),
      (t) => t.sum(t.arrange(t.order(t.encoded("x")), t.input("y"))),
      (t) => t.dot(t.previous(t.input("x")), t.input("x")),
      (t) => t.sum(t.multiply(t.input("x"), t.sum(t.encoded("x")))),
      (t) => t.count(t.less(t.encoded("x"), t.sum(t.encoded("x")))),
      (t) => t.multiply(t.sum(t.input("x")), t.sum(t.input("x"))),
      (t) => t.smaller(t.sum(t.input("x")), t.sum(t.input("x"))),
      (t) => t.number(t.less(t.sum(t.encoded("x")), t.constant("5", 0))),
      (t) => t.select(t.less(t.sum(t.encoded("x")), t.constant("5", 0)), t.rows(), t.constant("0", 0)),
    ];
    for (const value of unproven) expect(codeOf(noised(value)), String(value)).to.equal("UnprovenSensitivity");
  });

  it("names the author's line", () => {
    const { site, instruction } = refusal((t) => {
      const least = t.minimum(t.input("x"));
      t.output("a", t.laplace(least, EPSILON)); // this line
    });
    expect(instruction).to.equal(2);
    expect(site?.file).to.match(/noise\.test\.ts$/);
    expect(site?.line).to.be.greaterThan(100);
  });

  it("noised values together with others, in what noise is not followed through, or noised again", () => {
    const noisy = (t: Tracer) => t.laplace(t.sum(t.input("x")), EPSILON);
    const uses: ((t: Tracer) => Secret<"scalar">)[] = [
      (t) => t.add(noisy(t), t.sum(t.input("x"))),
      (t) => t.multiply(t.sum(t.input("x")), noisy(t)),
      (t) => t.larger(noisy(t), t.sum(t.input("x"))),
      (t) => t.sum(t.multiply(t.input("x"), noisy(t))),
      (t) => t.divide(noisy(t), t.rows(), 4),
      (t) => t.squareRoot(t.multiply(noisy(t), noisy(t)), 0),
      (t) => t.computed(noisy(t)),
      (t) => t.number(t.less(noisy(t), t.constant("1", 0))),
      (t) => t.laplace(noisy(t), EPSILON),
    ];
    for (const use of uses)
      expect(
        codeOf((t) => t.output("a", use(t))),
        String(use),
      ).to.equal("NoisedOperand");
    const clean = (t: Tracer) => t.laplace(t.sum(t.input("y")), EPSILON);
    const afterwards: ((t: Tracer) => Secret<"scalar">)[] = [
      (t) => t.add(clean(t), t.constant("1", 4)),
      (t) => t.subtract(clean(t), clean(t)),
      (t) => t.multiply(clean(t), t.rows()),
      (t) => t.multiply(clean(t), clean(t)),
      (t) => t.truncate(clean(t), 2),
      (t) => t.larger(clean(t), t.constant("0", 4)),
    ];
    for (const use of afterwards) expect(privacyCostOf(traced((t) => t.output("a", use(t))))).not.to.equal(null);
  });

  it("noise beside protected groups, without a unit, a unit without noise, and too many distributions", () => {
    const protection = { minimumRows: 2, minimumSellers: 1 };
    const grouped = (t: Tracer) => {
      const member = t.isCategory("sex", "f");
      t.output("a", t.laplace(t.count(member), EPSILON), t.group("f", member));
    };
    expect(codeOf(grouped, { protection })).to.equal("NoiseInGroups");
    const program = traced((t) => t.output("a", t.laplace(t.sum(t.input("x")), EPSILON)));
    const { privacy: _, ...without } = program;
    expect(() => checkProgram(without))
      .to.throw(ProgramError)
      .with.property("code", "MissingPrivacyUnit");
    expect(codeOf((t) => t.output("a", t.sum(t.input("x"))))).to.equal("UnusedPrivacyUnit");
    const many = (count: number) => (t: Tracer) => {
      for (let k = 0; k < count; k++) t.output(`o${k}`, t.laplace(t.sum(t.input("x")), EPSILON));
    };
    expect(codeOf(many(33))).to.equal("TooMuchNoise");
    expect(privacyCostOf(traced(many(32)))?.epsilonMillionths).to.equal(16_000_000n);
  });

  it("noise in a loop; what loops come to may be noised where it is proven", () => {
    const grown = (t: Tracer, noise: boolean) =>
      t.repeat(3, [t.encoded("x")], ([column]) => {
        if (noise) t.laplace(t.sum(t.input("x")), EPSILON);
        return [t.add(column, t.encoded("x"))];
      });
    expect(codeOf((t) => t.output("a", t.laplace(t.sum(grown(t, true)[0]), EPSILON)))).to.equal("NoiseInLoop");
    expect(sensitivities((t) => [t.sum(grown(t, false)[0])])[0]).to.equal(480n);
    const prefix = refusal((t) => t.output("a", t.laplace(t.sum(t.prefixSum(grown(t, false)[0])), EPSILON)));
    expect(prefix.message).to.match(
      /^instruction 5 \(laplace\): value 4 cannot be noised: instruction 3 \(prefixSum\)/,
    );
    expect(prefix.instruction).to.equal(5);
  });

  it("noise of columns and public numbers, of mixed scales, and scalars that are not there", () => {
    const column = (t: Tracer) => t.input("x") as unknown as Secret<"scalar">;
    expect(codeOf((t) => t.laplace(column(t), EPSILON))).to.equal("WrongShape");
    const rows = (t: Tracer) => t.rows() as unknown as Secret<"scalar">;
    expect(codeOf((t) => t.laplace(rows(t), EPSILON))).to.equal("PublicOperands");
    expect(codeOf((t) => t.laplace([t.sum(t.input("x")), t.sum(t.input("y"))], EPSILON))).to.equal("MixedScales");
    const program = traced((t) => t.output("a", t.laplace(t.sum(t.input("x")), EPSILON)));
    const beyond = {
      ...program,
      instructions: [...program.instructions.slice(0, -1), { op: "noised", a: 2, index: 1 } as const],
    };
    expect(() => checkProgram(beyond))
      .to.throw(ProgramError)
      .with.property("code", "NoSuchValue");
    const apart = {
      ...program,
      instructions: [...program.instructions.slice(0, -1), { op: "noised", a: 1, index: 0 } as const],
    };
    expect(() => checkProgram(apart))
      .to.throw(ProgramError)
      .with.property("code", "WrongKind");
    // @ts-expect-error: only scalars are noised
    const _typed = (t: Tracer) => t.laplace(t.input("x"), EPSILON);
    // @ts-expect-error: Gaussian noise needs a delta
    const _gauss = (t: Tracer) => t.gaussian(t.sum(t.input("x")), EPSILON);
  });

  it("an epsilon or delta out of bounds, in the builder and in an encoding", () => {
    const total = (t: Tracer) => t.sum(t.input("x"));
    for (const epsilon of ["0", "-1", "0.0000001", "20.000001", "1e30"]) {
      expect(
        codeOf((t) => t.output("a", t.laplace(total(t), { epsilon }))),
        epsilon,
      ).to.be.oneOf(["InexactConstant", "InvalidShape"]);
    }
    for (const delta of ["0", "0.0010000001", "1e-19"]) {
      const body = (t: Tracer) => t.output("a", t.gaussian(total(t), { epsilon: "1", delta }));
      expect(codeOf(body), delta).to.be.oneOf(["InexactConstant", "InvalidShape"]);
    }
    const program = traced((t) => t.output("a", t.gaussian(total(t), { epsilon: "20", delta: "0.001" })));
    expect(decodeProgram(encodeProgram(program))).to.deep.equal(program);
    const text = new TextDecoder().decode(encodeProgram(program));
    for (const [from, to] of [
      ['"epsilonMillionths":20000000', '"epsilonMillionths":20000001'],
      ['"epsilonMillionths":20000000', '"epsilonMillionths":0'],
      ['"deltaE18":1000000000000000', '"deltaE18":1000000000000001'],
      ['"deltaE18":1000000000000000', '"deltaE18":0'],
      ['"unit":"row"', '"unit":"family"'],
      ['"unit":"row"', '"maximumRows":0,"unit":"seller"'],
      ['"unit":"row"', '"maximumRows":5,"unit":"row"'],
    ]) {
      expect(text).to.include(from);
      const forged = new TextEncoder().encode(text.replace(from, to));
      expect(() => decodeProgram(forged), to)
        .to.throw(ProgramError)
        .with.property("code", "InvalidShape");
    }
  });

  it("noise that cannot be drawn, and values that it could carry over the ring's end", () => {
    const wide: Definition["columns"] = [
      { name: "x", kind: "number", fractionBits: 0, minimum: "0", maximum: String(2 ** 44) },
    ];
    const sum = (t: Tracer) => t.output("a", t.laplace(t.sum(t.input("x")), { epsilon: "1" }));
    expect(codeOf(sum, { columns: wide })).to.equal("NoiseOutOfRange");
    const full: Definition["columns"] = [
      { name: "x", kind: "number", fractionBits: 0, minimum: "0", maximum: String(2 ** 39) },
    ];
    // 2^39 a row, 2^24 − 2^5 rows: 2^63 − 2^44 at most. Without noise it fits; noise reaches 2^45.
    const maximumRows = 2 ** 24 - 2 ** 5;
    const exactly = (t: Tracer) => t.output("a", t.sum(t.input("x")));
    expect(
      trace({ ...definition, privacy: undefined as never, columns: full, maximumRows }, exactly).maximumRows,
    ).to.equal(maximumRows);
    expect(codeOf(sum, { columns: full, maximumRows })).to.equal("Overflow");
  });

  it("a pool of which one seller has more rows than the noise hides, however many datasets they lie in", () => {
    const program = traced((t) => t.output("a", t.laplace(t.sum(t.input("x")), EPSILON)), {
      privacy: { unit: "seller", maximumRows: 3 },
    });
    const inputs = new Map(definition.columns.map(({ name }) => [name, [1n, 1n, 1n, 1n, 1n]]));
    const run = (sellers: string[]) =>
      evaluateWords(program, inputs, [0n], 5, undefined, {
        ...{ runs: sellers.map((seller) => ({ rows: 1, seller })), buyer: "0xb", minimumRows: 1, minimumSellers: 1 },
      });
    expect(run(["0xa", "0xA", "0xc", "0xc", "0xa"])).to.deep.equal([5n]);
    expect(() => run(["0xa", "0xA", "0xc", "0xa", "0xa"]))
      .to.throw(ProgramError)
      .with.property("code", "TooManyRowsOfSeller");
    // The buyer's own rows are a seller's too.
    expect(() => run(["0xb", "0xb", "0xb", "0xb", "0xc"]))
      .to.throw(ProgramError)
      .with.property("code", "TooManyRowsOfSeller");
  });
});

describe("noise: what it costs", () => {
  const sumWith = (
    noise: (t: Tracer, total: Secret<"scalar">) => Secret<"scalar">,
    changes: Partial<Definition> = {},
  ) => traced((t) => t.output("a", noise(t, t.sum(t.input("x")))), changes);

  it("is nothing that is known for a program that opens something exactly, be it one number", () => {
    for (const program of library.values()) {
      expect(privacyCostOf(program) === null, program.name).to.equal(!program.name.startsWith("private_"));
    }
    const mixed = traced((t) => {
      const total = t.sum(t.input("x"));
      t.output("a", t.laplace(total, EPSILON));
      t.output("b", total);
    });
    expect(privacyCostOf(mixed)).to.equal(null);
  });

  it("is the epsilon that is declared, and adds up over what is drawn, not over what is opened of it", () => {
    const once = sumWith((t, total) => t.laplace(total, EPSILON));
    expect(privacyCostOf(once)).to.include({ epsilonMillionths: 500_000n, unit: "row" });
    const opened = traced((t) => {
      const noisy = t.laplace(t.sum(t.input("x")), EPSILON);
      t.output("a", noisy);
      t.output("b", t.add(noisy, noisy));
    });
    expect(privacyCostOf(opened)).to.deep.equal(privacyCostOf(once));
    const twice = traced(
      (t) => {
        t.output("a", t.laplace(t.sum(t.input("x")), EPSILON));
        t.output("b", t.gaussian(t.sum(t.input("x")), { epsilon: "0.25", delta: "0.000001" }));
      },
      { privacy: { unit: "seller", maximumRows: 2 } },
    );
    const cost = privacyCostOf(twice);
    expect(cost).to.include({ epsilonMillionths: 750_000n, unit: "seller" });
    expect(cost!.deltaE18 > 10n ** 12n && cost!.deltaE18 < 10n ** 12n + 1_000n).to.equal(true);
  });

  it("never is a pure epsilon: delta has what finite precision adds, (1 + e^ε)·L·τ", () => {
    for (const [count, epsilon] of [
      [1, "0.5"],
      [40, "0.5"],
      [3, "10"],
    ] as const) {
      const program = traced((t) => {
        const total = t.sum(t.input("x"));
        const values = Array.from({ length: count }, () => total);
        outputs(t, t.laplace(values, { epsilon }));
      });
      const { deltaE18 } = privacyCostOf(program)!;
      // τ is below 2^-58 (docs/protocol/noise.md), and above 2^-64.
      const most = (1 + Math.exp(Number(epsilon))) * count * 2 ** -58 * 1e18;
      expect(Number(deltaE18))
        .to.be.at.least(1)
        .and.at.most(most + 1);
    }
  });

  it("of Laplace noise is what its scale gives, and of the Gaussian what concentrated privacy gives", () => {
    for (const epsilon of ["0.1", "1", "3.5"]) {
      const [laplace] = analyse(sumWith((t, total) => t.laplace(total, { epsilon }))).noise.values();
      expectCloseTo(toNumber(laplace.parameter), 120 / Number(epsilon), 1e-9);
      for (const delta of ["0.001", "0.000001", "0.000000000001"]) {
        const [gaussian] = analyse(sumWith((t, total) => t.gaussian(total, { epsilon, delta }))).noise.values();
        const rho = 14_400 / (2 * toNumber(gaussian.parameter));
        const reached = rho + 2 * Math.sqrt(rho * Math.log(1 / Number(delta)));
        expect(reached)
          .to.be.at.most(Number(epsilon))
          .and.at.least(Number(epsilon) * 0.9999);
      }
    }
  });

  it("is the same for the same program, and that of its encoding", () => {
    const program = sumWith((t, total) => t.gaussian(total, { epsilon: "1", delta: "0.000001" }));
    expect(privacyCostOf(decodeProgram(encodeProgram(program)))).to.deep.equal(privacyCostOf(program));
  });
});

describe("noise: what is told of it", () => {
  const program = traced((t) => {
    const count = t.laplace(t.count(t.isCategory("sex", "f")), { epsilon: "1" });
    const total = t.gaussian(t.sum(t.input("y")), { epsilon: "1", delta: "0.000001" });
    const opened = t.output("total", t.truncate(total, 2));
    const women = t.output("women", count);
    t.finish("mean", "Mean", expression.divide(opened, expression.rows));
    t.finish("each", "By women", expression.divide(opened, women));
  });

  it("errors are numerical errors, and noise stands beside them: likely, and at most", () => {
    const [total, women] = analyse(program, 100).outputs;
    const [laplace, gaussian] = analyse(program).noise.values();
    // Encoding 100 values, and the truncation.
    expect(total.absoluteError).to.equal("3.375");
    expect(women.absoluteError).to.equal("0");
    expect(toNumber(women.noise!.certain)).to.equal(Number(laplace.largest));
    expect(toNumber(women.noise!.likely)).to.equal(Number(likelyNoise(laplace, 2)));
    expectCloseTo(toNumber(total.noise!.certain), 3.375 + Number(gaussian.largest) / 16, 1e-9);
    expectCloseTo(toNumber(total.noise!.likely), 3.375 + Number(likelyNoise(gaussian, 2)) / 16, 1e-9);
    expect(women.words).to.deep.equal({ minimum: -laplace.largest, maximum: 100n + laplace.largest });
  });

  it("likely noise is what all numbers keep to together in 95 answers of 100, and not much more than that", () => {
    const counted = traced((t) => {
      const count = t.count(t.isCategory("sex", "f"));
      outputs(t, [t.laplace(count, { epsilon: "0.2" }), t.gaussian(count, { epsilon: "1", delta: "0.001" })]);
    });
    const [laplace, gaussian] = analyse(counted).noise.values();
    // The probability of more than k, once in so many draws.
    const missedIn = (draws: number, upTo: readonly bigint[], total: bigint) => (k: number) => {
      const inside = upTo.slice(0, k + 1).reduce((sum, each, x) => sum + (x === 0 ? each : 2n * each), 0n);
      return 1 - (Number((inside << 60n) / total) / 2 ** 60) ** draws;
    };
    const { probabilities } = laplaceProbabilities(laplace.parameter, 200);
    const { weights, total } = gaussianWeights(gaussian.parameter, 60);
    for (const draws of [1, 7, 256]) {
      const laplaceMissed = missedIn(draws, probabilities, 1n << PRECISION);
      const gaussianMissed = missedIn(draws, weights, total);
      const [k, q] = [laplace, gaussian].map((noise) => Number(likelyNoise(noise, draws)));
      expect(laplaceMissed(k)).to.be.at.most(0.05);
      expect(laplaceMissed(k - 2)).to.be.greaterThan(0.05);
      expect(gaussianMissed(q)).to.be.at.most(0.05);
      expect(gaussianMissed(Math.floor(q * 0.65))).to.be.greaterThan(0.05);
    }
  });

  it("figures have both, where noise may decide whether there is one too", () => {
    const shown = outputFigures(program, [800n, 50n], { rows: 100 });
    expect(shown[0]).to.include({ name: "total", value: 200, error: 3.375 });
    const [mean, each] = finish(program, [800n, 50n], { rows: 100 });
    if (mean.undefinedReason !== undefined || each.undefinedReason !== undefined) throw new Error("they are defined");
    const [total] = analyse(program, 100).outputs;
    expectCloseTo(mean.likelyError, toNumber(total.noise!.likely) / 100, 1e-9);
    expect(each.likelyError).to.be.greaterThan(each.error);
    // A count that noise may have made of none.
    const [, few] = finish(program, [800n, 3n], { rows: 100 });
    expect(few).to.include({ likelyError: Number.POSITIVE_INFINITY });
    const exactly = traced((t) => t.output("a", t.sum(t.input("x"))), { privacy: undefined as never });
    expect(outputFigures(exactly, [5n], { rows: 100 })[0]).not.to.have.property("likelyError");
  });

  it("the listing and the statement say what noise, for whom, and that answers add up", () => {
    const listing = printProgram(program);
    expect(listing).to.match(/^private by row: epsilon 2 and delta 0\.00000100000\d+ an answer$/m);
    expect(listing).to.match(
      /= laplace %\d+, epsilon 1 : secret scalars with Laplace noise, scale 1 words for a sensitivity of 1/,
    );
    expect(listing).to.match(
      /^open women = %\d+, error at most 0 at 1000 rows, with its noise 5 in 95 answers of 100$/m,
    );
    const statement = disclosureStatement(program);
    expect(statement).to.match(/- women, computed over all rows from sex, with noise\n/);
    expect(statement).to.match(/- Laplace, epsilon 1 and delta [\d.]+ an answer: women\n/);
    expect(statement).to.match(/one row has other values within the declared ranges/);
    expect(statement).to.match(/the epsilon and delta of all answers about the same data add up/);
    expect(statement).not.to.match(/No noise is added/);
    const mixed = traced((t) => {
      t.output("a", t.laplace(t.sum(t.input("x")), EPSILON));
      t.output("b", t.sum(t.input("x")));
    });
    expect(printProgram(mixed)).to.match(/^private by row: not bounded, for something is opened exactly$/m);
    expect(disclosureStatement(mixed)).to.match(/- No noise is added to b\. .* this is not differential privacy/);
    expect(disclosureStatement(mixed)).to.match(/opened without noise, this bounds nothing/);
    const sellers = traced((t) => t.output("a", t.laplace(t.sum(t.input("x")), EPSILON)), {
      privacy: { unit: "seller", maximumRows: 12 },
    });
    expect(disclosureStatement(sellers)).to.match(/no pool in which a seller has more than 12/);
  });
});
