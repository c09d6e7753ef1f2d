import type { JointMessage } from "@sharebridge/mpc-nodes/protocol/joint-message.ts";
import { multiply } from "@sharebridge/mpc-nodes/protocol/multiply.ts";
import { open } from "@sharebridge/mpc-nodes/protocol/open.ts";
import type { Session } from "@sharebridge/mpc-nodes/protocol/session.ts";
import { expect } from "chai";
import { seed } from "../../support/seed.ts";
import { deal, failureCode, runAll, runHonest } from "../support/parties.ts";
import { seededRandom } from "../support/seeded-random.ts";

const x = deal(BigUint64Array.of(5n, 6n), seededRandom(seed, "joint"));

/** A message whose bytes are known where they should be. */
function message(s: Session, sender: number, checker: number, receiver: number, bytes: number[]): JointMessage {
  const knows = s.party === sender || s.party === checker;
  const roles = { sender, checker, receiver } as Pick<JointMessage, "sender" | "checker" | "receiver">;
  return { ...roles, byteLength: bytes.length, bytes: knows ? Uint8Array.from(bytes) : null };
}

describe("protocol: joint messages", () => {
  it("delivers several messages of any roles in one round, one frame per peer, one tag per roles", async () => {
    const { results, memory } = await runHonest(
      (s) =>
        s.joint.exchange([
          message(s, 0, 1, 2, [1, 2, 3]),
          message(s, 3, 1, 2, [4]),
          message(s, 0, 1, 2, [5, 6]),
          message(s, 2, 3, 0, []),
          message(s, 1, 0, 3, [7]),
        ]),
      { seed },
    );
    const lists = results.map((received) => received.map((bytes) => bytes && [...bytes]));
    expect(lists[2]).to.deep.equal([[1, 2, 3], [4], [5, 6], null, null]);
    expect(lists[3]).to.deep.equal([null, null, null, null, [7]]);
    expect(lists[0]).to.deep.equal([null, null, null, [], null]);
    expect(lists[1]).to.deep.equal([null, null, null, null, null]);
    const frames = memory.events.filter(({ kind, index }) => kind === "sent" && index >= 3);
    expect(frames.map(({ from, to, payload }) => `${from}→${to} ${payload.length}`).sort()).to.deep.equal([
      "0→2 5", // two values under one tag
      "0→3 16",
      "1→2 32", // a tag for each sender
      "1→3 1",
      "3→2 1",
    ]);
  });

  it("sends nothing and counts no round for empty messages", async () => {
    const { results, memory } = await runHonest(
      async (s) => {
        await s.joint.exchange([message(s, 0, 1, 2, [])]);
        return s.joint.rounds;
      },
      { seed },
    );
    expect(results).to.deep.equal([0, 0, 0, 0]);
    expect(memory.events.every(({ index }) => index < 3)).to.equal(true);
  });

  it("a session that failed stays dead and sends nothing more", async () => {
    const { outcomes, memory } = await runAll(
      async (s) => {
        await s.joint.exchange([message(s, 0, 1, 2, [1])]).catch(() => undefined);
        if (s.party !== 2) return;
        await open(s, [x[2]!]);
      },
      {
        seed,
        tamper: ({ from, to, index, payload }) => (from === 0 && to === 2 && index === 3 ? Uint8Array.of(2) : payload),
      },
    );
    expect(failureCode(outcomes[2]!)).to.equal("SessionAborted");
    expect((outcomes[2] as PromiseRejectedResult).reason.cause).to.have.property("code", "BadTag");
    expect(memory.events.some(({ kind, from, index }) => kind === "sent" && from === 2 && index >= 3)).to.equal(false);
  });

  it("a tag of another round, or of the same value in another order, does not pass", async () => {
    // The checker's frame of the second round is replaced by that of the first: the values are equal, the rounds are not.
    let first: Uint8Array | null = null;
    const { outcomes } = await runAll(
      async (s) => {
        await s.joint.exchange([message(s, 0, 1, 2, [9])]);
        await s.joint.exchange([message(s, 0, 1, 2, [9])]);
      },
      {
        seed,
        tamper: ({ from, to, index, payload }) => {
          if (from !== 1 || to !== 2 || index < 3) return payload;
          first ??= payload;
          return first;
        },
      },
    );
    expect(failureCode(outcomes[2]!)).to.equal("BadTag");
  });

  it("passes on what the network says when a peer is lost", async () => {
    const { outcomes } = await runAll(
      async (s) => {
        if (s.party === 3) throw new Error("party 3 crashed");
        await open(s, [x[s.party]!]);
      },
      { seed },
    );
    expect(failureCode(outcomes[2]!)).to.contain("closed by party 3");
  });

  it("refuses a second operation while one is under way", async () => {
    const { outcomes } = await runAll(
      async (s) => {
        const part = x[s.party]!;
        await Promise.all([open(s, [part]), open(s, [part])]);
      },
      { seed },
    );
    for (const outcome of outcomes) expect(failureCode(outcome)).to.equal("ConcurrentRounds");
  });

  it("refuses values that sender and checker do not have in the announced length", async () => {
    const { outcomes } = await runAll((s) => s.joint.exchange([{ ...message(s, 0, 1, 2, [1, 2]), byteLength: 3 }]), {
      seed,
    });
    expect(failureCode(outcomes[0]!)).to.equal("InvalidOperand");
    expect(failureCode(outcomes[1]!)).to.equal("InvalidOperand");
  });

  it("refuses operands of another party or of unequal lengths", async () => {
    const short = deal(BigUint64Array.of(1n), seededRandom(seed, "short"));
    const foreign = await runAll((s) => multiply(s, [[x[s.party]!, x[(s.party + 1) % 4]!]]), { seed });
    const unequal = await runAll((s) => multiply(s, [[x[s.party]!, short[s.party]!]]), { seed });
    for (const outcome of [...foreign.outcomes, ...unequal.outcomes])
      expect(failureCode(outcome)).to.equal("InvalidOperand");
  });
});
