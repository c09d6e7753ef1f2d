import { CHUNK_WORDS, commitShare } from "@sharebridge/mpc-nodes/sharing/commitment.ts";
import { expect } from "chai";
import { seed } from "../../support/seed.ts";
import { seededRandom } from "../support/seeded-random.ts";

const context = Uint8Array.from({ length: 32 }, (_, i) => i);
const salt = new Uint8Array(32).fill(0xa5);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("sharing: commitments, scheme 1", () => {
  // Computed apart from this code, from the definition, with Python's hashlib.
  it("known answer: one column of three words", () => {
    const commitment = commitShare(2, salt, [BigUint64Array.of(1n, 2n, 2n ** 64n - 1n)], context);
    expect(hex(commitment)).to.equal("a3dc917723940a97ff8290f7a943a6684b3019ebf3021f3fd2a1ed20a57191ce");
  });

  it("known answer: two columns of six chunks, the last with one word", () => {
    const columns = [0n, 1n].map((c) =>
      BigUint64Array.from({ length: 5 * CHUNK_WORDS + 1 }, (_, i) =>
        BigInt.asUintN(64, BigInt(i) * 0x9e37_79b9_7f4a_7c15n + c),
      ),
    );
    const expected = "5652a6c41b35adf1ca4931b1dbd472c8eea5d2f1e090cb58e34466383e644d17";
    expect(hex(commitShare(0, salt, columns, context))).to.equal(expected);
  });

  it("known answer: one column without rows", () => {
    const expected = "2af3d231ca0401723d3b8126938e8827ed34c79cf2f15d68657bd214ebc3bee6";
    expect(hex(commitShare(3, salt, [new BigUint64Array()], context))).to.equal(expected);
  });

  it("binds share index, salt, context, every word, their order and the shape", () => {
    const base = () => commitShare(1, salt, [BigUint64Array.of(1n, 2n), BigUint64Array.of(3n, 4n)], context);
    const others = [
      commitShare(2, salt, [BigUint64Array.of(1n, 2n), BigUint64Array.of(3n, 4n)], context),
      commitShare(
        1,
        salt.map((byte) => byte ^ 1),
        [BigUint64Array.of(1n, 2n), BigUint64Array.of(3n, 4n)],
        context,
      ),
      commitShare(1, salt, [BigUint64Array.of(1n, 2n), BigUint64Array.of(3n, 4n)], context.toReversed()),
      commitShare(1, salt, [BigUint64Array.of(1n, 2n), BigUint64Array.of(3n, 5n)], context),
      commitShare(1, salt, [BigUint64Array.of(2n, 1n), BigUint64Array.of(3n, 4n)], context),
      commitShare(1, salt, [BigUint64Array.of(3n, 4n), BigUint64Array.of(1n, 2n)], context),
      commitShare(1, salt, [BigUint64Array.of(1n, 2n, 3n, 4n)], context),
      commitShare(1, salt, [BigUint64Array.of(1n, 2n), BigUint64Array.of(3n, 4n), BigUint64Array.of(0n, 0n)], context),
      commitShare(1, salt, [BigUint64Array.of(1n, 2n, 0n), BigUint64Array.of(3n, 4n, 0n)], context),
    ];
    expect(new Set([base(), ...others].map(hex)).size).to.equal(others.length + 1);
    expect(hex(base())).to.equal(hex(base()));
  });

  it("hides a low-entropy share: guessing succeeds with the salt and fails without", () => {
    const random = seededRandom(seed, "guess");
    const secret = random(32);
    const commitment = hex(commitShare(1, secret, [BigUint64Array.of(42n)], context));
    const guesses = (guessedSalt: Uint8Array): number[] =>
      Array.from({ length: 100 }, (_, guess) => guess).filter(
        (guess) => hex(commitShare(1, guessedSalt, [BigUint64Array.of(BigInt(guess))], context)) === commitment,
      );
    expect(guesses(secret), "control: a holder of the salt finds it").to.deep.equal([42]);
    for (const guessedSalt of [new Uint8Array(32), context, random(32)]) expect(guesses(guessedSalt)).to.deep.equal([]);
  });

  it("refuses short salts and contexts, and unequal columns", () => {
    const column = [BigUint64Array.of(1n)];
    expect(() => commitShare(0, salt.subarray(1), column, context))
      .to.throw()
      .with.property("code", "WrongLength");
    expect(() => commitShare(0, salt, column, context.subarray(1)))
      .to.throw()
      .with.property("code", "WrongLength");
    expect(() => commitShare(0, salt, [...column, new BigUint64Array(2)], context))
      .to.throw()
      .with.property("code", "UnequalColumns");
  });
});
