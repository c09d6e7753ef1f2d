import { Arena } from "@sharebridge/mpc-nodes/kernels/heap.ts";
import { PARTIES, type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import { disputeDigest, Evidence, MAX_KEPT_BYTES } from "@sharebridge/mpc-nodes/protocol/evidence.ts";
import type { FourSession } from "@sharebridge/mpc-nodes/protocol/four/session.ts";
import type { Vector } from "@sharebridge/mpc-nodes/protocol/mpc.ts";
import type { Roles } from "@sharebridge/mpc-nodes/protocol/tags.ts";
import { expect } from "chai";
import { seed } from "../../support/seed.ts";
import { type Frame, memoryNetworks } from "../support/memory-network.ts";
import { deal, runAll, runHonest, TOSS_FRAMES, take, testHeap } from "../support/parties.ts";
import { seededRandom } from "../support/seeded-random.ts";

const x = deal([4n, 5n], seededRandom(seed, "evidence"));
const hex = (bytes: Uint8Array | null | undefined): string | null =>
  bytes ? Buffer.from(bytes).toString("hex") : null;
/** In the first round of a product party 1 hears from 0 alone, checked by 2 (`CROSS_TERMS`). */
const ROLES: Roles = { sender: 0, checker: 2, receiver: 1 };

/** What each party says of the first message of `ROLES` after a product in which a frame was altered. */
async function dispute(from: number): Promise<(string | null)[]> {
  const said: (string | null)[] = [];
  const tamper = (frame: Frame): Uint8Array => {
    if (frame.from !== from || frame.to !== 1 || frame.index !== TOSS_FRAMES) return frame.payload;
    const altered = frame.payload.slice();
    altered[altered.length - 1]! ^= 1;
    return altered;
  };
  await runAll(
    async (session) => {
      try {
        await session.mpc.multiply(take(session, x), take(session, x));
        await session.mpc.open([take(session, x)]);
      } finally {
        said[session.network.party] = hex(session.digestOf(ROLES, 0, 0));
      }
    },
    { seed, tamper },
  );
  return said;
}

describe("protocol: evidence of a dispute (PROTOCOL 4)", () => {
  it("a value that was altered: sender and checker agree, the receiver has another digest, the bystander none", async () => {
    const [sender, receiver, checker, bystander] = await dispute(0);
    expect(sender).to.be.a("string");
    expect(sender).to.equal(checker);
    expect(receiver).to.be.a("string");
    expect(receiver).to.not.equal(sender);
    expect(bystander).to.equal(null);
  });

  it("a tag that was altered: sender, checker and receiver have the same digest, so the tag was wrong", async () => {
    const [sender, receiver, checker, bystander] = await dispute(2);
    expect(sender).to.be.a("string");
    expect([receiver, checker]).to.deep.equal([sender, sender]);
    expect(bystander).to.equal(null);
  });

  it("is bound to key, roles, round, step and message", () => {
    const random = seededRandom(seed, "dispute");
    const keys = PARTIES.map(() => random(32));
    const message = Uint8Array.of(1, 2);
    const all = [
      disputeDigest(keys, ROLES, 0, 0, message),
      disputeDigest(
        PARTIES.map(() => random(32)),
        ROLES,
        0,
        0,
        message,
      ),
      disputeDigest(keys, { sender: 2, checker: 0, receiver: 1 }, 0, 0, message),
      disputeDigest(keys, ROLES, 1, 0, message),
      disputeDigest(keys, ROLES, 0, 1, message),
      disputeDigest(keys, ROLES, 0, 0, Uint8Array.of(1, 3)),
    ];
    expect(new Set(all.map(hex)).size).to.equal(all.length);
    expect(hex(disputeDigest([null, null, null, keys[3]!], ROLES, 0, 0, message))).to.equal(hex(all[0]));
  });

  /** How many joint messages this party could still settle a dispute about. */
  function keptBy(session: FourSession, rounds: number): number {
    let kept = 0;
    for (let round = 0; round < rounds; round++) {
      for (const step of [0, 1]) {
        for (const receiver of PARTIES) {
          for (const sender of partiesExcept(receiver)) {
            for (const checker of partiesExcept(sender, receiver)) {
              if (session.digestOf({ sender, checker, receiver }, round, step)) kept += 1;
            }
          }
        }
      }
    }
    return kept;
  }

  const loops: Record<string, (session: FourSession, x: Vector) => Promise<unknown>> = {
    "openings of two steps": ({ mpc }, x) => mpc.open([x]),
    "openings of one step": ({ mpc }, x) => mpc.open([mpc.slice(x, 0, 2)]),
    "products of one step": ({ mpc }, x) => mpc.multiply(mpc.slice(x, 0, 2), mpc.slice(x, 0, 2)),
    "conversions of two rounds": ({ mpc }, x) => mpc.addends(mpc.slice(x, 0, 2), 4),
    "products and truncations, three rounds": async ({ mpc }, x) => {
      const few = mpc.slice(x, 0, 2);
      await mpc.truncate([{ value: await mpc.multiply(few, few), bits: 3 }]);
    },
    "four rounds": async ({ mpc }, x) => {
      const few = mpc.slice(x, 0, 2);
      await mpc.addends(few, 4);
      await mpc.widen(few);
    },
  };
  for (const [name, once] of Object.entries(loops)) {
    it(`an honest run lets go of what later frames acknowledge: ${name}`, async () => {
      const rows = deal(Array<bigint>(40_000).fill(1n), seededRandom(seed, "rows"));
      const most = async (session: FourSession): Promise<number> => {
        const value = take(session, rows);
        const tossed = session.rounds;
        let kept = 0;
        for (let time = 0; time < 24; time++) {
          await once(session, value);
          if (time % 6 === 5) kept = Math.max(kept, keptBy(session, session.rounds - tossed));
        }
        return kept;
      };
      const { results } = await runHonest(most, { seed });
      // The messages of a few rounds, however many there were.
      for (const kept of results) expect(kept).to.be.within(1, 36);
    });
  }

  it("what nobody acknowledges becomes digests: bounded memory, every digest still there", async () => {
    const heap = testHeap();
    const [before, arena] = [heap.usedBytes, new Arena(testHeap())];
    const random = seededRandom(seed, "bound");
    const keys = PARTIES.map((j) => (j === 0 ? null : random(32)));
    const evidence = new Evidence(keys, arena, memoryNetworks().networks[0]!);
    const [bytes, steps] = [1 << 20, 80];
    for (let step = 0; step < steps; step++) {
      const region = arena.zeroed(bytes);
      heap.view(region.pointer, 1)[0] = step;
      evidence.keep({
        round: 3,
        step,
        serial: step,
        region,
        messages: [{ roles: ROLES, pointer: region.pointer, byteLength: bytes }],
        frames: [{ peer: 1, byteLength: bytes }],
      });
      await evidence.bound();
      expect(heap.usedBytes - before).to.be.at.most(MAX_KEPT_BYTES);
    }
    const message = new Uint8Array(bytes);
    for (let step = 0; step < steps; step++) {
      message[0] = step;
      expect(hex(evidence.digestOf(ROLES, 3, step)), `step ${step}`).to.equal(
        hex(disputeDigest(keys, ROLES, 3, step, message)),
      );
    }
    evidence.acknowledge(1, steps);
    expect(heap.usedBytes, "an acknowledgement lets the rest go").to.equal(before);
    arena.close();
  });

  it("what has not left stays where it is, though its receiver goes on as if it had read it", async () => {
    const heap = testHeap();
    const arena = new Arena(heap);
    const waiting = [0, 0, 0, 0];
    const network = { ...memoryNetworks().networks[0]!, queued: (to: PartyId): number => waiting[to]! };
    const evidence = new Evidence([null, null, null, new Uint8Array(32)], arena, network);
    const before = heap.usedBytes;
    const keep = (serial: number): void => {
      const region = arena.take(64);
      const messages = [{ roles: ROLES, pointer: region.pointer, byteLength: 8 }];
      const frames = [2, 1].map((peer) => ({ peer: peer as PartyId, byteLength: peer === 1 ? 8 : 16 }));
      evidence.keep({ ...{ round: serial, step: 0, serial, region }, messages, frames });
    };
    for (const serial of [0, 1, 2]) keep(serial);
    // Party 1 reads; party 2, to which only a tag goes, has not let its second and third frame leave.
    waiting[2] = 32;
    evidence.acknowledge(1, 2);
    expect(heap.usedBytes - before, "the first has left").to.equal(2 * 64);
    waiting[2] = 1;
    evidence.acknowledge(1, 2);
    expect(heap.usedBytes - before, "a part of a frame still waits").to.equal(64);
    waiting[2] = 0;
    evidence.acknowledge(1, 2);
    expect(heap.usedBytes).to.equal(before);
    arena.close();
  });

  it("does not wait for ever for a peer that takes nothing", async () => {
    const arena = new Arena(testHeap());
    const silent = new Error("party 2 took nothing");
    const asked: number[] = [];
    const network = {
      ...memoryNetworks().networks[0]!,
      idle: () => new Promise<void>(() => {}),
      room: async (to: PartyId, bytes?: number): Promise<void> => {
        asked.push(to, bytes!);
        if (to === 2) throw silent;
      },
    };
    const evidence = new Evidence([null, null, null, new Uint8Array(32)], arena, network);
    const region = arena.take(MAX_KEPT_BYTES + 1);
    const messages = [{ roles: ROLES, pointer: region.pointer, byteLength: 8 }];
    evidence.keep({ ...{ round: 0, step: 0, serial: 0, region }, messages, frames: [{ peer: 1, byteLength: 8 }] });
    expect(await evidence.bound().catch((error: unknown) => error)).to.equal(silent);
    expect(asked).to.deep.equal([1, 0, 2, 0]);
    arena.close();
  });
});
