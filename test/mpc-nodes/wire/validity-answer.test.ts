import { decodeValidityAnswer, encodeValidityAnswer } from "@sharebridge/mpc-nodes/wire/validity-answer.ts";
import { expect } from "chai";

const signature = (seat: 0 | 1 | 2 | 3) => ({ seat, signature: `0x${`0${seat}`.repeat(65)}` });
const validity = {
  run: 3,
  attempt: 1,
  activeSet: 11,
  result: `0x${"ab".repeat(160)}`,
  signatures: [signature(0), signature(1), signature(3)],
};

describe("answers about the check of a dataset's rows", () => {
  it("read back as they were written, and carry nothing else", () => {
    expect(decodeValidityAnswer(encodeValidityAnswer(validity))).to.deep.equal(validity);
    const more = { ...validity, datasetId: "0x00" };
    expect(decodeValidityAnswer(encodeValidityAnswer(more))).to.deep.equal(validity);
  });

  it("are refused when they are anything else", () => {
    const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
    for (const bad of [
      new Uint8Array(),
      Uint8Array.of(0xff),
      encode({ ...validity, extra: 1 }),
      encode({ ...validity, run: 65_536 }),
      encode({ ...validity, attempt: 3 }),
      encode({ ...validity, activeSet: 16 }),
      encode({ ...validity, result: "0x12" }),
      encode({ ...validity, result: validity.result.toUpperCase() }),
      encode({ ...validity, signatures: [{ seat: 4, signature: validity.signatures[0]!.signature }] }),
      encode({ ...validity, signatures: [{ seat: 0, signature: "0x" }] }),
      encode({ ...validity, signatures: Array(5).fill(signature(0)) }),
      new Uint8Array(2_049).fill(0x20),
    ]) {
      expect(() => decodeValidityAnswer(bad))
        .to.throw()
        .with.property("code", "MalformedAnswer");
    }
  });
});
