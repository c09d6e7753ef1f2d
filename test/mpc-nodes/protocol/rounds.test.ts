import type { Carrier, RoundPart } from "@sharebridge/mpc-nodes/protocol/round.ts";
import { Rounds } from "@sharebridge/mpc-nodes/protocol/rounds.ts";
import { expect } from "chai";

/** A part that is known by its number of units. */
function part(units: number): RoundPart {
  return { units, unitBytes: 1, messages: [], produce() {}, consume() {} };
}

function recorder(failAt = -1): { carrier: Carrier; sent: number[][] } {
  const sent: number[][] = [];
  const carrier: Carrier = {
    async round(parts) {
      if (sent.length === failAt) throw new Error("carrier failed");
      sent.push(parts.map(({ units }) => units));
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
  return { carrier, sent };
}

describe("protocol: rounds of tasks side by side", () => {
  it("merges the rounds of tasks of different depth, in the order of the tasks", async () => {
    const { carrier, sent } = recorder();
    const rounds = new Rounds(carrier);
    const task = (index: number, depth: number, delay: number) => async (): Promise<number> => {
      for (let round = 1; round <= depth; round++) {
        for (let i = 0; i < delay; i++) await null;
        await rounds.exchange([0, index], [part(10 * (index + 1) + round)]);
      }
      return depth;
    };
    // Whichever task comes to its exchange first, the order is that of the tasks.
    const results = await rounds.parallel([task(0, 1, 9), task(1, 3, 5), task(2, 2, 0), task(3, 0, 0)]);
    expect(results).to.deep.equal([1, 3, 2, 0]);
    expect(sent).to.deep.equal([[11, 21, 31], [22, 32], [23]]);
    expect(rounds.count).to.equal(3);
    await rounds.exchange([], [part(1)]);
    expect(sent[3], "the caller goes on alone").to.deep.equal([1]);
  });

  it("merges tasks of tasks", async () => {
    const { carrier, sent } = recorder();
    const rounds = new Rounds(carrier);
    const leaf = (path: number[], units: number) => () => rounds.exchange(path, [part(units)]);
    await rounds.parallel([
      async () => {
        await rounds.parallel([leaf([0, 0, 0, 0], 1), leaf([0, 0, 0, 1], 2)]);
        await rounds.exchange([0, 0], [part(3)]);
      },
      async () => {
        await rounds.exchange([0, 1], [part(4)]);
        await rounds.parallel([leaf([0, 1, 0, 0], 5), leaf([0, 1, 0, 1], 6)]);
      },
    ]);
    expect(sent).to.deep.equal([
      [1, 2, 4],
      [3, 5, 6],
    ]);
  });

  it("no tasks are no rounds, and parts without units are none", async () => {
    const { carrier, sent } = recorder();
    const rounds = new Rounds(carrier);
    expect(await rounds.parallel([])).to.deep.equal([]);
    await rounds.exchange([], [part(0)]);
    expect([sent.length, rounds.count]).to.deep.equal([0, 0]);
    await rounds.exchange([], [part(0), part(2)]);
    expect(sent).to.deep.equal([[2]]);
  });

  it("refuses a task's second round before its first has ended", async () => {
    const { carrier } = recorder();
    const rounds = new Rounds(carrier);
    const both = rounds.parallel([
      async () => {
        const first = rounds.exchange([0, 0], [part(1)]);
        const second = await rounds.exchange([0, 0], [part(1)]).catch((error: unknown) => error);
        expect(second).to.have.property("code", "ConcurrentRounds");
        await first;
      },
      async () => {
        await new Promise((resolve) => setImmediate(resolve));
        await rounds.exchange([0, 1], [part(1)]);
      },
    ]);
    await both;
    expect(rounds.count).to.equal(1);
  });

  it("refuses it also while the first is on its way", async () => {
    const { carrier, sent } = recorder();
    const rounds = new Rounds(carrier);
    const first = rounds.exchange([], [part(1)]);
    const second = await rounds.exchange([], [part(2)]).catch((error: unknown) => error);
    expect(second).to.have.property("code", "ConcurrentRounds");
    await first;
    await rounds.exchange([], [part(3)]);
    expect(sent).to.deep.equal([[1], [3]]);
  });

  it("a failed round rejects every task that waits for it, and everything later", async () => {
    const { carrier, sent } = recorder(1);
    const rounds = new Rounds(carrier);
    await rounds.exchange([], [part(1)]);
    const failures: unknown[] = [];
    const task = (index: number) => async (): Promise<void> => {
      await rounds.exchange([0, index], [part(1)]).catch((error: Error) => failures.push(error.message));
    };
    await rounds.parallel([task(0), task(1)]);
    expect(failures).to.deep.equal(["carrier failed", "carrier failed"]);
    const later = await rounds.exchange([], [part(1)]).catch((error: unknown) => error);
    expect(later).to.have.property("code", "SessionAborted");
    expect((later as Error).cause).to.have.property("message", "carrier failed");
    expect(sent.length).to.equal(1);
  });

  it("a task that fails ends the tasks beside it, which would wait for ever", async () => {
    const { carrier, sent } = recorder();
    const rounds = new Rounds(carrier);
    let other: unknown = null;
    const outcome = await rounds
      .parallel([
        async () => {
          throw new Error("bad operand");
        },
        async () => {
          await rounds.exchange([0, 1], [part(1)]).catch((error: unknown) => {
            other = error;
          });
        },
      ])
      .catch((error: unknown) => error);
    expect(outcome).to.have.property("message", "bad operand");
    await new Promise((resolve) => setImmediate(resolve));
    expect(other).to.not.equal(null);
    expect(sent).to.deep.equal([]);
  });
});
