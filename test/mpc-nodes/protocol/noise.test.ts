/** What noise is: its distribution, against exact ones; the same in every attempt at a request; known to no party. */
import {
  type GaussianPart,
  gaussianBound,
  gaussianDistance,
  gaussianPartsOf,
} from "@sharebridge/algorithms/language/noise/gaussian-parts.ts";
import { tableOf } from "@sharebridge/algorithms/language/noise/gaussian-table.ts";
import { coinsOf, laplaceBits, laplaceDistance } from "@sharebridge/algorithms/language/noise/laplace-coins.ts";
import type { Rational } from "@sharebridge/algorithms/language/rational.ts";
import { PARTIES, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { costOf } from "@sharebridge/mpc-nodes/protocol/dry/dry-mpc.ts";
import { discreteGaussian } from "@sharebridge/mpc-nodes/protocol/functions/noise/gaussian.ts";
import { discreteLaplace } from "@sharebridge/mpc-nodes/protocol/functions/noise/laplace.ts";
import type { Mpc, Vector } from "@sharebridge/mpc-nodes/protocol/mpc.ts";
import type { Session } from "@sharebridge/mpc-nodes/protocol/session.ts";
import { expect } from "chai";
import { expectCloseTo } from "../../support/close-to.ts";
import { seed } from "../../support/seed.ts";
import { chiSquare } from "../support/chi-square.ts";
import { exponentials, gaussianWeights, laplaceProbabilities, PRECISION } from "../support/exact-distributions.ts";
import { allOf, failureCode, requestKeysOf, runAll, runThree } from "../support/parties.ts";
import { byteChiSquare, CHI_SQUARE_BOUND } from "../support/uniformity.ts";

const rational = (numerator: number, denominator = 1): Rational => ({
  numerator: BigInt(numerator),
  denominator: BigInt(denominator),
});
const magnitude = (x: bigint): bigint => (x < 0n ? -x : x);
/** Of 2^−PRECISION, in 2^−128, rounded up. */
const in128 = (x: bigint): bigint => -(-x >> (PRECISION - 128n));

/** P of every |x|, of which each sign is as likely, as the table has it. */
function tableProbabilities(thresholds: readonly bigint[]): bigint[] {
  const steps = [1n << 64n, ...thresholds, 0n];
  return steps.slice(0, -1).map((step, j) => (step - steps[j + 1]!) << (PRECISION - 64n));
}

/** Of a sum of two: P(0), P(1), …, and so of each sign. */
function sumOf(parts: readonly GaussianPart[]): bigint[] {
  const [one, other] = parts.map(({ table }) => {
    const sizes = tableProbabilities(table.thresholds);
    return (x: number): bigint => (x === 0 ? sizes[0]! : (sizes[Math.abs(x)] ?? 0n) / 2n);
  });
  const [reach, far] = parts.map(({ table }) => table.thresholds.length) as [number, number];
  const factor = Number(parts[1]!.factor);
  return Array.from({ length: reach + factor * far + 1 }, (_, x) => {
    let sum = 0n;
    for (let k = Math.ceil((x - reach) / factor); k * factor <= x + reach; k++) sum += one!(x - factor * k) * other!(k);
    return sum >> PRECISION;
  });
}

/** P of each number of so many bits that coins with these thresholds make. */
function coinProbabilities(thresholds: readonly bigint[]): bigint[] {
  return thresholds.reduce<bigint[]>(
    (below, threshold) => [
      ...below.map((p) => (p * ((1n << 64n) - threshold)) >> 64n),
      ...below.map((p) => (p * threshold) >> 64n),
    ],
    [1n << PRECISION],
  );
}

/** Of the difference of two independent numbers with these probabilities: P(0), P(1), …, and so of each sign. */
function differenceOf(one: readonly bigint[]): bigint[] {
  return one.map((_, x) => one.slice(x).reduce((sum, p, y) => sum + p * one[y]!, 0n) >> PRECISION);
}

type Draw = (mpc: Mpc) => Promise<Vector>;

async function drawn({ mpc }: Session, draw: Draw): Promise<number[]> {
  const [opened] = await mpc.open([await draw(mpc)]);
  return [...opened!].map((word) => Number(BigInt.asIntN(64, word)));
}

const SAMPLES = 20_000;
const toNumbers = (exact: readonly bigint[]): number[] => exact.map((p) => Number(in128(p)) / 2 ** 128);
const wide = (mpc: Mpc) => discreteLaplace(mpc, 40, { scale: rational(1_000_000) });

describe("protocol: noise", () => {
  describe("the distance to the ideal distribution", () => {
    for (const scale of [rational(1, 64), rational(1, 2), rational(1), rational(7, 3)]) {
      it(`Laplace of scale ${scale.numerator}/${scale.denominator}: no more than is said, and not far less`, () => {
        const { thresholds } = coinsOf(scale);
        const made = differenceOf(coinProbabilities(thresholds));
        const ideal = laplaceProbabilities(scale, made.length + 1);
        let total = made.reduce((sum, p, x) => sum + (x === 0 ? 1n : 2n) * magnitude(p - ideal.probabilities[x]!), 0n);
        total += 2n * ideal.beyond;
        const distance = in128(total / 2n);
        expect(distance <= laplaceDistance({ scale })).to.equal(true);
        expect(distance * 64n >= laplaceDistance({ scale })).to.equal(true);
        expect(laplaceDistance({ scale }) < 1n << 70n).to.equal(true);
      });
    }

    for (const variance of [rational(1, 64), rational(1), rational(37, 3), rational(1600)]) {
      it(`Gaussian of variance ${variance.numerator}/${variance.denominator}: no more than is said, and not far less`, () => {
        const made = tableProbabilities(tableOf(variance).thresholds);
        const { weights, total } = gaussianWeights(variance, 3 * made.length);
        const ideal = weights.map((weight, x) => ((x === 0 ? 1n : 2n) * (weight << PRECISION)) / total);
        const sum = ideal.reduce((all, p, x) => all + magnitude(p - (made[x] ?? 0n)), 0n);
        const distance = in128(sum / 2n);
        expect(distance <= gaussianDistance({ variance })).to.equal(true);
        expect(distance * 4n >= gaussianDistance({ variance })).to.equal(true);
        expect(gaussianDistance({ variance }) < 1n << 72n).to.equal(true);
      });
    }

    for (const variance of [rational(1601), rational(10_000)]) {
      it(`Gaussian of variance ${variance.numerator}, a sum of two: no more than is said, and not far less`, () => {
        const made = sumOf(gaussianPartsOf(variance).parts);
        const { weights, total } = gaussianWeights(variance, 2 * made.length);
        const ideal = weights.map((weight) => (weight << PRECISION) / total);
        const sum = ideal.reduce((all, p, x) => all + (x === 0 ? 1n : 2n) * magnitude(p - (made[x] ?? 0n)), 0n);
        const distance = in128(sum / 2n);
        expect(distance <= gaussianDistance({ variance })).to.equal(true);
        expect(distance * 64n >= gaussianDistance({ variance })).to.equal(true);
        expect(gaussianDistance({ variance }) < 1n << 72n).to.equal(true);
      });
    }

    it("control: a sum of two of which the first is too narrow is far from a Gaussian", () => {
      const parts = [9, 400].map((each, part) => ({ table: tableOf(rational(each)), factor: 8n ** BigInt(part) }));
      const made = sumOf(parts);
      const { weights, total } = gaussianWeights(rational(9 + 64 * 400), made.length);
      const sum = weights.reduce((all, weight, x) => all + magnitude((weight << PRECISION) / total - made[x]!), 0n);
      expect(in128(sum) > 1n << 100n).to.equal(true);
    });

    it("control: another threshold is farther than is said", () => {
      const scale = rational(1);
      const thresholds = coinsOf(scale).thresholds.map((threshold, i) =>
        i === 1 ? threshold + (1n << 10n) : threshold,
      );
      const made = differenceOf(coinProbabilities(thresholds));
      const { probabilities } = laplaceProbabilities(scale, made.length + 1);
      const total = made.reduce((sum, p, x) => sum + magnitude(p - probabilities[x]!), 0n);
      expect(in128(total / 2n) > laplaceDistance({ scale })).to.equal(true);
    });

    it("e^−x of the reference is e^−x", () => {
      const terms = exponentials(rational(1, 3), 10);
      for (const [x, power] of toNumbers(terms).entries()) expectCloseTo(power, Math.exp(-x / 3), 1e-15);
    });
  });

  it("costs what docs/protocol/noise.md says", async () => {
    const rows = 6400;
    const ands = async (draw: Draw, injected: number, multiplied: number, rounds: number): Promise<number> => {
      const cost = await costOf(draw);
      expect(cost.rounds).to.equal(rounds);
      const bytes = cost.bytesSent.reduce((sum, sent) => sum + sent, 0) - 48 * rows * (injected + multiplied);
      return Math.round(bytes / 6 / (rows / 8));
    };
    const scale = rational(1000);
    const coins = 2 * laplaceBits({ scale });
    expect(coins).to.equal(32);
    expectCloseTo(await ands((mpc) => discreteLaplace(mpc, rows, { scale }), coins, 0, 8), 120 * coins, 8);
    for (const [variance, injected, parts, expected] of [
      [rational(100), 8, 1, 26 * 92 + 256],
      [rational(1600), 10, 1, 11 * 366 + 2176],
      [rational(10_000), 9 + 8, 2, 11 * 146 + 2176 + 26 * 113 + 256],
    ] as const) {
      const counted = await ands((mpc) => discreteGaussian(mpc, rows, { variance }), injected, parts, 9);
      expectCloseTo(counted, expected, 8);
    }
    expect(gaussianBound({ variance: rational(1600) })).to.equal(366n);
    expect(gaussianBound({ variance: rational(2 ** 80) }) < 1n << 46n).to.equal(true);
    const small = async (draw: Draw): Promise<number> =>
      (await costOf(draw)).bytesSent.reduce((sum, sent) => sum + sent, 0);
    expect(await small((mpc) => discreteLaplace(mpc, 1, { scale }))).to.be.below(8000);
    expect(await small((mpc) => discreteGaussian(mpc, 1, { variance: rational(10_000) }))).to.be.below(350_000);
    expect(laplaceDistance({ scale: rational(2 ** 40) }) < 1n << 70n).to.equal(true);
    expect(gaussianDistance({ variance: rational(2 ** 80) }) < 1n << 73n).to.equal(true);
  });

  describe("samples of four parties", () => {
    let laplace: number[];
    let gaussian: number[];
    before(async () => {
      const run = await runAll(
        async (session) => [
          await drawn(session, (mpc) => discreteLaplace(mpc, SAMPLES, { scale: rational(3) })),
          await drawn(session, (mpc) => discreteGaussian(mpc, SAMPLES, { variance: rational(9) })),
        ],
        { seed },
      );
      [laplace, gaussian] = allOf(run)[0] as [number[], number[]];
    });

    const laplaceOf = (scale: Rational): number[] => toNumbers(laplaceProbabilities(scale, 200).probabilities);
    const gaussianOf = (variance: Rational): number[] => {
      const { weights, total } = gaussianWeights(variance, 80);
      return toNumbers(weights.map((weight) => (weight << PRECISION) / total));
    };

    it("Laplace: χ² against the exact distribution; a scale 10 % off fails", () => {
      const { value, bound } = chiSquare(laplace, laplaceOf(rational(3)));
      expect(value).to.be.below(bound);
      for (const wrong of [rational(33, 10), rational(27, 10)]) {
        const { value, bound } = chiSquare(laplace, laplaceOf(wrong));
        expect(value).to.be.above(bound);
      }
    });

    it("Gaussian: χ² against the exact distribution; a variance 20 % off fails", () => {
      const { value, bound } = chiSquare(gaussian, gaussianOf(rational(9)));
      expect(value).to.be.below(bound);
      for (const wrong of [rational(54, 5), rational(36, 5)]) {
        const { value, bound } = chiSquare(gaussian, gaussianOf(wrong));
        expect(value).to.be.above(bound);
      }
    });

    it("neither side is favoured, and the variance is that of the distribution", () => {
      for (const [samples, probabilities] of [
        [laplace, laplaceOf(rational(3))],
        [gaussian, gaussianOf(rational(9))],
      ] as const) {
        const moment = (power: number): number => probabilities.reduce((sum, p, x) => sum + 2 * p * x ** power, 0);
        const mean = (of: (x: number) => number): number => samples.reduce((sum, x) => sum + of(x), 0) / samples.length;
        const deviations = (power: number): number => 6 * Math.sqrt(moment(2 * power) / samples.length);
        expectCloseTo(
          mean((x) => x),
          0,
          deviations(1),
        );
        expectCloseTo(
          mean((x) => x ** 3),
          0,
          deviations(3),
        );
        expectCloseTo(
          mean((x) => x ** 2),
          moment(2),
          deviations(2),
        );
      }
    });
  });

  describe("keys of the request", () => {
    const four = async (request: number, attempt: number): Promise<number[]> => {
      const requestKeys = (party: PartyId) => requestKeysOf(party, request);
      return allOf(await runAll((session) => drawn(session, wide), { seed: attempt, requestKeys }))[0]!;
    };

    it("noise is the same in every attempt, of four and of any three; another request has another", async () => {
      const first = await four(1, seed);
      expect(await four(1, seed + 1)).to.deep.equal(first);
      for (const excluded of [0, 1, 2, 3] as const) {
        const requestKeys = (party: PartyId) => requestKeysOf(party, 1);
        const run = await runThree(excluded, (session) => drawn(session, wide), { seed: seed + 2, requestKeys });
        expect(allOf(run)[0], `without ${excluded}`).to.deep.equal(first);
      }
      const other = await four(2, seed);
      expect(other.filter((x, row) => x === first[row]).length).to.be.at.most(1);
    });

    it("also in tasks side by side, each of which draws its own", async () => {
      const both: Draw = async (mpc) => mpc.concatenate(await mpc.parallel([wide, wide]));
      const run = await runAll((session) => drawn(session, both), { seed });
      const [one] = allOf(run);
      expect(one!.slice(0, 40)).to.not.deep.equal(one!.slice(40));
      const again = await runThree(2, (session) => drawn(session, both), {
        seed: seed + 1,
        requestKeys: (party) => requestKeysOf(party, seed),
      });
      expect(allOf(again)[0]).to.deep.equal(one);
    });

    it("a party that holds another key, or none, fails the toss before anything is drawn", async () => {
      for (const excluded of [null, 3] as const) {
        for (const key of [0, 2] as const) {
          const requestKeys = (party: PartyId) =>
            requestKeysOf(party, 1).map((own, j) => (party === 1 && j === key ? requestKeysOf(3, 2)[key]! : own));
          let opened = 0;
          const run = async (session: Session): Promise<void> => {
            opened++;
            await drawn(session, wide);
          };
          const options = { seed, requestKeys };
          const { outcomes } = excluded === null ? await runAll(run, options) : await runThree(excluded, run, options);
          expect(outcomes.map(failureCode)).to.include("CoinTossEchoMismatch");
          expect(outcomes.every(({ status }) => status === "rejected")).to.equal(true);
          expect(opened).to.be.at.most(1);
        }
        const requestKeys = (party: PartyId) => requestKeysOf(party, 1).map((own) => (party === 1 ? null : own));
        const options = { seed, requestKeys };
        const { outcomes } =
          excluded === null
            ? await runAll((session) => drawn(session, wide), options)
            : await runThree(excluded, (session) => drawn(session, wide), options);
        expect(outcomes.map(failureCode)).to.include("CoinTossEchoMismatch");
      }
    });

    it("what a party holds says nothing of the noise: by the one key that it lacks, every bit is another fair coin", async () => {
      const first = await four(1, seed);
      for (const lacking of PARTIES) {
        const other = requestKeysOf(((lacking + 1) % 4) as PartyId, 2)[lacking]!;
        const requestKeys = (party: PartyId) =>
          requestKeysOf(party, 1).map((key, j) => (j === lacking && party !== j ? other : key));
        const bits = async (keys: typeof requestKeys): Promise<bigint[]> => {
          const options = { seed, requestKeys: keys };
          const run = await runAll(({ mpc }) => mpc.openBits([mpc.requestBits(64, 400)]), options);
          return [...allOf(run)[0]![0]!];
        };
        const [one, two] = [await bits((party) => requestKeysOf(party, 1)), await bits(requestKeys)];
        const changed = one.map((word, row) => word ^ two[row]!);
        const bytes = new Uint8Array(BigUint64Array.from(changed).buffer);
        expect(byteChiSquare(bytes), `party ${lacking}`).to.be.below(CHI_SQUARE_BOUND);
        const run = await runAll((session) => drawn(session, wide), { seed, requestKeys });
        expect(allOf(run)[0]!.filter((x, row) => x === first[row]).length).to.be.at.most(1);
      }
    });

    it("without keys of the request there is no noise", async () => {
      const { outcomes } = await runAll((session) => drawn(session, wide), { seed, requestKeys: null });
      for (const outcome of outcomes) expect(failureCode(outcome)).to.equal("NoRequestKeys");
    });
  });
});
