import { PARTIES, type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import { passSharings } from "@sharebridge/mpc-nodes/protocol/four/shuffle-plan.ts";
import { expect } from "chai";

/** Two rows of Z_2: small enough to go through every mask. */
type Rows = readonly [number, number];
const ALL: readonly Rows[] = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const plus = (a: Rows, b: Rows): Rows => [a[0] ^ b[0], a[1] ^ b[1]];
const permuted = (a: Rows, swap: boolean): Rows => (swap ? [a[1], a[0]] : a);

/** One pass in the clear: the new shares, and the messages that party e receives. Masks are those of the three sharings. */
function pass(e: PartyId, turn: 0 | 1, x: readonly Rows[], swap: boolean, masks: readonly Rows[]) {
  const y: Rows[] = PARTIES.map((j) => (j === e ? permuted(x[e]!, swap) : [0, 0]));
  const received: Rows[] = [];
  for (const [index, { of, roles }] of passSharings(e).entries()) {
    const { sender, checker, receiver } = roles[turn];
    const other = partiesExcept(sender, checker, receiver)[0]!;
    const mask = masks[index]!;
    const message = plus(permuted(x[of]!, swap), mask);
    y[receiver] = plus(y[receiver]!, mask);
    y[other] = plus(y[other]!, message);
    if (receiver === e) received.push(message);
  }
  return { y, received };
}

function* everyMask(): Generator<Rows[]> {
  for (const a of ALL) for (const b of ALL) for (const c of ALL) yield [a, b, c];
}

/** How often party e sees what, over all masks: its new shares and the messages to it. (It draws the masks of k_j in its new share j.) */
function viewsOf(e: PartyId, turn: 0 | 1, x: readonly Rows[], swap: boolean): string[] {
  return [...everyMask()]
    .map((masks) => {
      const { y, received } = pass(e, turn, x, swap, masks);
      return JSON.stringify([partiesExcept(e).map((j) => y[j]), received]);
    })
    .sort();
}

describe("shuffle plan", () => {
  for (const e of PARTIES) {
    for (const turn of [0, 1] as const) {
      const x: Rows[] = [
        [0, 1],
        [1, 1],
        [1, 0],
        [0, 0],
      ];
      it(`pass ${e}, turn ${turn}: sender and checker know the value, the receiver does not, three messages in all`, () => {
        const sharings = passSharings(e);
        expect(sharings.map(({ of }) => of)).to.deep.equal(partiesExcept(e));
        expect(new Set(sharings.map(({ roles }) => roles[turn].sender)).size).to.equal(3);
        for (const { of, roles } of sharings) {
          const { sender, checker, receiver } = roles[turn];
          expect([sender, checker].sort()).to.deep.equal(partiesExcept(e, of));
          expect([e, of]).to.include(receiver);
        }
      });

      it(`pass ${e}, turn ${turn}: the new shares add up to the permuted value`, () => {
        const total = x.reduce(plus);
        for (const swap of [false, true]) {
          for (const masks of everyMask()) {
            expect(pass(e, turn, x, swap, masks).y.reduce(plus)).to.deep.equal(permuted(total, swap));
          }
        }
      });

      it(`pass ${e}, turn ${turn}: what party ${e} sees is the same for every permutation and every value`, () => {
        const others = x.map((rows) => plus(rows, [1, 0]));
        const views = viewsOf(e, turn, x, false);
        expect(viewsOf(e, turn, x, true)).to.deep.equal(views);
        expect(viewsOf(e, turn, others, true)).to.deep.equal(views);
      });
    }
  }
});
