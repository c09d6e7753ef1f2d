import { expect } from "chai";
import fc from "fast-check";
import { PARTIES } from "../../../mpc-nodes/math/party.ts";
import { MAX_QUESTION_BYTES } from "../../../mpc-nodes/wire/limits.ts";
import { encodeShareQuestion } from "../../../mpc-nodes/wire/share-question.ts";
import {
  decodeStatus,
  decodeStatusQuestion,
  encodeStatus,
  encodeStatusQuestion,
  isStatusQuestion,
  type Status,
} from "../../../mpc-nodes/wire/status-question.ts";
import { seed } from "../../support/seed.ts";

const requestId = `0x${"cd".repeat(32)}`;
const signatures = PARTIES.slice(1).map((seat) => ({ seat, signature: `0x${`0${seat}`.repeat(65)}` }));
const answered: Status = {
  kind: "answered",
  certificate: { attempt: 1, activeSet: 14, result: `0x${"77".repeat(64)}`, signatures },
};
const STATUSES: readonly Status[] = [
  { kind: "unknown" },
  { kind: "over" },
  { kind: "running", attempt: 2 },
  answered,
  { kind: "answered", certificate: { attempt: 0, activeSet: 15, result: "0x", signatures: [] } },
];

const malformed = (work: () => unknown, code: string) => expect(work).to.throw().with.property("code", code);

describe("questions about a request", () => {
  it("read back as they were written, and are told from others", () => {
    const question = encodeStatusQuestion(requestId);
    expect(question.length).to.be.lessThan(MAX_QUESTION_BYTES);
    expect(decodeStatusQuestion(question)).to.equal(requestId);
    expect(isStatusQuestion(question)).to.equal(true);
    const other = encodeShareQuestion({
      kind: "words",
      datasetId: requestId,
      commitment: requestId,
      share: 3,
      piece: 7,
    });
    for (const bytes of [other, new Uint8Array(), question.subarray(0, 3)]) {
      expect(isStatusQuestion(bytes)).to.equal(false);
      malformed(() => decodeStatusQuestion(bytes), "MalformedQuestion");
    }
    malformed(() => decodeStatusQuestion(question.subarray(0, -1)), "MalformedQuestion");
    malformed(() => decodeStatusQuestion(Uint8Array.of(...question, 0)), "MalformedQuestion");
  });

  it("are answered in one form: what is changed anywhere is another answer or none", () => {
    for (const status of STATUSES) {
      const bytes = encodeStatus(status);
      expect(decodeStatus(bytes)).to.deep.equal(status);
      const changes = fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = bytes.slice();
        changed[at] ^= flip;
        try {
          expect(encodeStatus(decodeStatus(changed))).to.deep.equal(changed);
        } catch (error) {
          expect(error).to.have.property("code", "MalformedAnswer");
        }
      });
      fc.assert(changes, { seed });
      for (let length = 0; length < bytes.length; length++) {
        malformed(() => decodeStatus(bytes.subarray(0, length)), "MalformedAnswer");
      }
      malformed(() => decodeStatus(Uint8Array.of(...bytes, 0)), "MalformedAnswer");
    }
  });
});
