/** Sealed outputs of three: in the form of four parties, so whoever opens them need not know who computed. */
import { PARTIES, type PartyId, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import { viewBytes } from "@sharebridge/mpc-nodes/math/words.ts";
import type { SealedOutputs } from "@sharebridge/mpc-nodes/protocol/session.ts";
import type { ThreeSession } from "@sharebridge/mpc-nodes/protocol/three/session.ts";
import { encodeOpening, recombineOpenings } from "@sharebridge/mpc-nodes/sharing/opening.ts";
import { expect } from "chai";
import { seed } from "../../../support/seed.ts";
import { allOf, deal, dealShares, failureCode, runThree, testHeap } from "../../support/parties.ts";
import { seededRandom } from "../../support/seeded-random.ts";
import { takeThree } from "../../support/three-runner.ts";
import { byteChiSquare, CHI_SQUARE_BOUND } from "../../support/uniformity.ts";
import { ending, honestOf, miscompute } from "./support.ts";

const requestId = new Uint8Array(32).fill(3);
const values = [17n, 2n ** 64n - 4n, 0n, 1n << 63n];
const x = deal(values, seededRandom(seed, "outputs three"));

const hex = (bytes: Uint8Array | null | undefined): string => (bytes ? Buffer.from(bytes).toString("hex") : "none");

async function sealed(excluded: PartyId, of = x, runSeed = seed, times = 1): Promise<(readonly SealedOutputs[])[]> {
  return allOf(
    await runThree(
      excluded,
      async (session) => {
        const all: SealedOutputs[] = [];
        for (let time = 0; time < times; time++) all.push(await session.seal(takeThree(session, of), requestId));
        return all;
      },
      { seed: runSeed },
    ),
  );
}

describe("three parties: sealed outputs", () => {
  afterEach(() => expect(testHeap().usedBytes, "left in the heap").to.equal(0));

  for (const excluded of PARTIES) {
    it(`without ${excluded}: all three have the same commitments, and any two open the outputs`, async () => {
      const active = partiesExcept(excluded);
      const results = (await sealed(excluded)).map(([each]) => each!);
      const { commitments } = results[0]!;
      for (const each of results) expect(each.commitments.map(hex)).to.deep.equal(commitments.map(hex));
      expect(new Set(commitments.map(hex)).size).to.equal(4);
      const openings = results.map(({ shares, salts }, index) => ({
        party: active[index]!,
        plaintext: encodeOpening(salts, shares),
      }));
      for (const left of openings) {
        const opened = recombineOpenings(
          openings.filter((each) => each !== left),
          commitments,
          requestId,
          values.length,
        );
        expect(opened).to.deep.equal({ values: BigUint64Array.from(values), faultySeats: [] });
      }
    });

    it(`without ${excluded}: every share and its salt are equal at their holders, and unknown to the seat of their number`, async () => {
      const active = partiesExcept(excluded);
      const results = (await sealed(excluded)).map(([each]) => each!);
      for (const j of PARTIES) {
        const holders = results.filter((_, index) => active[index] !== j);
        expect(holders.length, `share ${j}`).to.equal(j === excluded ? 3 : 2);
        expect(new Set(holders.map(({ salts }) => hex(salts[j]))).size).to.equal(1);
        expect(new Set(holders.map(({ shares }) => String(shares.shares[j]))).size).to.equal(1);
        if (j === excluded) continue;
        const own = results[active.indexOf(j)]!;
        expect([own.salts[j], own.shares.shares[j]]).to.deep.equal([null, null]);
      }
    });
  }

  it("shares and salts are others each time, in one session and in another", async () => {
    const results = [...(await sealed(1, x, seed, 2)), ...(await sealed(1, x, seed + 1))];
    const first = [...results[0]!, ...results[3]!];
    for (const j of [1, 2, 3]) {
      for (const row of values.keys()) {
        const words = first.map(({ shares }) => shares.shares[j]![row]!);
        expect(new Set([...words, x.shares[j]![row]!]).size, `share ${j}, row ${row}`).to.equal(4);
      }
      expect(new Set(first.map(({ salts }) => hex(salts[j]))).size).to.equal(3);
    }
  });

  it("every share is uniform, whatever the outputs are and however they were shared", async () => {
    const rows = 4096;
    for (const carrier of PARTIES) {
      const bare = dealShares(PARTIES.map((j) => new BigUint64Array(rows).fill(j === carrier ? 1n : 0n)));
      for (const excluded of [0, 2] as const) {
        const [own, other] = (await sealed(excluded, bare)).map(([each]) => each!);
        for (const j of PARTIES) {
          const share = (own!.shares.shares[j] ?? other!.shares.shares[j])!;
          const label = `share ${j}, carrier ${carrier}, without ${excluded}`;
          expect(byteChiSquare(viewBytes(share)), label).to.be.below(CHI_SQUARE_BOUND);
          expect(new Set(share).size, label).to.equal(rows);
        }
      }
    }
  });

  it("nothing is sealed of what is not verified: no commitment leaves an honest party", async () => {
    const [excluded, corrupt] = [0, 2] as const;
    const run = async (wrong: boolean) => {
      return runThree(
        excluded,
        async (session: ThreeSession) => {
          if (wrong && session.network.party === corrupt) {
            // The products that reshare the outputs: after their MACs, the values.
            miscompute(session, 128, (call, bytes) => call === 1 && bytes[0]!++);
          }
          return session.seal(takeThree(session, x), requestId);
        },
        { seed },
      );
    };
    const [right, wrong] = [await run(false), await run(true)];
    expect(honestOf(wrong.outcomes, excluded, corrupt).map(ending)).to.deep.equal(["CheckFailed", "CheckFailed"]);
    const sent = (of: typeof right, party: PartyId) =>
      of.memory.events.filter(({ kind, from }) => kind === "sent" && from === party).length;
    for (const party of partiesExcept(excluded, corrupt)) expect(sent(right, party) - sent(wrong, party)).to.equal(2);
  });

  it("a party that commits to other outputs is noticed", async () => {
    const [excluded, corrupt] = [3, 1] as const;
    const { outcomes } = await runThree(
      excluded,
      (session) =>
        session.seal(takeThree(session, x), session.network.party === corrupt ? requestId.map(() => 9) : requestId),
      { seed },
    );
    const codes = honestOf(outcomes, excluded, corrupt).map(failureCode);
    expect(codes).to.include("BadTag");
    expect(codes).to.not.include(null);
  });
});
