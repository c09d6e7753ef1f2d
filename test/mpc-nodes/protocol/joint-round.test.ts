import type { FourSession } from "@sharebridge/mpc-nodes/protocol/four/session.ts";
import type { RoundPart } from "@sharebridge/mpc-nodes/protocol/round.ts";
import type { Roles } from "@sharebridge/mpc-nodes/protocol/tags.ts";
import { expect } from "chai";
import { seed } from "../../support/seed.ts";
import { deal, failureCode, runAll, runHonest, TOSS_FRAMES, take } from "../support/parties.ts";
import { seededRandom } from "../support/seeded-random.ts";

const x = deal([5n, 6n], seededRandom(seed, "joint"));

/** A part with one message of bytes, made where they are known, and what was received of it. */
function message(
  session: FourSession,
  [sender, checker, receiver]: readonly [number, number, number],
  bytes: number[],
) {
  const { heap, party } = session.mpc.context;
  const roles = { sender, checker, receiver } as Roles;
  const received: number[] = [];
  const part: RoundPart = {
    units: bytes.length,
    unitBytes: 1,
    messages: [[roles, roles]],
    produce(from, to, outgoing) {
      expect(outgoing[0] !== 0, "a place for the message where it is known").to.equal(
        party === sender || party === checker,
      );
      if (outgoing[0] !== 0) heap.write(outgoing[0]!, Uint8Array.from(bytes.slice(from, to)));
    },
    consume(from, to, incoming) {
      expect(incoming[0] !== 0).to.equal(party === receiver);
      if (incoming[0] !== 0) for (const byte of heap.view(incoming[0]!, to - from)) received.push(byte);
    },
  };
  return { part, received };
}

describe("protocol: rounds of joint messages", () => {
  it("delivers several messages of any roles in one round, one frame to every peer, one tag per roles", async () => {
    const { results, memory } = await runHonest(
      async (session) => {
        const messages = [
          message(session, [0, 1, 2], [1, 2, 3]),
          message(session, [3, 1, 2], [4]),
          message(session, [0, 1, 2], [5, 6]),
          message(session, [2, 3, 0], []),
          message(session, [1, 0, 3], [7]),
        ];
        await session.mpc.context.exchange(...messages.map(({ part }) => part));
        expect(session.rounds).to.equal(4);
        return messages.map(({ received }) => received);
      },
      { seed },
    );
    expect(results[2]).to.deep.equal([[1, 2, 3], [4], [5, 6], [], []]);
    expect(results[3]).to.deep.equal([[], [], [], [], [7]]);
    for (const party of [0, 1]) expect(results[party]!.flat()).to.deep.equal([]);
    const frames = memory.events.filter(({ kind, index }) => kind === "sent" && index >= TOSS_FRAMES);
    expect(frames.map(({ from, to, payload }) => `${from}→${to} ${payload.length}`).sort()).to.deep.equal([
      "0→1 1", // it is there
      "0→2 5", // two values under one tag
      "0→3 16",
      "1→0 1",
      "1→2 32", // a tag for each sender
      "1→3 1",
      "2→0 1",
      "2→1 1",
      "2→3 1",
      "3→0 1",
      "3→1 1",
      "3→2 1",
    ]);
  });

  it("sends nothing and counts no round for empty messages", async () => {
    const { results, memory } = await runHonest(
      async (session) => {
        await session.mpc.context.exchange(message(session, [0, 1, 2], []).part);
        return session.rounds;
      },
      { seed },
    );
    expect(results).to.deep.equal([3, 3, 3, 3]);
    expect(memory.events.every(({ index }) => index < TOSS_FRAMES)).to.equal(true);
  });

  it("names sender, checker and place, hands over nothing, and stays dead and silent", async () => {
    let received: number[] = [];
    const { outcomes, memory } = await runAll(
      async (session) => {
        const good = message(session, [3, 1, 2], [8]);
        await session.mpc.context.exchange(good.part);
        const bad = message(session, [0, 1, 2], [1]);
        const error = await session.mpc.context.exchange(bad.part).catch((caught: unknown) => caught);
        if (session.network.party !== 2) return;
        received = bad.received;
        expect(error).to.deep.include({
          code: "BadTag",
          suspects: [0, 1],
          place: { roles: { sender: 0, checker: 1, receiver: 2 }, round: 1, step: 0 },
        });
        await session.mpc.open([take(session, x)]);
      },
      {
        seed,
        tamper: ({ from, to, index, payload }) => (from === 0 && to === 2 && index === 4 ? Uint8Array.of(2) : payload),
      },
    );
    expect(failureCode(outcomes[2]!)).to.equal("SessionAborted");
    expect((outcomes[2] as PromiseRejectedResult).reason.cause).to.have.property("code", "BadTag");
    expect(received).to.deep.equal([]);
    expect(memory.events.some(({ kind, from, index }) => kind === "sent" && from === 2 && index >= 5)).to.equal(false);
  });

  it("a tag of another round does not pass", async () => {
    // The checker's frame of the second round is replaced by that of the first: the values are equal, the rounds are not.
    let first: Uint8Array | null = null;
    const { outcomes } = await runAll(
      async (session) => {
        await session.mpc.context.exchange(message(session, [0, 1, 2], [9]).part);
        await session.mpc.context.exchange(message(session, [0, 1, 2], [9]).part);
      },
      {
        seed,
        tamper: ({ from, to, index, payload }) => {
          if (from !== 1 || to !== 2 || index < TOSS_FRAMES) return payload;
          first ??= payload.slice();
          return first;
        },
      },
    );
    expect(failureCode(outcomes[2]!)).to.equal("BadTag");
  });

  it("a tag of another step of the same round does not pass", async () => {
    const zeros = Array<number>(262_144 * 2).fill(0);
    let first: Uint8Array | null = null;
    const { outcomes } = await runAll(
      (session) => session.mpc.context.exchange(message(session, [0, 1, 2], zeros).part),
      {
        seed,
        tamper: ({ from, to, index, payload }) => {
          if (from !== 1 || to !== 2 || index < TOSS_FRAMES) return payload;
          first ??= payload.slice();
          return first;
        },
      },
    );
    expect((outcomes[2] as PromiseRejectedResult).reason).to.deep.include({ code: "BadTag" });
    expect((outcomes[2] as PromiseRejectedResult).reason.place).to.deep.include({ round: 0, step: 1 });
  });

  it("a value of another length than its receiver expects does not pass", async () => {
    const { outcomes } = await runAll(
      async (session) => {
        const long = session.network.party === 2 ? [1, 2] : [1, 2, 3];
        await session.mpc.context.exchange(message(session, [0, 1, 2], long).part);
      },
      { seed },
    );
    expect(failureCode(outcomes[2]!)).to.equal("BadTag");
  });

  it("passes on what the network says when a peer is lost", async () => {
    const { outcomes } = await runAll(
      async (session) => {
        if (session.network.party === 3) throw new Error("party 3 crashed");
        await session.mpc.open([take(session, x)]);
      },
      { seed },
    );
    expect(failureCode(outcomes[2]!)).to.contain("closed by party 3");
  });

  it("refuses a second operation of a task while one is under way", async () => {
    const { outcomes } = await runAll(
      async (session) => {
        const { mpc } = session;
        const value = take(session, x);
        await mpc.parallel([
          async (task) => {
            await Promise.all([task.open([value]), task.open([value])]);
            return undefined;
          },
          async (task) => {
            await task.open([value]);
            return undefined;
          },
        ]);
      },
      { seed },
    );
    expect(outcomes.map(failureCode)).to.include("ConcurrentRounds");
  });

  it("refuses operands of another computation, word or length", async () => {
    const short = deal([1n], seededRandom(seed, "short"));
    const wide = deal([1n, 2n], seededRandom(seed, "wide"), 128);
    const foreign = await runAll(
      ({ mpc }) =>
        mpc.multiply(...([0, 0].map(() => ({ kind: "vector", word: 64, length: 1 })) as never as [never, never])),
      { seed },
    );
    const unequal = await runAll((s) => s.mpc.multiply(take(s, x), take(s, short)), { seed });
    const words = await runAll((s) => s.mpc.multiply(take(s, x), take(s, wide)), { seed });
    for (const outcome of [foreign, unequal, words].flatMap(({ outcomes }) => outcomes)) {
      expect(failureCode(outcome)).to.equal("InvalidOperand");
    }
  });
});
