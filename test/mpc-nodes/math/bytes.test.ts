import {
  ByteReader,
  BytesError,
  ByteWriter,
  concatenateBytes,
  equalBytes,
  fixedBytes,
} from "@sharebridge/mpc-nodes/math/bytes.ts";
import { expect } from "chai";
import fc from "fast-check";
import { seed } from "../../support/seed.ts";

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof BytesError) return error.code;
    throw error;
  }
  return undefined;
}

describe("math: bytes", () => {
  it("what is written is read", () => {
    fc.assert(
      fc.property(
        fc.nat(255),
        fc.nat(0xffff_ffff),
        fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
        fc.uint8Array(),
        (a, b, c, d) => {
          const reader = new ByteReader(new ByteWriter().u8(a).u32(b).u64(c).prefixed(d).bytes(d).finish());
          expect([reader.u8(), reader.u32(), reader.u64()]).to.deep.equal([a, b, c]);
          expect(reader.bytes(reader.u32())).to.deep.equal(d);
          expect(reader.remaining).to.equal(d.length);
          expect(reader.bytes(d.length)).to.deep.equal(d);
          reader.end();
        },
      ),
      { seed },
    );
  });

  it("integers are big-endian", () => {
    expect([...new ByteWriter().u32(0x01020304).u64(5n).finish()]).to.deep.equal([1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 5]);
  });

  it("never reads past the end, and says the numbers", () => {
    const reader = new ByteReader(new Uint8Array(6));
    reader.u32();
    expect(codeOf(() => reader.u32())).to.equal("OutOfBounds");
    expect(() => reader.u64()).to.throw("wanted 8 bytes at offset 4, but only 2 of 6 are left");
    for (const length of [-1, 1.5, Number.NaN, 2 ** 60])
      expect(codeOf(() => reader.bytes(length))).to.equal("OutOfBounds");
    expect(reader.remaining, "a refused read moves nothing").to.equal(2);
  });

  it("refuses what follows the end", () => {
    const reader = new ByteReader(new Uint8Array(3));
    reader.u8();
    expect(codeOf(() => reader.end())).to.equal("TrailingBytes");
  });

  it("returns copies", () => {
    const source = Uint8Array.of(1, 2);
    new ByteReader(source).bytes(2)[0] = 9;
    expect(source[0]).to.equal(1);
  });

  it("refuses integers that do not fit", () => {
    for (const value of [-1, 256, 0.5]) expect(codeOf(() => new ByteWriter().u8(value))).to.equal("OutOfBounds");
    expect(codeOf(() => new ByteWriter().u32(2 ** 32))).to.equal("OutOfBounds");
    for (const value of [-1n, 1n << 64n]) expect(codeOf(() => new ByteWriter().u64(value))).to.equal("OutOfBounds");
  });

  it("compares and concatenates", () => {
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).to.equal(true);
    expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).to.equal(false);
    expect(equalBytes(Uint8Array.of(1), Uint8Array.of(1, 0))).to.equal(false);
    expect(concatenateBytes([Uint8Array.of(1), new Uint8Array(), Uint8Array.of(2, 3)])).to.deep.equal(
      Uint8Array.of(1, 2, 3),
    );
  });

  it("takes bytes or hex of an exact length", () => {
    expect(fixedBytes("the id", "0x0aFf", 2)).to.deep.equal(Uint8Array.of(10, 255));
    expect(fixedBytes("the id", Uint8Array.of(1), 1)).to.deep.equal(Uint8Array.of(1));
    for (const text of ["0aff", "0x0", "0xzz", "", "0x0a\n"]) {
      expect(
        codeOf(() => fixedBytes("the id", text, 2)),
        text,
      ).to.equal("NotHex");
    }
    expect(() => fixedBytes("the id", "0x0a", 2)).to.throw("the id must be 2 bytes, not 1");
  });
});
