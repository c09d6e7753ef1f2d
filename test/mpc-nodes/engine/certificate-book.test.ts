import { Certificates, isCertificate, withOwn } from "@sharebridge/mpc-nodes/engine/certificates.ts";
import { PARTIES, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { MAX_CERTIFICATES_BYTES } from "@sharebridge/mpc-nodes/wire/limits.ts";
import { decodeStatus, MAX_STATUS_BYTES } from "@sharebridge/mpc-nodes/wire/status-question.ts";
import { expect } from "chai";
import { signatureOf, TestHooks } from "../../suites/engine.suite.ts";

const idOf = (number: number) => `0x${number.toString(16).padStart(64, "0")}`;

function certificateOf(attempt: number, activeSet: number, seats: readonly PartyId[], result = "0x0102") {
  const claim = { attempt, activeSet, result };
  return { ...claim, signatures: seats.map((seat) => ({ seat, signature: signatureOf(seat, claim) })) };
}

describe("kept certificates", () => {
  it("are given away as they were", () => {
    const kept = new Certificates();
    const certificate = certificateOf(0, 15, [0, 1, 3]);
    expect(kept.answerFor(idOf(1))).to.equal(undefined);
    expect(kept.keep(idOf(1), certificate)).to.equal(true);
    expect(decodeStatus(kept.answerFor(idOf(1))!)).to.deep.equal({ kind: "answered", certificate });
  });

  it("take a bounded memory, the oldest go first; what is too long for an answer is not kept", () => {
    const kept = new Certificates();
    const long = `0x${"00".repeat(60_000)}`;
    const count = Math.ceil(MAX_CERTIFICATES_BYTES / 60_000) + 1;
    const certificate = certificateOf(0, 15, [0, 1, 2], long);
    for (let number = 0; number < count; number++) kept.keep(idOf(number), certificate);
    expect(kept.answerFor(idOf(0))).to.equal(undefined);
    expect(kept.answerFor(idOf(count - 1))).not.to.equal(undefined);
    const tooLong = `0x${"00".repeat(MAX_STATUS_BYTES)}`;
    expect(kept.keep(idOf(count), certificateOf(0, 15, [0, 1, 2], tooLong))).to.equal(false);
    expect(kept.answerFor(idOf(count))).to.equal(undefined);
  });
});

describe("a shown certificate", () => {
  const hooks = new TestHooks(0);

  it("holds with three signatures by seats of a possible active set", async () => {
    for (const [attempt, activeSet, seats] of [
      [0, 15, [0, 1, 2]],
      [0, 15, [0, 1, 2, 3]],
      [1, 14, [1, 2, 3]],
      [2, 7, [0, 1, 2]],
    ] as const) {
      expect(await isCertificate(certificateOf(attempt, activeSet, seats), hooks)).to.equal(true);
    }
  });

  it("does not hold with fewer, with one by nobody, by a seat that did not compute, or of no attempt there is", async () => {
    const good = certificateOf(0, 15, PARTIES);
    const [first, ...rest] = good.signatures;
    for (const bad of [
      certificateOf(0, 15, [0, 1]),
      { ...good, signatures: [{ ...first, signature: rest[0].signature }, ...rest] },
      { ...good, result: "0x0103" },
      certificateOf(1, 14, PARTIES),
      certificateOf(1, 15, PARTIES),
      certificateOf(0, 7, [0, 1, 2]),
      certificateOf(3, 7, [0, 1, 2]),
      certificateOf(2, 3, [0, 1, 2]),
    ]) {
      expect(await isCertificate(bad, hooks)).to.equal(false);
    }
  });

  it("has a party's own signature once, in its place", () => {
    const { signatures } = certificateOf(0, 15, [0, 2, 3]);
    const own = { seat: 2 as const, signature: "0x02" };
    expect(withOwn(signatures, own).map(({ seat }) => seat)).to.deep.equal([0, 2, 3]);
    expect(withOwn(signatures, own)).to.include(own);
    expect(withOwn(signatures.slice(0, 1), own).map(({ seat }) => seat)).to.deep.equal([0, 2]);
  });
});
