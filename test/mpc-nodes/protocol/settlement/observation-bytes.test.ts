import { expect } from "chai";
import fc from "fast-check";
import {
  decodeObservation,
  encodeObservation,
  OBSERVATION_BYTES,
} from "../../../../mpc-nodes/protocol/settlement/observation-bytes.ts";

describe("observation bytes", () => {
  it("decodes nothing that it would not encode", () => {
    const byte = fc.integer({ min: 0, max: 8 });
    fc.assert(
      fc.property(fc.array(byte, { minLength: OBSERVATION_BYTES - 1, maxLength: OBSERVATION_BYTES + 1 }), (list) => {
        const observation = decodeObservation(Uint8Array.from(list));
        if (observation) expect([...encodeObservation(observation)]).to.deep.equal(list);
      }),
      { numRuns: 2000, seed: 3 },
    );
  });

  it("returns what was encoded", () => {
    for (const observation of [
      { kind: "badTag", sender: 3, checker: 1, receiver: 0, round: 7, step: 2 ** 32 - 1 },
      { kind: "waiting", peer: 2, round: 5 },
      { kind: "tossEcho", peer: 1, key: 2 },
      { kind: "failed" },
      { kind: "voteMismatch", peer: 3 },
      { kind: "completed" },
    ] as const) {
      expect(decodeObservation(encodeObservation(observation))).to.deep.equal(observation);
    }
  });
});
