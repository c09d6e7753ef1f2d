import {
  concatenateWords,
  decodeWords,
  encodeWords,
  splitWords,
  toSigned,
  toWord,
  viewBytes,
  viewWords,
} from "@sharebridge/mpc-nodes/math/words.ts";
import { expect } from "chai";
import fc from "fast-check";
import { seed } from "../../support/seed.ts";

const word = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });

describe("math: words", () => {
  it("are eight bytes, least significant first", () => {
    expect([...encodeWords(BigUint64Array.of(0x0102_0304_0506_0708n, 1n))]).to.deep.equal([
      8, 7, 6, 5, 4, 3, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0,
    ]);
  });

  it("survive encoding, also from a view into larger memory", () => {
    fc.assert(
      fc.property(fc.array(word), fc.integer({ min: 0, max: 9 }), (values, offset) => {
        const words = BigUint64Array.from(values);
        const padded = new Uint8Array(offset + words.byteLength);
        padded.set(encodeWords(words), offset);
        expect(decodeWords(padded.subarray(offset))).to.deep.equal(words);
        expect(encodeWords(BigUint64Array.of(5n, ...words).subarray(1))).to.deep.equal(encodeWords(words));
      }),
      { seed },
    );
  });

  it("are copies: changing the encoded bytes changes nothing else", () => {
    const words = BigUint64Array.of(1n);
    encodeWords(words)[0] = 9;
    expect(words[0]).to.equal(1n);
  });

  it("are viewed without a copy where they are aligned, else decoded", () => {
    const words = BigUint64Array.of(1n, 2n, 3n);
    expect(viewBytes(words.subarray(1))).to.deep.equal(encodeWords(words.subarray(1)));
    expect(viewBytes(words.subarray(1)).buffer).to.equal(words.buffer);
    const bytes = viewBytes(words);
    expect(viewWords(bytes.subarray(8)).buffer).to.equal(words.buffer);
    expect(viewWords(bytes.subarray(8))).to.deep.equal(BigUint64Array.of(2n, 3n));
    expect(viewWords(bytes.subarray(4, 20))).to.deep.equal(BigUint64Array.of(2n << 32n, 3n << 32n));
    expect(() => viewWords(bytes.subarray(0, 9))).to.throw(RangeError, "9 bytes");
  });

  it("refuse bytes that are not whole words", () => {
    expect(() => decodeWords(new Uint8Array(9))).to.throw(RangeError, "9 bytes");
  });

  it("concatenate and split back", () => {
    const parts = [BigUint64Array.of(1n, 2n), BigUint64Array.of(), BigUint64Array.of(3n)];
    expect(splitWords(concatenateWords(parts), [2, 0, 1])).to.deep.equal(parts);
    expect(concatenateWords([])).to.deep.equal(BigUint64Array.of());
    expect(() => splitWords(BigUint64Array.of(1n), [2])).to.throw(RangeError, "2 words");
  });

  it("hold signed integers in two's complement", () => {
    const top = 1n << 63n;
    for (const value of [0n, 1n, -1n, top - 1n, -top]) expect(toSigned(toWord(value))).to.equal(value);
    expect(toWord(-1n)).to.equal((1n << 64n) - 1n);
    expect(toSigned(toWord(top))).to.equal(-top);
  });
});
