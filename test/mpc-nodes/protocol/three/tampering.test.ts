/**
 * A corrupt party alters one bit of what it sends, anywhere. Whatever that does, no honest party ends with a wrong value, and where
 * the bit counts none ends with any.
 */
import { type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import { ReplicatedMpc } from "@sharebridge/mpc-nodes/protocol/replicated/door.ts";
import type { Tasks } from "@sharebridge/mpc-nodes/protocol/replicated/tasks.ts";
import type { ThreeContext } from "@sharebridge/mpc-nodes/protocol/three/context.ts";
import { THREE } from "@sharebridge/mpc-nodes/protocol/three/operations.ts";
import { Pending } from "@sharebridge/mpc-nodes/protocol/three/pending.ts";
import type { ThreeSession } from "@sharebridge/mpc-nodes/protocol/three/session.ts";
import { expect } from "chai";
import { seed } from "../../../support/seed.ts";
import type { Frame, NetworkEvent } from "../../support/memory-network.ts";
import { allOf, deal, failureCode, type Run, runThree, TOSS_FRAMES } from "../../support/parties.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { takeThree } from "../../support/three-runner.ts";
import { type Operation, openResults, operations } from "./operation-table.ts";
import { ABORTS, ending, honestOf, increase, miscompute } from "./support.ts";

const x = deal([123_456_789n, 5n], seededRandom(seed, "tampering three"));
const SEATS: readonly PartyId[] = [1, 3];

/** Its results, opened. */
async function finish(session: ThreeSession, run: Operation): Promise<string> {
  return openResults(session.mpc, await run(session.mpc, takeThree(session, x)));
}

const sameFrame = (a: Frame, b: Frame): boolean => a.from === b.from && a.to === b.to && a.index === b.index;

function flipBit(target: Frame, position: number): (frame: Frame) => Uint8Array {
  return (frame) => {
    if (!sameFrame(frame, target)) return frame.payload;
    const altered = frame.payload.slice();
    altered[position]! ^= 1 << (position % 8);
    return altered;
  };
}

interface Honest {
  readonly result: string;
  /** All frames after the toss. */
  readonly frames: readonly NetworkEvent[];
  /** The index of the last frame from one seat to another: its part of the opening. The hashes that are compared are in the one before. */
  lastIndex(from: PartyId, to: PartyId): number;
}

async function honestRun(excluded: PartyId, run: Operation): Promise<Honest> {
  const all = await runThree(excluded, (session) => finish(session, run), { seed });
  const results = allOf(all);
  expect(new Set(results).size).to.equal(1);
  const frames = all.memory.events.filter(({ kind, index }) => kind === "sent" && index >= TOSS_FRAMES);
  const lastIndex = (from: PartyId, to: PartyId): number =>
    Math.max(...frames.filter((frame) => frame.from === from && frame.to === to).map(({ index }) => index));
  return { result: results[0]!, frames, lastIndex };
}

/** Honest parties end with the right value or none. Gives how they end. */
function expectNeverWrong(
  { outcomes }: Run<string>,
  excluded: PartyId,
  corrupt: PartyId,
  right: string,
  where: string,
) {
  const honest = honestOf(outcomes, excluded, corrupt);
  for (const outcome of honest) {
    if (outcome.status === "fulfilled") expect(outcome.value, `${where}: a wrong value`).to.equal(right);
    else expect(ending(outcome), where).to.be.oneOf(ABORTS.slice());
  }
  return honest.map(ending);
}

for (const excluded of SEATS) {
  describe(`three parties: a single altered message, without ${excluded}`, () => {
    for (const [name, run] of Object.entries(operations)) {
      it(`${name}: no honest party ends with a wrong value`, async () => {
        const { result, frames, lastIndex } = await honestRun(excluded, run);
        expect(new Set(frames.map(({ from }) => from)).size, "every seat sends").to.equal(3);
        const unnoticed: string[] = [];
        for (const [number, frame] of frames.entries()) {
          const { length } = frame.payload;
          // The first byte is the lowest of a number: it counts. Others may lie above the word, where a bit changes nothing.
          const another = number % 2 === 0 ? length - 1 : (number * 7) % length;
          const positions = excluded === SEATS[0] ? [...new Set([0, another])] : [0];
          for (const position of positions) {
            const where = `byte ${position} of ${length}, frame ${frame.index} from ${frame.from} to ${frame.to}`;
            const tampered = await runThree(excluded, (session) => finish(session, run), {
              seed,
              tamper: flipBit(frame, position),
            });
            const endings = expectNeverWrong(tampered, excluded, frame.from, result, where);
            if (position === 0 && endings.every((code) => code === null)) unnoticed.push(where);
            // Whoever lies about a hash to one party ends it, while the other opens what is right; as does who alters a MAC above its word.
            if (frame.index >= lastIndex(frame.from, frame.to) - 1 || endings.includes(null)) continue;
            const active = partiesExcept(excluded);
            const failed = (party: PartyId): boolean => {
              return position === 0 || ending(tampered.outcomes[active.indexOf(party)]!) === "CheckFailed";
            };
            const opening = tampered.memory.events.filter(
              ({ kind, from, to, index }) =>
                kind === "sent" && from !== frame.from && failed(from) && index >= lastIndex(from, to),
            );
            expect(opening, `${where}: something was opened`).to.deep.equal([]);
          }
        }
        // In the first two passes of a shuffle, what j tells i is not gone on with: the next pass takes y_j from k.
        expect(unnoticed).to.have.length(name.includes("huffle") ? 2 : 0);
      });
    }
  });
}

describe("three parties: an altered message of the coin toss", () => {
  it("ends its receiver with the code of its round, and nobody opens anything", async () => {
    const excluded = 1;
    const { memory } = await runThree(excluded, (session) => finish(session, operations.open!), { seed });
    const frames = memory.events.filter(({ kind, index }) => kind === "sent" && index < TOSS_FRAMES);
    expect(frames.length).to.equal(18);
    for (const frame of frames) {
      for (const position of [0, 31, 40, 63]) {
        const tampered = await runThree(excluded, (session) => finish(session, operations.open!), {
          seed,
          tamper: flipBit(frame, position),
        });
        const code = ["CoinTossBadSignature", "CoinTossOpeningMismatch", "CoinTossEchoMismatch"][frame.index]!;
        const active = partiesExcept(excluded);
        const where = `byte ${position} of frame ${frame.index} from ${frame.from} to ${frame.to}`;
        expect(failureCode(tampered.outcomes[active.indexOf(frame.to)]!), where).to.equal(code);
        const sent = tampered.memory.events.filter(({ kind, from }) => kind === "sent" && from === frame.to);
        expect(Math.max(...sent.map(({ index }) => index)), where).to.equal(frame.index);
      }
    }
  });
});

describe("three parties: control of the tests of altered messages", () => {
  /** A party that has nothing to verify, whatever it computed. */
  function careless(session: ThreeSession): ThreeSession {
    const { context } = session.mpc;
    const nothing = new Pending(context.arena);
    const tasks = {} as Tasks<ThreeContext>;
    const mpc = new ReplicatedMpc(context, tasks, {
      ...THREE,
      open: (of, vectors) => THREE.open({ ...of, pending: nothing }, vectors),
      openBits: (of, bits) => THREE.openBits({ ...of, pending: nothing }, bits),
    });
    return { ...session, mpc, network: session.network };
  }

  for (const [name, run] of Object.entries(operations)) {
    if (name === "open") continue;
    it(`${name}: without a check an altered bit is opened as a wrong value`, async () => {
      const excluded = 3;
      const right = allOf(await runThree(excluded, (session) => finish(careless(session), run), { seed }))[0]!;
      const all = await honestRun(excluded, run);
      expect(right, "nothing but the check is left out").to.equal(all.result);
      let wrong = 0;
      for (const frame of all.frames) {
        const { outcomes } = await runThree(excluded, (session) => finish(careless(session), run), {
          seed,
          tamper: flipBit(frame, 0),
        });
        const opened = honestOf(outcomes, excluded, frame.from);
        if (opened.some((outcome) => outcome.status === "fulfilled" && outcome.value !== right)) wrong += 1;
        if (wrong > 1) break;
      }
      expect(wrong).to.be.greaterThan(1);
    });
  }
});

describe("three parties: who computes wrongly and goes on as if it were right", () => {
  const EXCLUDED: PartyId = 0;
  const square: Operation = operations.multiply!;
  const [RIGHT, WORD] = [allRight(), 1n << 64n];

  async function allRight(): Promise<string> {
    return (await honestRun(EXCLUDED, square)).result;
  }

  /** Calls in the ring of 128 bits: the MAC of x, then x·x and its MAC, then the check. */
  async function cheat(corrupt: PartyId, wrong: (session: ThreeSession) => (call: number, bytes: Uint8Array) => void) {
    const tampered = await runThree(
      EXCLUDED,
      async (session) => {
        if (session.network.party === corrupt) miscompute(session, 128, wrong(session));
        return finish(session, square);
      },
      { seed },
    );
    return expectNeverWrong(tampered, EXCLUDED, corrupt, await RIGHT, `seat ${corrupt}`);
  }

  for (const corrupt of partiesExcept(EXCLUDED)) {
    it(`seat ${corrupt}: the same error of the value alone, of the MAC alone, or of both: all end`, async () => {
      for (const calls of [[1], [2], [1, 2], [0], [0, 1, 2], [3]]) {
        const endings = await cheat(corrupt, () => (call, bytes) => {
          if (calls.includes(call)) increase(bytes, 0, 16, 12n);
        });
        for (const code of endings) expect(code, `calls ${calls}`).to.be.oneOf(["CheckFailed", "closed"]);
        expect(endings).to.include("CheckFailed");
      }
    });

    it(`seat ${corrupt}: an error e with e·r' of the MAC, for guesses r': all end`, async () => {
      for (const guess of [0n, 1n, (1n << 64n) - 1n, 1n << 127n, 0x1234_5678_9abc_def0_1234_5678_9abc_def0n]) {
        const endings = await cheat(corrupt, () => (call, bytes) => {
          if (call === 1) increase(bytes, 0, 16, 5n);
          if (call === 2) increase(bytes, 0, 16, 5n * guess);
        });
        for (const code of endings) expect(code, `guess ${guess}`).to.be.oneOf(["CheckFailed", "closed"]);
      }
    });

    it(`seat ${corrupt}: an error of a multiple of 2^64, which changes no word: right, or all end`, async () => {
      for (const error of [WORD, 3n * WORD, WORD << 30n, WORD << 62n, WORD << 63n]) {
        await cheat(corrupt, () => (call, bytes) => call === 1 && increase(bytes, 0, 16, error));
      }
    });

    it(`seat ${corrupt}: a wrong share of its own key, or of its own input, is an error like any other: all end`, async () => {
      for (const what of ["key", "input"] as const) {
        const tampered = await runThree(
          EXCLUDED,
          async (session) => {
            const { context } = session.mpc;
            const value = takeThree(session, x);
            if (session.network.party === corrupt) {
              const at = what === "key" ? context.macKeys[128] : THREE.asVector(value).value.at;
              increase(context.heap.view(at[context.circle.next], 16), 0, 16, 1n);
            }
            return openResults(session.mpc, await square(session.mpc, value));
          },
          { seed },
        );
        const endings = expectNeverWrong(tampered, EXCLUDED, corrupt, await RIGHT, what);
        expect(endings, what).to.not.include(null);
      }
    });

    it(`seat ${corrupt}: says of right values that they are wrong, to one or both: who is told ends, none is wrong`, async () => {
      const { frames, lastIndex } = await honestRun(EXCLUDED, square);
      const others = partiesExcept(EXCLUDED, corrupt);
      for (const told of [[others[0]!], [others[1]!], others]) {
        const tampered = await runThree(EXCLUDED, (session) => finish(session, square), {
          seed,
          tamper: ({ from, to, index, payload }) =>
            from === corrupt && told.includes(to) && index === lastIndex(from, to) - 1
              ? payload.map((byte) => byte ^ 255)
              : payload,
        });
        expectNeverWrong(tampered, EXCLUDED, corrupt, await RIGHT, `told ${told}`);
        const active = partiesExcept(EXCLUDED);
        for (const party of told)
          expect(failureCode(tampered.outcomes[active.indexOf(party)]!)).to.equal("CheckFailed");
      }
      expect(frames.length).to.be.greaterThan(0);
    });

    it(`seat ${corrupt}: says of wrong values that they are right: both others end, by each other's hashes`, async () => {
      const { lastIndex } = await honestRun(EXCLUDED, square);
      // What it should say: the hash that the other honest party says to each.
      const others = partiesExcept(EXCLUDED, corrupt);
      const said = new Map<PartyId, Uint8Array>();
      const run = (lies: boolean) =>
        runThree(
          EXCLUDED,
          async (session) => {
            if (session.network.party === corrupt) {
              miscompute(session, 128, (call, bytes) => call === 1 && increase(bytes, 0, 16, 1n));
            }
            return finish(session, square);
          },
          {
            seed,
            tamper: ({ from, to, index, payload }) => {
              if (index !== lastIndex(from, to) - 1) return payload;
              if (from !== corrupt) said.set(to, payload.slice());
              return lies && from === corrupt ? (said.get(to) ?? payload) : payload;
            },
          },
        );
      for (const lies of [false, true]) {
        const { outcomes } = await run(lies);
        const endings = honestOf(outcomes, EXCLUDED, corrupt).map(ending);
        expect(endings).to.deep.equal(["CheckFailed", "CheckFailed"]);
      }
      expect(others.length).to.equal(2);
    });
  }
});
