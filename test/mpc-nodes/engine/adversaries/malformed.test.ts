/** Sends garbage, too much, too little, at every place; different things to different peers; what it has heard or said elsewhere. */
import { PARTIES, type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import { seed } from "../../../support/seed.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { type Attack, overridden } from "../attack.ts";
import { inBatches } from "../stage.ts";
import { type Body, OPERATIONS } from "./operations.ts";
import {
  AT_ONCE,
  BRIEF_MS,
  isAttempt,
  type Lie,
  lies,
  opensFalselyTo,
  overcome,
  record,
  type Sent,
} from "./support.ts";

const random = seededRandom(seed, "garbage");
/** `npm run test:adversaries`: every operation, and every place in each case. It takes several times as long. */
const ALL = process.env.ADVERSARIES === "all";
/** Of each kind of message one operation: what is wrong here is wrong whatever is computed. */
const SOME = ["multiply wide", "truncate", "inject", "and", "compare", "shuffle"];
const body: Body = {
  operations: ALL ? OPERATIONS.filter((name) => !["seal", "sort", "divide"].includes(name)) : SOME,
  seals: false,
};

/** Messages that a party sends a peer in the body, signature included. */
const FRAMES = { four: 0, three: 0 };

type Change = (payload: Uint8Array) => readonly Uint8Array[];

const CHANGES: Record<string, Change> = {
  garbage: ({ length }) => [random(length)],
  "one byte too many": (payload) => [Buffer.concat([payload, Uint8Array.of(1)])],
  "one byte too many before it": (payload) => [Uint8Array.of(1), payload],
  "one byte too few": (payload) => [payload.subarray(0, payload.length - 1)],
  "the same twice": (payload) => [payload, payload],
  "an empty message": () => [new Uint8Array()],
  "a megabyte more": (payload) => [payload, new Uint8Array(2 ** 20)],
};

const changes =
  (change: Change, at: number, victims: readonly PartyId[]) =>
  (): Lie =>
  ({ to, index, payload }: Sent) =>
    index === at && victims.includes(to) ? change(payload) : [payload];

interface Place {
  readonly culprit: PartyId;
  readonly k: number;
}

const places = (culprits: readonly PartyId[], count: number): Place[] =>
  culprits.flatMap((culprit) => Array.from({ length: count }, (_, k) => ({ culprit, k })));

describe("a culprit that sends", () => {
  before(async () => {
    for (const [size, excluded] of [
      ["four", null],
      ["three", 0],
    ] as const) {
      const frames = await record(`malformed ${size}`, body, excluded, [1]);
      FRAMES[size] = 1 + Math.max(...frames.map(({ index }) => index));
    }
  });

  for (const [turn, [name, change]] of Object.entries(CHANGES).entries()) {
    it(`${name}, among four`, async () => {
      const some = places(PARTIES, FRAMES.four).filter(
        ({ culprit, k }) => ALL || turn === 0 || (k + culprit + turn) % 4 === 0,
      );
      await inBatches(
        some,
        async ({ culprit, k }) => {
          const peers = partiesExcept(culprit);
          const victims = k % 3 === 0 ? peers : [peers[k % 3]];
          await overcome(`${name} ${k}`, culprit, lies([0, changes(change, k, victims)]), {
            body,
            receiveMs: BRIEF_MS,
          });
        },
        AT_ONCE,
      );
    });

    it(`${name}, among three`, async () => {
      const some = places([1, 2, 3], FRAMES.three).filter(({ culprit, k }) => ALL || (k + culprit + turn) % 6 === 0);
      await inBatches(
        some,
        async ({ culprit, k }) => {
          const framed = PARTIES[k % culprit];
          const peers = partiesExcept(culprit, framed);
          const attack = lies(
            [0, opensFalselyTo(framed)],
            [1, changes(change, k, k % 3 === 0 ? peers : [peers[k % 2]])],
          );
          await overcome(`${name} of three ${k}`, culprit, attack, { body, receiveMs: BRIEF_MS });
        },
        AT_ONCE,
      );
    });
  }

  it("different values to different peers, at every place", async () => {
    await inBatches(
      places(PARTIES, FRAMES.four),
      async ({ culprit, k }) => {
        const lie: Lie = ({ to, index, payload }) => [index === k ? payload.map((byte) => byte ^ (1 << to)) : payload];
        await overcome(`different ${k}`, culprit, lies([0, () => lie]), { body, receiveMs: BRIEF_MS });
      },
      AT_ONCE,
    );
  });
});

/** Every frame that the culprit sent or received, by session and index, so that another session can be told them. */
type Kept = Map<string, Uint8Array>;

/** Keeps what the culprit says in `from`, and says it again in `to`, at every place from k on. */
function replays(
  kept: Kept,
  isSource: (name: Parameters<NonNullable<Attack["network"]>>[1]) => boolean,
  lie: () => Lie,
): Attack {
  const second = lies([0, lie], [1, lie]);
  return {
    network(network, name, signer) {
      const lying = isSource(name) ? network : second.network!(network, name, signer);
      const counts = [0, 0, 0, 0];
      return overridden(lying, {
        send(to, payload) {
          if (isSource(name)) kept.set(`${to} ${counts[to]}`, payload.slice());
          counts[to]++;
          lying.send(to, payload);
        },
      });
    },
  };
}

describe("a culprit that repeats", () => {
  const KS = [0, 1, 2, 3, 4, 6, 9, 11];

  it("what it said at the same place in another request of the same parties", async () => {
    await inBatches(
      PARTIES.flatMap((culprit) => KS.map((k) => ({ culprit, k }))),
      async ({ culprit, k }) => {
        const kept: Kept = new Map();
        const lie: Lie = ({ to, index, payload }) => [(index === k && kept.get(`${to} ${index}`)) || payload];
        const attack = replays(
          kept,
          ({ earlier, kind }) => earlier && kind === "compute",
          () => lie,
        );
        await overcome(
          `earlier request ${k}`,
          culprit,
          attack,
          { body, receiveMs: BRIEF_MS, earlier: true },
          { told: k < 9 },
        );
      },
      AT_ONCE,
    );
  });

  it("in an attempt of three what it said in the attempt of four", async () => {
    await inBatches(
      ([1, 2, 3] as const).flatMap((culprit) => KS.map((k) => ({ culprit, k }))),
      async ({ culprit, k }) => {
        const framed = PARTIES[k % culprit];
        const kept: Kept = new Map();
        // It spoils attempt 0 by its last messages to one party.
        const spoils = lies([
          0,
          () =>
            ({ to, index, payload }) =>
              to === framed && index >= 6 ? [] : [payload],
        ]);
        const lie: Lie = ({ to, index, payload }) => [(index === k && kept.get(`${to} ${index}`)) || payload];
        const again = replays(kept, isAttempt(0), () => lie);
        const attack: Attack = {
          network: (network, name, signer) =>
            isAttempt(0)(name)
              ? again.network!(spoils.network!(network, name, signer), name, signer)
              : again.network!(network, name, signer),
        };
        await overcome(`earlier attempt ${k}`, culprit, attack, { body, receiveMs: BRIEF_MS }, { told: true });
      },
      AT_ONCE,
    );
  });

  it("its message before, or what it said to another peer", async () => {
    const cases = PARTIES.flatMap((culprit) =>
      KS.flatMap((k) => [true, false].map((before) => ({ culprit, k, before }))),
    );
    await inBatches(
      cases.filter(({ k, before, culprit }) => (k > 0 || !before) && (k + culprit) % 2 === 0),
      async ({ culprit, k, before }) => {
        const last: Uint8Array[] = [];
        let other: Uint8Array | null = null;
        const lie: Lie = ({ to, index, payload }) => {
          const said = before ? last[to] : other;
          [last[to], other] = [payload.slice(), payload.slice()];
          return [index === k && said !== null ? said : payload];
        };
        await overcome(`repeats ${k} ${before}`, culprit, lies([0, () => lie]), { body, receiveMs: BRIEF_MS });
      },
      AT_ONCE,
    );
  });
});
