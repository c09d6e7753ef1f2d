/**
 * Flips a bit of a share that it sends, of a message, of a check value, in every frame of every operation, in each seat; among four, and
 * among three where it stands in a pair with an honest party that was left out. Where in a frame changes from frame to frame: at its
 * beginning are values, at its end tags or MACs; `test/mpc-nodes/protocol/tampering.test.ts` is about the bits of one.
 */
import { PARTIES, type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import { inBatches } from "../stage.ts";
import { alone, OPERATIONS } from "./operations.ts";
import {
  AT_ONCE,
  ENDING_FRAMES,
  flipped,
  type Lie,
  lies,
  opensFalselyTo,
  overcome,
  type Recorded,
  record,
  TOSS_FRAMES,
} from "./support.ts";

/** Programs of so many rounds that each of them is attacked from one seat only, and of the longest only some. */
const LONG: Readonly<Record<string, number>> = { compare: 1, equal: 1, sort: 3, divide: 3 };

/**
 * Among three, what a party is told in a pass of a shuffle and does not need in the next is in nothing that is opened; it learns it all the
 * same, as the passes are one like the other.
 */
const TELLS_MORE: readonly string[] = ["shuffle", "unshuffle", "shuffleBits", "unshuffleBits", "sort"];

/**
 * Byte `turn` of those that begin an element, whatever its ring. High bits of an element among three are not what is opened: one that is
 * wrong there alone may go unseen, and is harmless.
 */
const placeOf = (bytes: number, turn: number): number => [0, -16, 48 * Math.floor(bytes / 96)][turn % 3];

const flips =
  ({ to: victim, index: at, bytes }: Recorded, turn: number) =>
  (): Lie =>
  ({ to, index, payload }) => [
    to === victim && index === at ? flipped(payload, placeOf(bytes, turn), 1 << (turn % 8)) : payload,
  ];

/** Of each sender, its frames of the operation; each time to one peer, in turn. */
function targetsOf(name: string, frames: readonly Recorded[]): Recorded[] {
  const own = PARTIES.flatMap((from) => {
    const sent = frames.filter((frame) => frame.from === from);
    return partiesExcept(from).flatMap((to) => {
      const link = sent.filter((frame) => frame.to === to);
      return link.slice(TOSS_FRAMES, link.length - ENDING_FRAMES);
    });
  });
  const perSeat = own.filter(({ from, to, index }) => {
    const peers = partiesExcept(from).filter((peer) =>
      own.some((each) => each.from === from && each.to === peer && each.index === index),
    );
    return peers[(index + from) % peers.length] === to;
  });
  const every = LONG[name];
  return every === undefined ? perSeat : perSeat.filter(({ from, index }) => index % (4 * every) === from * every);
}

describe("a flipped bit", () => {
  for (const name of OPERATIONS) {
    it(`of what four parties send: ${name}`, async () => {
      const body = alone(name);
      const targets = targetsOf(name, await record(name, body));
      await inBatches(
        [...targets.entries()],
        async ([turn, target]) => {
          const label = `flip ${name} ${JSON.stringify(target)} ${turn}`;
          await overcome(label, target.from, lies([0, flips(target, turn)]), { body }, { told: true });
        },
        AT_ONCE,
      );
    });
  }

  for (const [place, name] of OPERATIONS.entries()) {
    it(`of what three parties send: ${name}`, async () => {
      const body = alone(name);
      // One honest party in a pair with each culprit, another in each operation; each frame from every second seat.
      const pairs = PARTIES.slice(1).map((culprit) => ({ culprit, framed: PARTIES[place % culprit] }));
      const attacks: { framed: PartyId; target: Recorded; turn: number }[] = [];
      for (const { culprit, framed } of pairs) {
        const frames = await record(name, body, framed, [culprit]);
        const targets = targetsOf(name, frames).filter(({ index }) => (index + culprit + place) % 2 === 0);
        for (const [turn, target] of targets.entries()) attacks.push({ framed, target, turn: turn + place });
      }
      const attempts = TELLS_MORE.includes(name) ? [1, 2] : [2];
      await inBatches(
        attacks,
        async ({ framed, target, turn }) => {
          const label = `flip three ${name} ${framed} ${JSON.stringify(target)} ${turn}`;
          const attack = lies([0, opensFalselyTo(framed)], [1, flips(target, turn)]);
          await overcome(label, target.from, attack, { body }, { attempts });
        },
        AT_ONCE,
      );
    });
  }
});
