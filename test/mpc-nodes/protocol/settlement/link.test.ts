import { expect } from "chai";
import { ByteWriter } from "../../../../mpc-nodes/math/bytes.ts";
import { PARTIES, type PartyId, partiesExcept } from "../../../../mpc-nodes/math/party.ts";
import type { Network } from "../../../../mpc-nodes/protocol/network.ts";
import { broadcastLinks } from "../../../../mpc-nodes/protocol/settlement/link.ts";
import {
  type BroadcastLink,
  MAX_STATEMENT_BYTES,
  type SignedStatement,
} from "../../../../mpc-nodes/protocol/settlement/signed-broadcast.ts";
import { SIGNATURE_BYTES } from "../../../../mpc-nodes/protocol/signer.ts";
import { memoryNetworks } from "../../support/memory-network.ts";

const ROUND = 100;

/** Time that passes when told. */
function clock() {
  let now = 0;
  const waiting: { at: number; resolve: () => void }[] = [];
  return {
    sleep: (ms: number) => new Promise<void>((resolve) => waiting.push({ at: now + ms, resolve })),
    async advance(to: number) {
      while (now < to) {
        now += 1;
        for (const { at, resolve } of waiting) if (at === now) resolve();
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

const own = (author: PartyId, length = 3): SignedStatement => ({
  author,
  statement: new Uint8Array(length).fill(author),
  signature: new Uint8Array(SIGNATURE_BYTES).fill(0x50 + author),
});
const relayed = (author: PartyId) => ({ ...own(author), relay: new Uint8Array(SIGNATURE_BYTES).fill(0x70) });

function links(network: Network, sleep: (ms: number) => Promise<void>): [BroadcastLink, BroadcastLink] {
  const [first, second] = broadcastLinks({ network, roundMs: ROUND, phases: 2, sleep });
  return [first!, second!];
}

describe("broadcast link", () => {
  it("carries the largest lists of both rounds to all, without waiting for the deadline", async () => {
    const { networks } = memoryNetworks();
    const { sleep } = clock();
    const lists = await Promise.all(
      networks.map(async (network) => {
        const [link] = links(network, sleep);
        const others = partiesExcept(network.party);
        const relays = others.map((author) => ({ ...relayed(author), ...own(author, MAX_STATEMENT_BYTES) }));
        return [await link.exchange(1, [own(network.party, MAX_STATEMENT_BYTES)]), await link.exchange(2, relays)];
      }),
    );
    for (const party of PARTIES) {
      for (const peer of partiesExcept(party)) {
        expect(lists[party]![0]![peer]).to.deep.equal([own(peer, MAX_STATEMENT_BYTES)]);
        expect(lists[party]![1]![peer]!.map(({ author }) => author)).to.deep.equal(partiesExcept(peer));
      }
      expect(lists[party]![0]![party]).to.equal(null);
    }
  });

  /** Party 0's lists of two phases when party 1 sends these frames at these times and the others at once. */
  async function heard(frames: readonly { at: number; bytes: Uint8Array }[]) {
    const { networks } = memoryNetworks();
    const { sleep, advance } = clock();
    for (const peer of [2, 3] as const) {
      const [one, two] = links(networks[peer]!, sleep);
      void (async () => {
        for (const link of [one, two]) {
          await link.exchange(1, [own(peer)]);
          await link.exchange(2, []);
        }
      })();
    }
    for (const { at, bytes } of frames) void sleep(at).then(() => networks[1]!.send(0, bytes));
    const result: (readonly SignedStatement[] | null)[][] = [];
    const [one, two] = links(networks[0]!, sleep);
    const done = (async () => {
      for (const link of [one, two]) {
        for (const round of [1, 2] as const) result.push([...(await link.exchange(round, []))]);
      }
    })();
    await advance(4 * ROUND);
    await done;
    for (const lists of result) expect([lists[2], lists[3]]).to.not.include(null);
    return result.map((lists) => lists[1] ?? null);
  }

  const frame = (...parts: Uint8Array[]) => new ByteWriter().prefixed(Buffer.concat(parts)).finish();
  const entry = (author: number, statementBytes = 3, statement = new Uint8Array(3)) =>
    new ByteWriter().u8(author).u32(statementBytes).bytes(statement).bytes(new Uint8Array(SIGNATURE_BYTES)).finish();
  const empty = frame();

  it("takes what comes up to the deadline of each round, counted from the start", async () => {
    const lists = await heard(
      [1, 2, 3, 4].map((round) => ({ at: round * ROUND - 1, bytes: round % 2 === 1 ? frame(entry(1)) : empty })),
    );
    expect(lists.map((list) => list?.length)).to.deep.equal([1, 0, 1, 0]);
  });

  it("hears nothing more from a peer that missed a deadline", async () => {
    expect(
      await heard([
        { at: 10, bytes: empty },
        { at: 2 * ROUND + 1, bytes: empty },
        { at: 2 * ROUND + 2, bytes: empty },
        { at: 2 * ROUND + 3, bytes: empty },
      ]),
    ).to.deep.equal([[], null, null, null]);
  });

  for (const [what, bytes] of Object.entries({
    "a length beyond the bound, before it waits for so much": new ByteWriter().u32(0xffff_ffff).finish(),
    "two statements": frame(entry(1), entry(1)),
    "an author who is nobody": frame(entry(4)),
    "a statement beyond the bound": frame(entry(1, MAX_STATEMENT_BYTES + 1)),
    "a list that ends early": frame(entry(1).subarray(1)),
    "bytes after the list": frame(entry(1), Uint8Array.of(0)),
  })) {
    it(`hears nothing more from a peer that sends ${what}`, async () => {
      const sent = [bytes, empty, empty, empty].map((each, i) => ({ at: i + 1, bytes: each }));
      expect(await heard(sent)).to.deep.equal([null, null, null, null]);
    });
  }

  it("never rejects: a closed network is four times silence", async () => {
    const { networks, close } = memoryNetworks();
    close(new Error("closed"));
    const { sleep } = clock();
    for (const link of links(networks[0]!, sleep)) {
      expect(await link.exchange(1, [own(0)])).to.deep.equal([null, null, null, null]);
    }
  });

  it("works with those of the others that there are", async () => {
    const { networks } = memoryNetworks();
    const { sleep } = clock();
    const pair = ([0, 2] as const).map((party) => ({ ...networks[party]!, peers: [(2 - party) as PartyId] }));
    const lists = await Promise.all(pair.map((network) => links(network, sleep)[0].exchange(1, [own(network.party)])));
    expect(lists[0]).to.deep.equal([null, null, [own(2)], null]);
  });
});
