/** The random triples that ANDs are compared with: a wrong one is noticed wherever the coin puts it, however few ANDs there are. */
import { bucketSize } from "@sharebridge/mpc-nodes/protocol/three/triple-check.ts";
import { expect } from "chai";
import { seed } from "../../../support/seed.ts";
import { failureCode, runThree } from "../../support/parties.ts";

/** Of a check of few ANDs: 256 buckets of six, and six that are opened. */
const TRIPLES = 256 * 6 + 6;
const WORD_BYTES = 8;

describe("three parties: triples", () => {
  it("are as many as N^-(B-1) ≤ 2^-40 asks for", () => {
    for (const buckets of [256, 1023, 1024, 2 ** 14 - 1, 2 ** 14, 2 ** 20 - 1, 2 ** 20]) {
      expect((bucketSize(buckets) - 1) * Math.log2(buckets)).to.be.at.least(40);
    }
  });

  it("are all compared: one wrong bit anywhere ends a run of a single AND", async () => {
    const unseen: number[] = [];
    for (let word = 0; word < TRIPLES; word += 61) {
      let found = false;
      const { outcomes } = await runThree(
        3,
        async ({ mpc }) => mpc.openBits([await mpc.and(mpc.randomBits(1, 1), mpc.randomBits(1, 1))]),
        {
          seed: seed + word,
          tamper({ from, payload }) {
            if (from !== 0 || payload.length < TRIPLES * WORD_BYTES || found) return payload;
            found = true;
            const altered = payload.slice();
            altered[word * WORD_BYTES + (word % WORD_BYTES)] ^= 1 << (word % 8);
            return altered;
          },
        },
      );
      expect(found, "the frame of triples").to.equal(true);
      if (!outcomes.map(failureCode).includes("CheckFailed")) unseen.push(word);
    }
    expect(unseen).to.deep.equal([]);
  });
});
