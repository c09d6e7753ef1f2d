import { PARTIES, partiesExcept } from "@sharebridge/mpc-nodes/math/party.ts";
import { refresh } from "@sharebridge/mpc-nodes/protocol/four/refresh.ts";
import { asVector } from "@sharebridge/mpc-nodes/protocol/four/values.ts";
import { agreeOnCommitments, outputSalts } from "@sharebridge/mpc-nodes/protocol/replicated/outputs.ts";
import { commitOutputs, encodeOpening, recombineOpenings } from "@sharebridge/mpc-nodes/sharing/opening.ts";
import { expect } from "chai";
import { seed } from "../../support/seed.ts";
import { collect, deal, failureCode, runAll, runHonest, sharesOf, take } from "../support/parties.ts";
import { seededRandom } from "../support/seeded-random.ts";
import { sampleCommitments } from "./operation-table.ts";

const hex = (bytes: Uint8Array | null | undefined): string => (bytes ? Buffer.from(bytes).toString("hex") : "none");

describe("protocol: sealed outputs", () => {
  it("salts are equal at the three holders of a share, unknown to the fourth, and fresh", async () => {
    const { results } = await runHonest(async (s) => [outputSalts(s.mpc.context), outputSalts(s.mpc.context)], {
      seed,
    });
    const all = new Set<string>();
    for (const draw of [0, 1]) {
      for (const j of PARTIES) {
        expect(results[j]![draw]![j]).to.equal(null);
        const copies = new Set(partiesExcept(j).map((party) => hex(results[party]![draw]![j])));
        expect(copies.size).to.equal(1);
        all.add([...copies][0]!);
      }
    }
    expect(all.size).to.equal(8);
  });

  it("every party ends with the same four commitments", async () => {
    const { results } = await runHonest((s) => agreeOnCommitments(s.mpc.context, sampleCommitments(s)), { seed });
    for (const commitments of results) {
      expect(commitments.map(hex)).to.deep.equal([1, 2, 3, 4].map((byte) => hex(new Uint8Array(32).fill(byte))));
    }
  });

  it("a party that computed another commitment is noticed", async () => {
    const { outcomes } = await runAll(
      (s) => {
        const own = sampleCommitments(s);
        if (s.network.party === 1) own[0] = new Uint8Array(32);
        return agreeOnCommitments(s.mpc.context, own);
      },
      { seed },
    );
    expect(failureCode(outcomes[0]!)).to.equal("BadTag");
  });

  it("refuses a list that is not three commitments", async () => {
    const { outcomes } = await runAll((s) => agreeOnCommitments(s.mpc.context, [null, null, null, null]), { seed });
    for (const outcome of outcomes) expect(failureCode(outcome)).to.equal("InvalidOperand");
  });

  it("a run's outputs are refreshed, committed, agreed on, opened and recombined", async () => {
    const requestId = new Uint8Array(32).fill(3);
    const outputs = BigUint64Array.of(17n, 2n ** 64n - 4n, 0n);
    const parts = deal([...outputs], seededRandom(seed, "outputs"));
    const { results } = await runHonest(
      async (s) => {
        const value = await refresh(s.mpc.context, asVector(take(s, parts)));
        const fresh = { length: value.length, shares: sharesOf(s, value) };
        const salts = outputSalts(s.mpc.context);
        const commitments = await agreeOnCommitments(s.mpc.context, commitOutputs(salts, fresh, requestId));
        return { commitments, opening: { party: s.network.party, plaintext: encodeOpening(salts, fresh) } };
      },
      { seed },
    );
    const openings = [results[2]!.opening, results[1]!.opening];
    const opened = recombineOpenings(openings, results[3]!.commitments, requestId, outputs.length);
    expect(opened).to.deep.equal({ values: outputs, faultySeats: [] });
  });

  it("refresh: the same value in other shares, whatever the word", async () => {
    for (const word of [64, 128] as const) {
      const values = [0n, 1n, -1n, 1n << 63n, 5n].map((value) => BigInt.asUintN(word, value));
      const x = deal(values, seededRandom(seed, "refresh"), word);
      const { results } = await runHonest(
        async (s) => {
          const vector = asVector(take(s, x));
          const first = await refresh(s.mpc.context, vector);
          return [first, await refresh(s.mpc.context, vector)].map((each) => sharesOf(s, each));
        },
        { seed },
      );
      const [first, second] = [0, 1].map((index) => results.map((shares) => shares[index]!));
      expect(collect(first!, word)).to.deep.equal(values);
      expect(collect(second!, word)).to.deep.equal(values);
      for (const j of PARTIES) {
        const holder = j === 0 ? 1 : 0;
        const shares = [x.shares[j]!, first![holder]![j]!, second![holder]![j]!];
        for (const row of shares[0]!.keys()) {
          expect(new Set(shares.map((words) => words[row])).size, `share ${j}, row ${row}`).to.equal(3);
        }
      }
    }
  });
});
