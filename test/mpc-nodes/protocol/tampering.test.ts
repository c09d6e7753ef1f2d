import { OPEN_SESSION_COST } from "@sharebridge/mpc-nodes/protocol/cost.ts";
import { open } from "@sharebridge/mpc-nodes/protocol/open.ts";
import type { Session } from "@sharebridge/mpc-nodes/protocol/session.ts";
import { expect } from "chai";
import { seed } from "../../support/seed.ts";
import type { Frame } from "../support/memory-network.ts";
import { deal, failureCode, type RunOptions, runAll, runHonest } from "../support/parties.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { agree, vectorOperations } from "./operation-table.ts";

const x = deal(BigUint64Array.of(123_456_789n), seededRandom(seed, "tampering"));

type Program = (s: Session) => Promise<unknown>;

/** Every operation, followed by a message: a receiver that went on with a bad value would be seen to send. */
const programs: Record<string, Program> = Object.fromEntries(
  Object.entries({
    ...Object.fromEntries(
      Object.entries(vectorOperations).map(([name, run]) => [name, (s: Session) => run(s, x[s.party]!)]),
    ),
    agreeOnCommitments: agree,
  }).map(([name, run]) => [
    name,
    async (s: Session) => {
      await run(s);
      await open(s, [x[s.party]!]);
    },
  ]),
);

const sameFrame = (a: Frame, b: Frame): boolean => a.from === b.from && a.to === b.to && a.index === b.index;

function flipBit(target: Frame, position: number): NonNullable<RunOptions["tamper"]> {
  return (frame) => {
    if (!sameFrame(frame, target)) return frame.payload;
    const altered = frame.payload.slice();
    altered[position] = altered[position]! ^ (1 << (position % 8));
    return altered;
  };
}

/** Flips one bit of `target` and expects its receiver to fail with `code` and to send nothing more, but for `excused`. */
async function expectDetected(
  program: Program,
  target: Frame,
  position: number,
  code: string,
  excused: (sent: Frame) => boolean = () => false,
): Promise<void> {
  const where = `byte ${position} of frame ${target.index} from ${target.from} to ${target.to}`;
  const { outcomes, memory } = await runAll(program, { seed, tamper: flipBit(target, position) });
  expect(failureCode(outcomes[target.to]!), where).to.equal(code);
  const suspects = (outcomes[target.to] as PromiseRejectedResult).reason.suspects;
  expect(suspects, where).to.include(target.from);
  const received = memory.events.findIndex((event) => event.kind === "received" && sameFrame(event, target));
  expect(received, where).to.be.at.least(0);
  const later = memory.events.slice(received).filter(({ kind, from }) => kind === "sent" && from === target.to);
  expect(
    later.filter((sent) => !excused(sent)),
    `${where}: the receiver went on`,
  ).to.deep.equal([]);
}

describe("protocol: a single altered message", () => {
  for (const [name, program] of Object.entries(programs)) {
    it(`${name}: every byte of every value and tag, from every seat, is caught by its receiver`, async () => {
      const { memory } = await runHonest(program, { seed });
      const frames = memory.events.filter(({ kind, index }) => kind === "sent" && index >= OPEN_SESSION_COST.rounds);
      expect(new Set(frames.map(({ from }) => from)).size, "every seat sends").to.equal(4);
      // The opening that follows is the last frame on three of a party's links; it is attacked in its own test.
      const last = name === "open" ? [] : trailingOpening(frames);
      for (const frame of frames.filter((each) => !last.some((other) => sameFrame(each, other)))) {
        for (let position = 0; position < frame.payload.length; position++) {
          await expectDetected(program, frame, position, "BadTag");
        }
      }
    });
  }

  it("coin toss: commitments, openings and echoes", async () => {
    const program: Program = (s) => open(s, [x[s.party]!]);
    const { memory } = await runHonest(program, { seed });
    const frames = memory.events.filter(({ kind, index }) => kind === "sent" && index < OPEN_SESSION_COST.rounds);
    expect(frames.length).to.equal(36);
    for (const frame of frames) {
      for (const position of [0, 13, 31, 32, 50, 63]) {
        const code = frame.index < 2 ? "CoinTossOpeningMismatch" : "CoinTossEchoMismatch";
        // A commitment shows nothing before it is opened, and the own opening does not depend on it.
        const excused = (sent: Frame): boolean => frame.index === 0 && sent.index === 1;
        await expectDetected(program, frame, position, code, excused);
      }
    }
  });
});

/** The frames of the final `open`: for every link that it uses, the last frame. */
function trailingOpening(frames: readonly Frame[]): Frame[] {
  const used = (from: number, to: number): boolean => (to + 1) % 4 === from || (to + 2) % 4 === from;
  return frames.filter(
    (frame) =>
      used(frame.from, frame.to) &&
      !frames.some((other) => other.from === frame.from && other.to === frame.to && other.index > frame.index),
  );
}
