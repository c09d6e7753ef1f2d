/** Programs with noise, as nodes run them: what is added, to what, how wide it is, and that it is the same in every attempt. */
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { type Tracer, trace } from "@sharebridge/algorithms/language/builder.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import type { Rational } from "@sharebridge/algorithms/language/rational.ts";
import { evaluateWords } from "@sharebridge/algorithms/language/reference.ts";
import { toSigned } from "@sharebridge/algorithms/language/words.ts";
import { PARTIES, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { costOf } from "@sharebridge/mpc-nodes/protocol/dry/dry-mpc.ts";
import { discreteGaussian } from "@sharebridge/mpc-nodes/protocol/functions/noise/gaussian.ts";
import { discreteLaplace } from "@sharebridge/mpc-nodes/protocol/functions/noise/laplace.ts";
import type { Session } from "@sharebridge/mpc-nodes/protocol/session.ts";
import { costOfProgram } from "@sharebridge/mpc-nodes/vm/cost.ts";
import { levelsOf } from "@sharebridge/mpc-nodes/vm/levels.ts";
import { runProgram } from "@sharebridge/mpc-nodes/vm/run.ts";
import { expect } from "chai";
import { seed } from "../../support/seed.ts";
import { chiSquare } from "../support/chi-square.ts";
import { allOf, deal, failureCode, requestKeysOf, runAll, runThree, take } from "../support/parties.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { takeThree } from "../support/three-runner.ts";

const X = [3n, -7n, 19n, 20n, 0n, 11n, -20n];
const rows = X.length;
const words = new Map([["x", BigUint64Array.from(X, (word) => BigInt.asUintN(64, word))]]);

const traced = (body: (t: Tracer) => void): Program =>
  trace(
    {
      ...{ name: "noisy", description: "For a test.", maximumRows: 100, privacy: { unit: "row" } },
      columns: [{ name: "x", kind: "number", fractionBits: 0, minimum: "-20", maximum: "20" }],
    },
    body,
  );

/** Sums and counts with noise of both kinds, some together; and what is made of noised values. */
const program = traced((t) => {
  const below = ["0", "10"].map((edge) => t.less(t.encoded("x"), t.constant(edge, 0)));
  const [low, middle] = t.laplace([t.count(below[0]!), t.count(t.xor(below[0]!, below[1]!))], { epsilon: "0.5" });
  const total = t.gaussian(t.sum(t.input("x")), { epsilon: "1", delta: "0.000001" });
  t.output("low", low!);
  t.output("middle", middle!);
  t.output("total", total);
  t.output("half", t.add(t.multiply(total, t.constant("0.5", 1)), t.constant("1", 1)));
});

async function opened(session: Session, load: () => Parameters<typeof runProgram>[2], subject = program) {
  const outputs = await runProgram(subject, session.mpc, load(), [], rows);
  return (await session.mpc.open(outputs)).map(([word]) => toSigned(word!));
}

/** An attempt at a request, by four or without one of them; session keys are those of the attempt. */
async function attempt(request: number, session: number, excluded: PartyId | null = null, subject = program) {
  const dealt = deal(X, seededRandom(session, "rows"));
  const options = { seed: session, requestKeys: (party: PartyId) => requestKeysOf(party, request) };
  const run =
    excluded === null
      ? await runAll((each) => opened(each, () => new Map([["x", take(each, dealt)]]), subject), options)
      : await runThree(
          excluded,
          (each) => opened(each, () => new Map([["x", takeThree(each, dealt)]]), subject),
          options,
        );
  const [first, ...others] = allOf(run);
  for (const other of others) expect(other).to.deep.equal(first);
  return first!;
}

describe("vm: noise", () => {
  it("is added to what the program means without it, within its bound", async () => {
    const clear = evaluateWords(program, words, [], rows);
    expect(clear).to.deep.equal([2n, 2n, 26n, 28n]);
    const noisy = await attempt(1, 1);
    const { outputs } = analyse(program, rows);
    for (const [index, { noise, words: range }] of outputs.entries()) {
      expect(noise).not.to.equal(undefined);
      expect(noisy[index]! >= range.minimum && noisy[index]! <= range.maximum).to.equal(true);
    }
    expect(noisy[3]).to.equal(noisy[2]! + 2n);
    // Given the noise, the reference is exact.
    const [laplace, gaussian] = analyse(program).noise.keys();
    const drawn = (instruction: number, element: number) =>
      instruction === laplace
        ? noisy[element]! - clear[element]!
        : instruction === gaussian
          ? noisy[2]! - clear[2]!
          : 0n;
    expect(evaluateWords(program, words, [], rows, undefined, undefined, drawn)).to.deep.equal(noisy);
    expect(noisy).not.to.deep.equal(clear);
  });

  it("is the same in every attempt at a request, of four and of any three, and other noise in another request", async () => {
    const first = await attempt(1, 2);
    expect(await attempt(1, 3)).to.deep.equal(first);
    for (const excluded of PARTIES) expect(await attempt(1, 4 + excluded, excluded)).to.deep.equal(first);
    expect(await attempt(2, 2)).not.to.deep.equal(first);
  }).timeout(10_000);

  it("is rounded after it is added, so that attempts differ by their roundings of one noised value", async () => {
    const rounded = traced((t) => {
      const noisy = t.laplace(t.multiply(t.sum(t.input("x")), t.constant("1", 6)), { epsilon: "1" });
      t.output("noisy", noisy);
      t.output("rounded", t.truncate(noisy, 6));
    });
    const found = [];
    for (const session of [11, 12, 13, 14, 15, 16]) found.push(await attempt(7, session, null, rounded));
    expect(new Set(found.map(([noisy]) => noisy)).size).to.equal(1);
    for (const [noisy, whole] of found) expect([noisy! >> 6n, (noisy! >> 6n) + 1n]).to.include(whole);
  }).timeout(10_000);

  it("is refused where nobody holds keys of the request", async () => {
    const dealt = deal(X, seededRandom(1, "rows"));
    const { outcomes } = await runAll((each) => opened(each, () => new Map([["x", take(each, dealt)]])), {
      seed: 1,
      requestKeys: null,
    });
    expect(outcomes.map(failureCode)).to.include("NoRequestKeys");
  });

  it("is drawn with the first level: noise of any number of instructions adds the rounds of the slowest once", async () => {
    const [laplace, gaussian] = [
      await costOf((mpc) => discreteLaplace(mpc, 2, { scale: { numerator: 4n, denominator: 1n } })),
      await costOf((mpc) => discreteGaussian(mpc, 1, { variance: { numerator: 4n, denominator: 1n } })),
    ];
    const several = (counted: boolean) =>
      traced((t) => {
        const total = t.sum(t.input("x"));
        t.output("a", t.laplace(total, { epsilon: "1" }));
        t.output("b", t.gaussian(total, { epsilon: "1", delta: "0.000001" }));
        if (counted) t.output("c", t.laplace(t.count(t.less(t.encoded("x"), t.constant("0", 0))), { epsilon: "2" }));
      });
    expect(levelsOf(analyse(several(false)).program).map(({ interactive }) => interactive)).to.deep.equal([[], []]);
    expect((await costOfProgram(several(false), rows)).rounds).to.equal(Math.max(laplace.rounds, gaussian.rounds));
    // The comparison is done before the Gaussian, and the count follows.
    const count = await costOf((mpc) => mpc.count(mpc.constantBits(0n, 1, rows), 64));
    expect((await costOfProgram(several(true), rows)).rounds).to.equal(gaussian.rounds + count.rounds);
  });

  it("of sellers is refused where one has more rows than it hides", async () => {
    const { privacy: _, ...rest } = program;
    const bySeller: Program = { ...rest, privacy: { unit: "seller", maximumRows: 3 } };
    // Seven rows of one seller.
    const dealt = deal(X, seededRandom(1, "rows"));
    const { outcomes } = await runAll((each) => opened(each, () => new Map([["x", take(each, dealt)]]), bySeller), {
      seed: 1,
    });
    expect(outcomes.map(failureCode)).to.include("TooManyRowsOfSeller");
    expect((await costOfProgram(bySeller, rows)).rounds).to.be.greaterThan(0);
  });

  describe("has the distribution that its epsilon asks for", () => {
    // Six requests of 256 numbers each.
    const REQUESTS = 6;
    const samplesOf = async (noise: (t: Tracer) => void): Promise<{ samples: number[]; subject: Program }> => {
      const subject = traced(noise);
      const samples: number[] = [];
      for (let request = 0; request < REQUESTS; request++) {
        for (const word of await attempt(seed + request, seed + request, null, subject))
          samples.push(Number(word - 26n));
      }
      return { samples, subject };
    };
    const all = (t: Tracer) => Array.from({ length: 256 }, () => t.sum(t.input("x")));
    const open = (t: Tracer, values: ReturnType<typeof all>) => {
      for (const [index, value] of values.entries()) t.output(`o${index}`, value);
    };
    const real = ({ numerator, denominator }: Rational) => Number(numerator) / Number(denominator);
    /** χ² of what was drawn, in bins of `step`, against weights of every |x|. */
    const against = (samples: readonly number[], step: number, weight: (x: number) => number) => {
      const bin = (x: number) => Math.floor((Math.abs(x) + step / 2) / step);
      const weights: number[] = [];
      for (let x = 0; x < 60 * step; x++) weights[bin(x)] = (weights[bin(x)] ?? 0) + weight(x);
      // Bin 0 has both signs of each but of 0.
      weights[0] = 2 * weights[0]! - weight(0);
      const total = weights.reduce((sum, each, k) => sum + (k === 0 ? each : 2 * each), 0);
      return chiSquare(
        samples.map((x) => Math.sign(x) * bin(x)),
        weights.map((each) => each / total),
      );
    };

    it("Laplace: t = Δ/ε, where 256 copies of one sum have 256 times its sensitivity; not a scale a quarter off", async () => {
      const { samples, subject } = await samplesOf((t) => open(t, t.laplace(all(t), { epsilon: "20" })));
      const [{ parameter }] = analyse(subject).noise.values();
      expect(real(parameter)).to.equal((40 * 256) / 20);
      const scaled = (factor: number) => against(samples, 256, (x) => Math.exp(-x / (factor * real(parameter))));
      expect(scaled(1).value).to.be.at.most(scaled(1).bound);
      for (const factor of [0.75, 1.25]) expect(scaled(factor).value).to.be.greaterThan(scaled(factor).bound);
    }).timeout(20_000);

    it("Gaussian: the variance that concentrated privacy asks for; not one 40 % off", async () => {
      const { samples, subject } = await samplesOf((t) =>
        open(t, t.gaussian(all(t), { epsilon: "20", delta: "0.001" })),
      );
      const [{ parameter }] = analyse(subject).noise.values();
      const variance = real(parameter);
      expect(variance).to.be.greaterThan(10_000);
      const scaled = (factor: number) =>
        against(samples, Math.round(Math.sqrt(variance) / 5), (x) => Math.exp((-x * x) / (2 * factor * variance)));
      expect(scaled(1).value).to.be.at.most(scaled(1).bound);
      for (const factor of [0.6, 1.4]) expect(scaled(factor).value).to.be.greaterThan(scaled(factor).bound);
    }).timeout(20_000);
  });
});
