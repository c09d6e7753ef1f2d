import { PARTIES, type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import {
  commitOutputs,
  decodeOpening,
  encodeOpening,
  openingByteLength,
  recombineOpenings,
  type SeatOpening,
} from "@sharebridge/mpc-nodes/sharing/opening.ts";
import { expect } from "chai";
import { seed } from "../../support/seed.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { deal } from "../support/shared-columns.ts";

const requestId = new Uint8Array(32).fill(0x22);
const values = BigUint64Array.of(0n, 1n, 2n ** 64n - 1n);
const random = seededRandom(seed, "opening");
const salts = PARTIES.map(() => random(32));
const parts = deal(values, random);
const saltsOf = (party: PartyId) => salts.map((salt, j) => (j === party ? null : salt));
const commitments = PARTIES.map((j) => {
  const holder = partiesExcept(j)[0]!;
  return commitOutputs(saltsOf(holder), parts[holder]!, requestId)[j]!;
});
const openings = PARTIES.map(
  (party): SeatOpening => ({ party, plaintext: encodeOpening(saltsOf(party), parts[party]!) }),
);

function corrupt({ party, plaintext }: SeatOpening, position: number): SeatOpening {
  const altered = plaintext.slice();
  altered[position] = altered[position]! ^ 0x80;
  return { party, plaintext: altered };
}

const recombined = (list: readonly SeatOpening[]) => recombineOpenings(list, commitments, requestId, values.length);

describe("sharing: output openings", () => {
  it("is salt and words of each held share, ascending", () => {
    for (const { party, plaintext } of openings) {
      expect(plaintext.length).to.equal(openingByteLength(values.length));
      const decoded = decodeOpening(party, plaintext, values.length);
      for (const j of PARTIES) {
        if (j === party) expect(decoded[j]).to.equal(null);
        else expect(decoded[j]).to.deep.equal({ salt: salts[j], words: parts[party]!.shares[j] });
      }
    }
    expect(() => decodeOpening(0, openings[0]!.plaintext, 2))
      .to.throw()
      .with.property("code", "WrongLength");
  });

  it("any two seats suffice, in any order", () => {
    for (const a of PARTIES) {
      for (const b of partiesExcept(a)) {
        expect(recombined([openings[a]!, openings[b]!])).to.deep.equal({ values, faultySeats: [] });
      }
    }
  });

  it("one seat does not suffice, and the missing share is named", () => {
    for (const party of PARTIES) {
      expect(() => recombined([openings[party]!]))
        .to.throw(`share ${party} `)
        .with.property("code", "NoMatchingOpening");
    }
    expect(() => recombined([]))
      .to.throw()
      .with.property("code", "NoMatchingOpening");
  });

  it("a lying seat is passed over and named, wherever it lies", () => {
    for (const liar of PARTIES) {
      for (let position = 0; position < openingByteLength(values.length); position += 7) {
        const list = PARTIES.map((party) => (party === liar ? corrupt(openings[party]!, position) : openings[party]!));
        expect(recombined(list)).to.deep.equal({ values, faultySeats: [liar] });
        expect(recombined(list.toReversed())).to.deep.equal({ values, faultySeats: [liar] });
      }
    }
  });

  it("passes over openings of a wrong length", () => {
    const junk = [new Uint8Array(), new Uint8Array(1000), openings[2]!.plaintext.subarray(1)];
    for (const plaintext of junk) {
      expect(recombined([{ party: 2, plaintext }, openings[0]!, openings[1]!])).to.deep.equal({
        values,
        faultySeats: [2],
      });
    }
  });

  it("takes each share from any opening that matches: two damaged copies of different shares still do", () => {
    const first = corrupt(openings[0]!, 40); // share 1 at seat 0
    const second = corrupt(openings[1]!, 40); // share 0 at seat 1
    expect(recombined([first, second, openings[2]!])).to.deep.equal({ values, faultySeats: [0, 1] });
    expect(() => recombined([first, second]))
      .to.throw()
      .with.property("code", "NoMatchingOpening");
  });

  it("does not accept shares of another request", () => {
    expect(() => recombineOpenings(openings, commitments, new Uint8Array(32), values.length))
      .to.throw()
      .with.property("code", "NoMatchingOpening");
  });

  it("refuses commitments that are not 32 bytes, and an opening without its salts", () => {
    expect(() => recombineOpenings(openings, commitments.slice(0, 3), requestId, values.length))
      .to.throw()
      .with.property("code", "WrongLength");
    expect(() => encodeOpening([null, null, null, null], parts[0]!))
      .to.throw()
      .with.property("code", "WrongLength");
  });

  it("works for no outputs at all", () => {
    const empty = deal(new BigUint64Array(), random);
    const own = PARTIES.map((party) => commitOutputs(saltsOf(party), empty[party]!, requestId));
    const all = PARTIES.map((j) => own[(j + 1) % 4]![j]!);
    const two = ([0, 1] as const).map((party) => ({ party, plaintext: encodeOpening(saltsOf(party), empty[party]!) }));
    expect(recombineOpenings(two, all, requestId, 0).values.length).to.equal(0);
  });
});
