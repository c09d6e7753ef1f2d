/**
 * What a single party of three receives is uniform given all that it knows already. So that nothing but the masks can hide the input, it
 * stands bare in one share and the other shares are zero, r is a known number, and as the receiver can draw from all keys but its own
 * index's, every other mask is set to zero for its test.
 */
import { concatenateBytes } from "@sharebridge/mpc-nodes/math/bytes.ts";
import { PARTIES, type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import { decodeWords } from "@sharebridge/mpc-nodes/math/words.ts";
import type { Bits, Mpc, Vector } from "@sharebridge/mpc-nodes/protocol/mpc.ts";
import type { StreamPurpose } from "@sharebridge/mpc-nodes/protocol/randomness.ts";
import type { ThreeSession } from "@sharebridge/mpc-nodes/protocol/three/session.ts";
import { verify } from "@sharebridge/mpc-nodes/protocol/three/verify.ts";
import { expect } from "chai";
import { seed } from "../../../support/seed.ts";
import { allOf, type Dealt, dealShares, runThree, TOSS_FRAMES } from "../../support/parties.ts";
import { takeThree } from "../../support/three-runner.ts";
import { byteChiSquare, CHI_SQUARE_BOUND } from "../../support/uniformity.ts";
import { alter } from "./support.ts";

const ROWS = 2048;

function bareShares(value: bigint, carrier: PartyId, rows: number): Dealt {
  return dealShares(PARTIES.map((j) => new BigUint64Array(rows).fill(j === carrier ? value : 0n)));
}

/** Bits whose shares are zero (random streams are, below) but for one, which is the value's. */
function bareBits(mpc: Mpc, planes: number, x: Vector, value: bigint): Bits {
  return mpc.xorPublic(mpc.randomBits(planes, x.length), value);
}

type Operation = (session: ThreeSession, x: Vector, value: bigint) => Promise<unknown>;

/** Operations that open nothing, where messages grow with the rows. */
const operations: Record<string, Operation> = {
  multiply: ({ mpc }, x) => mpc.multiply(x, x),
  multiplyWide: ({ mpc }, x, value) =>
    mpc.multiply(mpc.constant(value, x.length, 128), mpc.constant(value, x.length, 128)),
  innerProducts: ({ mpc }, x) => mpc.innerProducts([x, x], [x, x]),
  matrixProduct: ({ mpc }, x) =>
    mpc.matrixProduct(x, mpc.constant(3n, 1, 64), { rows: x.length, inner: 1, columns: 1 }),
  truncate: ({ mpc }, x) => mpc.truncate([{ value: x, bits: 9 }]),
  widen: ({ mpc }, x) => mpc.widen(x),
  addends: ({ mpc }, x) => mpc.addends(x, 32),
  and: ({ mpc }, x, value) => mpc.and(bareBits(mpc, 32, x, value), bareBits(mpc, 32, x, value)),
  inject: ({ mpc }, x, value) => mpc.inject(bareBits(mpc, 1, x, value), 64),
  count: ({ mpc }, x, value) => mpc.count(bareBits(mpc, 1, x, value), 64),
  shuffle: ({ mpc }, x) => mpc.shuffle(mpc.randomPermutation(x.length), [x]),
  unshuffle: ({ mpc }, x) => mpc.unshuffle(mpc.randomPermutation(x.length), [x]),
  shuffleBits: ({ mpc }, x, value) =>
    mpc.shuffleBits(mpc.randomPermutation(x.length), [bareBits(mpc, 32, x, value), bareBits(mpc, 70, x, value)]),
};

type Kept = (j: PartyId, purpose: StreamPurpose) => boolean;

/** Leaves out masks: what `keep` refuses is zero, at all parties alike. Permutations and the α of checks stay. */
function maskOnly(session: ThreeSession, keep: Kept): void {
  const { context } = session.mpc;
  const { randomness, macKeys, circle, heap } = context;
  for (const [ring, bytes] of [
    [128, 16],
    [192, 24],
    ["field", 8],
  ] as const) {
    for (const j of [circle.next, circle.last]) {
      const copies = heap.view(macKeys[ring][j], (ROWS + 1) * bytes);
      copies.fill(0);
      if (j === circle.active[1]) for (let at = 0; at < copies.length; at += bytes) copies[at] = 3;
    }
  }
  alter(session, {
    randomness: {
      ...randomness,
      fill(j, purpose, of, pointer, length) {
        if (purpose === "permutation" || purpose === "check" || keep(j, purpose))
          randomness.fill(j, purpose, of, pointer, length);
        else of.zero(pointer, length);
      },
    },
  });
}

interface View {
  readonly excluded: PartyId;
  readonly receiver: PartyId;
  readonly run: Operation;
  readonly value: bigint;
  readonly carrier: PartyId;
  readonly keep: Kept;
  readonly rows?: number;
}

/** All that the receiver receives in the operation, the coin toss excluded. */
async function viewOf({ excluded, receiver, run, value, carrier, keep, rows = ROWS }: View): Promise<Uint8Array> {
  const x = bareShares(value, carrier, rows);
  const all = await runThree(
    excluded,
    async (session) => {
      maskOnly(session, keep);
      await run(session, takeThree(session, x), value);
    },
    { seed },
  );
  allOf(all);
  const frames = all.memory.events.filter(
    ({ kind, index, to }) => kind === "received" && to === receiver && index >= TOSS_FRAMES,
  );
  return concatenateBytes(frames.map(({ payload }) => payload));
}

const inputs: readonly (readonly [bigint, PartyId])[] = [
  [0n, 0],
  [1n, 0],
  [1n, 1],
  [1n, 2],
  [1n, 3],
  [(1n << 40n) + 3n, 2],
];

for (const excluded of [3, 1] as const) {
  const seats = partiesExcept(excluded);
  describe(`three parties: a single party's view, without ${excluded}`, () => {
    for (const [operation, run] of Object.entries(operations)) {
      it(`${operation}: is uniform by the masks that the receiver cannot draw, for any input`, async () => {
        for (const receiver of seats) {
          for (const [value, carrier] of excluded === 3 ? inputs : inputs.slice(4)) {
            const keep: Kept = (j, purpose) => j === receiver && purpose === "zero-sharing";
            const view = await viewOf({ excluded, receiver, run, value, carrier, keep });
            expect(view.length).to.be.at.least(ROWS);
            const label = `value ${value} in share ${carrier}, party ${receiver}`;
            expect(byteChiSquare(view), label).to.be.below(CHI_SQUARE_BOUND);
            // Of a zero input the words are the masks: none is used twice.
            if (value === 0n) expect(new Set(decodeWords(view)).size, label).to.equal(view.length / 8);
          }
        }
      });

      it(`${operation}: control: without those masks the same test fails`, async () => {
        for (const receiver of seats) {
          const keep: Kept = () => false;
          const view = await viewOf({ excluded, receiver, run, value: 1n, carrier: 0, keep });
          expect(byteChiSquare(view), `party ${receiver}`).to.be.above(CHI_SQUARE_BOUND);
        }
      });
    }
  });
}

describe("three parties: what the check of ANDs shows", () => {
  const andAndVerify: Operation = async (session, x, value) => {
    await operations.and!(session, x, value);
    await verify(session.mpc.context);
  };

  const only =
    (receiver: PartyId, ...purposes: StreamPurpose[]): Kept =>
    (j, purpose) =>
      j === receiver && purposes.includes(purpose);

  it("is uniform by the shares of triples that the receiver cannot draw", async () => {
    for (const receiver of partiesExcept(3)) {
      for (const [value, carrier] of [
        [0n, 0],
        [1n, 0],
        [0xffff_ffffn, 0],
      ] as const) {
        const keep = only(receiver, "zero-sharing", "random");
        const view = await viewOf({ excluded: 3, receiver, run: andAndVerify, value, carrier, keep });
        expect(byteChiSquare(view), `value ${value}, party ${receiver}`).to.be.below(CHI_SQUARE_BOUND);
      }
    }
  });

  it("control: without them it is not", async () => {
    for (const receiver of partiesExcept(3)) {
      const keep = only(receiver, "zero-sharing");
      const view = await viewOf({ excluded: 3, receiver, run: andAndVerify, value: 1n, carrier: 0, keep });
      expect(byteChiSquare(view), `party ${receiver}`).to.be.above(CHI_SQUARE_BOUND);
    }
  });
});
