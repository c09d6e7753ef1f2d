/**
 * Whether an abort says something of a value (`mac-check.ts`). The corrupt party adds 2^127 to an element z or to its MAC, which
 * changes no word, and z is multiplied by y later. What it adds to T is then 2^127 times α_z, and times α_zy where y is odd.
 * All rates are of many sessions, each with keys of its own; bounds are five standard deviations away.
 */
import type { PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import type { Mpc, Vector } from "@sharebridge/mpc-nodes/protocol/mpc.ts";
import type { ThreeSession } from "@sharebridge/mpc-nodes/protocol/three/session.ts";
import { expect } from "chai";
import { seed } from "../../../support/seed.ts";
import { deal, runThree } from "../../support/parties.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { takeThree } from "../../support/three-runner.ts";
import { ending, honestOf, increase, miscompute, numberAt } from "./support.ts";

/** Enough to tell 3/4 from 1/2 where that is at stake; else fewer do. */
const MANY = 128;
const FEW = 64;
const EXCLUDED: PartyId = 3;
const CORRUPT: PartyId = 1;
const HALF = 1n << 127n;

type Marked = (step: "made" | "survived") => void;
type Program = (mpc: Mpc, x: Vector, y: Vector, mark: Marked) => Promise<BigUint64Array>;

interface Rates {
  /** Runs in which something was opened after the error was made. */
  survived: number;
  aborted: number;
}

/** What the corrupt party computes in this ring: the MAC of x, then z = x·x and its MAC. */
const CALLS = { "the MAC of x": 0, "the element": 1, "the MAC": 2 };
type Place = keyof typeof CALLS;

function errorAt(place: Place, session: ThreeSession): void {
  if (session.network.party !== CORRUPT) return;
  miscompute(session, 128, (call, bytes) => call === CALLS[place] && increase(bytes, 0, 16, HALF));
}

async function rates(program: Program, place: Place, y: bigint, runs: number): Promise<Rates> {
  const total: Rates = { survived: 0, aborted: 0 };
  for (let run = 0; run < runs; run++) {
    const random = seededRandom(seed, `selective failure ${run}`);
    const [x, factor] = [deal([3n], random), deal([y], random)];
    let survived = false;
    const { outcomes } = await runThree(
      EXCLUDED,
      (session) => {
        errorAt(place, session);
        return program(session.mpc, takeThree(session, x), takeThree(session, factor), () => {
          survived = true;
        });
      },
      { seed: seed + run },
    );
    const honest = honestOf(outcomes, EXCLUDED, CORRUPT);
    const opened = honest.filter(({ status }) => status === "fulfilled");
    expect(opened.length, "both end alike").to.be.oneOf([0, 2]);
    for (const outcome of opened) {
      const [word] = (outcome as PromiseFulfilledResult<BigUint64Array>).value;
      expect(word, "what is opened is right").to.equal(9n * y);
    }
    if (opened.length === 0) {
      for (const outcome of honest) expect(ending(outcome)).to.be.oneOf(["CheckFailed", "SessionAborted", "closed"]);
      total.aborted += 1;
    }
    total.survived += survived ? 1 : 0;
  }
  return total;
}

function expectAbout(count: number, of: number, share: number, label: string): void {
  const spread = 5 * Math.sqrt(of * share * (1 - share)) + 1;
  expect(count, `${label}: ${count} of ${of}`).to.be.within(of * share - spread, of * share + spread);
}

async function only(words: Promise<BigUint64Array[]>): Promise<BigUint64Array> {
  return (await words)[0]!;
}

/** In the same check. */
const atOnce: Program = async (mpc, x, y) => {
  const z = await mpc.multiply(x, x);
  return only(mpc.open([await mpc.multiply(z, y)]));
};

/** z is opened before it is multiplied. */
const later: Program = async (mpc, x, y, mark) => {
  const z = await mpc.multiply(x, x);
  await mpc.open([z]);
  mark("survived");
  return only(mpc.open([await mpc.multiply(z, y)]));
};

/** The same with what is made of z without a message. */
const derived: Program = async (mpc, x, y, mark) => {
  const z = await mpc.multiply(x, x);
  const sum = mpc.addPublic(mpc.multiplyPublic(z, 3n), -18n);
  await mpc.open([z]);
  mark("survived");
  return only(mpc.open([await mpc.multiply(sum, y)]));
};

/** Two tasks, each of which opens a product of z. */
const sideBySide: Program = async (mpc, x, y) => {
  const z = await mpc.multiply(x, x);
  const both = await mpc.parallel([0, 1].map(() => async (task) => only(task.open([await task.multiply(z, y)]))));
  return both[0]!;
};

/** z is of a task that verified it. */
const ofAnotherTask: Program = async (mpc, x, y, mark) => {
  const [z] = await mpc.parallel([
    async (task) => {
      const product = await task.multiply(x, x);
      await task.open([product]);
      mark("survived");
      return product;
    },
  ]);
  return only(mpc.open([await mpc.multiply(z!, y)]));
};

/** The second task finds the MAC of x that the first has made, and alone opens something. */
const foundThere: Program = async (mpc, x, y) => {
  const [, opened] = await mpc.parallel([
    async (task) => {
      await task.multiply(x, x);
      return new BigUint64Array();
    },
    async (task) => {
      await task.and(task.randomBits(1, 1), task.randomBits(1, 1));
      return only(task.open([await task.multiply(x, y)]));
    },
  ]);
  return opened!.map((word) => 3n * word);
};

describe("three parties: an abort says nothing of a value", function () {
  this.timeout(120_000);

  it("an error of the MAC, and a product in the same check: as often for both bits", async () => {
    for (const y of [2n, 3n]) expectAbout((await rates(atOnce, "the MAC", y, FEW)).aborted, FEW, 1 / 2, `y = ${y}`);
  });

  it("an error of the element, which counts if r is odd, and a product in the same check: as often for both bits", async () => {
    for (const y of [2n, 3n])
      expectAbout((await rates(atOnce, "the element", y, MANY)).aborted, MANY, 1 / 4, `y = ${y}`);
  });

  for (const [name, program] of Object.entries({ later, derived, ofAnotherTask })) {
    it(`an error of the MAC, and a product after a check that overlooked it (${name}): as often for both bits`, async () => {
      for (const y of [2n, 3n]) {
        const { survived, aborted } = await rates(program, "the MAC", y, MANY);
        expectAbout(MANY - survived, MANY, 1 / 2, `y = ${y}, noticed at once`);
        expectAbout(aborted - (MANY - survived), survived, 1 / 2, `y = ${y}, noticed later`);
      }
    });
  }

  it("an error of the MAC, and a product in each of two tasks: as often for both bits", async () => {
    for (const y of [2n, 3n]) {
      expectAbout((await rates(sideBySide, "the MAC", y, MANY)).aborted, MANY, 3 / 4, `y = ${y}`);
    }
  });

  it("an error of a MAC that one task makes, and a product by another task that opens: as often for both bits", async () => {
    for (const y of [2n, 3n]) {
      expectAbout((await rates(foundThere, "the MAC of x", y, FEW)).aborted, FEW, 1 / 2, `y = ${y}`);
    }
  });

  describe("control, over plain numbers", () => {
    interface Trial {
      readonly z: boolean;
      readonly zy: boolean;
      readonly failed: boolean;
    }

    /** T of one check, of an error e = 2^127 of z and none of its MAC; and what the low bits of α were. */
    function trials(y: bigint): Trial[] {
      const random = seededRandom(seed, `control ${y}`);
      const draw = (): bigint => numberAt(random(16), 0, 16);
      return Array.from({ length: 4096 }, () => {
        const [r, z, alphaZ, alphaZy] = [draw(), draw(), draw(), draw()];
        const [wrong, mac] = [z + HALF, r * z];
        const T = alphaZ * mac + alphaZy * mac * y - r * (alphaZ * wrong + alphaZy * wrong * y);
        return { z: (alphaZ & 1n) === 1n, zy: (alphaZy & 1n) === 1n, failed: BigInt.asUintN(128, T) !== 0n };
      });
    }

    it("to who knows α the abort tells whether y is odd; to who does not, nothing", () => {
      const failures = (of: readonly Trial[]): number => of.filter(({ failed }) => failed).length;
      for (const y of [2n, 3n]) {
        const all = trials(y);
        expectAbout(failures(all), all.length, 1 / 4, `y = ${y}, secret α`);
        const telling = all.filter(({ z, zy }) => !z && zy);
        if (y === 2n) expect(failures(telling), "y = 2, public α").to.equal(0);
        else expectAbout(failures(telling), telling.length, 1 / 2, "y = 3, public α");
      }
    });
  });
});
