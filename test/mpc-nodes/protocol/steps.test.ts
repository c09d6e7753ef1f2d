import { type MessageRoles, type RoundPart, turnOf } from "@sharebridge/mpc-nodes/protocol/round.ts";
import { groupsOf, STEP_BYTES, stepsOf } from "@sharebridge/mpc-nodes/protocol/steps.ts";
import { expect } from "chai";
import fc from "fast-check";
import { seed } from "../../support/seed.ts";

function part(units: number, unitBytes: number, ...messages: (readonly [MessageRoles, MessageRoles])[]): RoundPart {
  return { units, unitBytes, messages, produce() {}, consume() {} };
}

const A: MessageRoles = { sender: 0, checker: 1, receiver: 2 };
const B: MessageRoles = { sender: 1, checker: 0, receiver: 2 };
const C: MessageRoles = { sender: 3, checker: null, receiver: 2 };

describe("protocol: steps of a round", () => {
  it("cover every unit of every part once, in order, none longer than a step", () => {
    const parts = fc.array(fc.tuple(fc.nat(100_000), fc.constantFrom(1, 8, 16, 32)), { maxLength: 6 });
    fc.assert(
      fc.property(parts, (sizes) => {
        const list = sizes.map(([units, bytes]) => part(units, bytes));
        const reached = list.map(() => 0);
        let last = 0;
        for (const segments of stepsOf(list)) {
          expect(segments.length).to.be.greaterThan(0);
          const bytes = segments.reduce((total, { part: p, from, to }) => total + (to - from) * p.unitBytes, 0);
          expect(bytes).to.be.at.most(STEP_BYTES);
          for (const segment of segments) {
            const index = list.indexOf(segment.part);
            expect(index).to.be.at.least(last);
            last = index;
            expect(segment.from).to.equal(reached[index]);
            expect(segment.to).to.be.greaterThan(segment.from);
            reached[index] = segment.to;
          }
        }
        expect(reached).to.deep.equal(list.map(({ units }) => units));
      }),
      { seed, numRuns: 100 },
    );
  });

  it("are full but for the last, and a unit larger than a step is a step", () => {
    const many = [...stepsOf([part((3 * STEP_BYTES) / 8 + 1, 8)])];
    expect(many.map(([segment]) => segment!.to - segment!.from)).to.deep.equal([
      STEP_BYTES / 8,
      STEP_BYTES / 8,
      STEP_BYTES / 8,
      1,
    ]);
    const large = [...stepsOf([part(2, STEP_BYTES + 8)])];
    expect(large.map((segments) => segments.map(({ from, to }) => [from, to]))).to.deep.equal([[[0, 1]], [[1, 2]]]);
    expect([...stepsOf([])]).to.deep.equal([]);
  });

  it("gather messages of the same roles, which change between even and odd steps", () => {
    const [one, two] = [part(3, 8, [A, B], [C, C]), part(5, 16, [A, A])];
    const segments = [...stepsOf([one, two])][0]!;
    expect(groupsOf(segments, 0)).to.deep.equal([
      {
        roles: A,
        byteLength: 104,
        members: [
          { segment: 0, message: 0, offset: 0 },
          { segment: 1, message: 0, offset: 24 },
        ],
      },
      { roles: C, byteLength: 24, members: [{ segment: 0, message: 1, offset: 0 }] },
    ]);
    expect(groupsOf(segments, 1).map(({ roles, byteLength }) => [roles, byteLength])).to.deep.equal([
      [B, 24],
      [C, 24],
      [A, 80],
    ]);
  });

  it("take turns from step to step, and rounds begin in an order that no loop of up to twelve rounds keeps step with", () => {
    expect(Array.from({ length: 16 }, (_, round) => turnOf(round, 0)).join("")).to.equal("0110100110010110");
    for (const round of [0, 1, 2, 77])
      for (const step of [0, 1, 2, 3]) expect(turnOf(round, step + 1)).to.equal(1 - turnOf(round, step));
    for (let period = 1; period <= 12; period++) {
      for (let first = 0; first < 48; first++) {
        const seen = new Set(Array.from({ length: 12 }, (_, time) => turnOf(first + time * period, 0)));
        expect(seen.size, `every ${period} rounds from ${first}`).to.equal(2);
      }
    }
  });
});
