import type { FourSession } from "@sharebridge/mpc-nodes/protocol/four/session.ts";
import { expect } from "chai";
import { seed } from "../../support/seed.ts";
import { type Frame, isPresence } from "../support/memory-network.ts";
import { deal, failureCode, type RunOptions, runAll, runHonest, TOSS_FRAMES, take } from "../support/parties.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { agree, type Operation, operations } from "./operation-table.ts";

const x = deal([123_456_789n], seededRandom(seed, "tampering"));

type Program = (session: FourSession) => Promise<unknown>;

/** Every operation, followed by a message: a receiver that went on with a bad value would be seen to send. */
const programs: Record<string, Program> = Object.fromEntries(
  Object.entries<Operation>({ ...operations, agreeOnCommitments: agree }).map(([name, run]) => [
    name,
    async (session: FourSession) => {
      await run(session, take(session, x));
      await session.mpc.open([take(session, x)]);
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
  const { suspects, place } = (outcomes[target.to] as PromiseRejectedResult).reason;
  expect(suspects, where).to.include(target.from);
  if (code === "BadTag") {
    expect(place.roles.receiver, where).to.equal(target.to);
    expect(suspects, where).to.deep.equal([place.roles.sender, place.roles.checker]);
  }
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
    it(`${name}: values and tags, from every seat, are caught by their receiver`, async () => {
      const { memory } = await runHonest(program, { seed });
      const frames = memory.events.filter(
        (event) => event.kind === "sent" && event.index >= TOSS_FRAMES && !isPresence(event),
      );
      expect(new Set(frames.map(({ from }) => from)).size, "every seat sends").to.equal(4);
      for (const frame of frames) {
        const { length } = frame.payload;
        const every = name === "multiply" || name === "agreeOnCommitments";
        const positions = every ? [...frame.payload.keys()] : [...new Set([0, length >> 1, length - 1])];
        for (const position of positions) await expectDetected(program, frame, position, "BadTag");
      }
    });
  }

  it("coin toss: commitments, openings and echoes", async () => {
    const program = programs.open!;
    const { memory } = await runHonest(program, { seed });
    const frames = memory.events.filter(({ kind, index }) => kind === "sent" && index < TOSS_FRAMES);
    expect(frames.length).to.equal(36);
    for (const frame of frames) {
      for (const position of [0, 13, 31, 32, 50, 63]) {
        const code = ["CoinTossBadSignature", "CoinTossOpeningMismatch", "CoinTossEchoMismatch"][frame.index]!;
        await expectDetected(program, frame, position, code);
      }
    }
  });
});
