/**
 * In the last pass of a shuffle one seat says the same difference to both others, who end with the same share y_j. If it says different
 * things, the honest two hold different shares, and no MAC shows it: what that adds to the totals is the error times a share of α
 * that the corrupt party knows, so it takes it off its own summand again. One honest party would open a wrong value.
 */
import type { PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { expect } from "chai";
import { seed } from "../../../support/seed.ts";
import { deal, runThree } from "../../support/parties.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { takeThree } from "../../support/three-runner.ts";
import { adding, circleFrom, ending, honestOf, increase, listen, numberAt } from "./support.ts";

const ERROR = 1000n;
const x = deal([5n], seededRandom(seed, "shuffle attack"));

for (const back of [false, true]) {
  for (const excluded of [0, 3] as const) {
    const active = [0, 1, 2, 3].filter((seat) => seat !== excluded) as PartyId[];
    const k = active[back ? 0 : 2]!;
    const { next: i, last: corrupt } = circleFrom(k, excluded);

    async function attack(repair: boolean) {
      const drawn: bigint[] = [];
      const tamper = adding(corrupt, k, lastPass, 0, 16, ERROR);
      const { outcomes } = await runThree(
        excluded,
        async (session) => {
          const { mpc } = session;
          if (session.network.party === corrupt)
            listen(session, i, "check", (bytes) => drawn.push(numberAt(bytes, 0, 16)));
          const permutation = mpc.randomPermutation(1);
          const value = takeThree(session, x);
          const [moved] = back ? await mpc.unshuffle(permutation, [value]) : await mpc.shuffle(permutation, [value]);
          if (repair && session.network.party === corrupt) {
            const { heap, pending } = mpc.context;
            increase(heap.view(pending.totals(128)[1], 16), 0, 16, -drawn.at(-1)! * ERROR);
          }
          const [words] = await mpc.open([moved!]);
          return words![0]!;
        },
        { seed, tamper },
      );
      return honestOf(outcomes, excluded, corrupt);
    }

    let lastPass = 0;
    describe(`three parties: two truths in the last pass of ${back ? "unshuffle" : "shuffle"}, without ${excluded}`, () => {
      before(async () => {
        const { memory } = await runThree(
          excluded,
          async (session) => {
            const { mpc } = session;
            const [value, permutation] = [takeThree(session, x), mpc.randomPermutation(1)];
            await (back ? mpc.unshuffle(permutation, [value]) : mpc.shuffle(permutation, [value]));
          },
          { seed },
        );
        const frames = memory.events.filter(({ kind, from, to }) => kind === "sent" && from === corrupt && to === k);
        lastPass = Math.max(...frames.map(({ index }) => index));
      });

      it("the MACs find it when the totals are left alone", async () => {
        for (const outcome of await attack(false)) expect(ending(outcome)).to.equal("CheckFailed");
      });

      it("and it is found when the totals are repaired", async () => {
        for (const outcome of await attack(true)) {
          if (outcome.status === "fulfilled") expect(outcome.value, "a wrong value was opened").to.equal(5n);
          expect(ending(outcome)).to.equal("CheckFailed");
        }
      });
    });
  }
}

describe("three parties: two truths in the last pass of a shuffle of bits", () => {
  const excluded: PartyId = 3;
  const k: PartyId = 2;
  const { last: corrupt } = circleFrom(k, excluded);

  it("end both others before they open a difference to a triple, which would tell a bit of the other factor", async () => {
    const run = (frameIndex: number) =>
      runThree(
        excluded,
        async ({ mpc }) => {
          const [moved] = await mpc.shuffleBits(mpc.randomPermutation(1), [mpc.randomBits(1, 1)]);
          await mpc.openBits([await mpc.and(moved!, mpc.randomBits(1, 1))]);
        },
        {
          seed,
          tamper: ({ from, to, index, payload }) =>
            from === corrupt && to === k && index === frameIndex
              ? payload.map((byte, at) => byte ^ Number(at === 0))
              : payload,
        },
      );
    const right = await run(-1);
    const sent = (of: typeof right) =>
      of.memory.events
        .filter(({ kind, from }) => kind === "sent" && from !== corrupt)
        .map(({ payload }) => payload.length);
    // The differences are the largest of all messages, by far.
    const differences = Math.max(...sent(right));
    // Value and MAC of a word; it tells k something in this pass alone.
    const passes = right.memory.events.filter(
      ({ kind, from, to, payload }) => kind === "sent" && from === corrupt && to === k && payload.length === 16,
    );
    const { outcomes, memory } = await run(passes[0]!.index);
    expect(honestOf(outcomes, excluded, corrupt).map(ending)).to.deep.equal(["CheckFailed", "CheckFailed"]);
    expect(sent({ outcomes, memory })).to.not.include(differences);
  });
});
