import { CHUNK_ROWS, forEachChunk } from "@sharebridge/mpc-nodes/math/chunks.ts";
import { expect } from "chai";

describe("math: chunks", () => {
  it("cover every row once, in order", () => {
    for (const length of [0, 1, CHUNK_ROWS - 1, CHUNK_ROWS, CHUNK_ROWS + 1, 3 * CHUNK_ROWS]) {
      let end = 0;
      forEachChunk(length, (from, to) => {
        expect(from).to.equal(end);
        expect(to - from)
          .to.be.greaterThan(0)
          .and.at.most(CHUNK_ROWS);
        end = to;
      });
      expect(end).to.equal(length);
    }
  });
});
