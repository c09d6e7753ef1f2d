import { expect } from "chai";
import fc from "fast-check";
import { encodeFrameHeader, type Frame, FrameDecoder } from "../../../mpc-nodes/wire/frames.ts";
import { FRAME_HEADER_BYTES, FRAME_LIMITS, MAX_DATA_FRAME_BYTES } from "../../../mpc-nodes/wire/limits.ts";
import { seed } from "../../support/seed.ts";

const SESSION = `0x${"ab".repeat(32)}`;

function encode(kind: Frame["kind"], body: Uint8Array): Uint8Array {
  return Uint8Array.of(...encodeFrameHeader(kind, SESSION, body.length), ...body);
}

function decode(...pieces: Uint8Array[]): Frame[] {
  const frames: Frame[] = [];
  const decoder = new FrameDecoder();
  for (const piece of pieces) decoder.push(piece, (frame) => frames.push(frame));
  return frames;
}

function header(type: number, byteLength: number): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES).fill(0xab);
  bytes[0] = type;
  new DataView(bytes.buffer).setUint32(33, byteLength);
  return bytes;
}

describe("frames", () => {
  it("reads back what was written, however the bytes are cut", () => {
    const bodies = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { minLength: 1, maxLength: 6 });
    const cuts = fc.array(fc.nat(2_000), { maxLength: 20 });
    const property = fc.property(bodies, cuts, (data, at) => {
      const bytes = Uint8Array.from(data.flatMap((body) => [...encode("data", body)]));
      const edges = [0, ...at.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
      const pieces = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
      const frames = decode(...pieces);
      expect(frames.map((frame) => [...frame.body])).to.deep.equal(data.map((body) => [...body]));
      expect(frames.every((frame) => frame.kind === "data" && frame.sessionId === SESSION)).to.equal(true);
    });
    fc.assert(property, { seed });
  });

  it("keeps nothing of the memory that it was given", () => {
    const bytes = encode("data", Uint8Array.of(1, 2, 3));
    const [frame] = decode(bytes);
    bytes.fill(0);
    expect([...frame.body]).to.deep.equal([1, 2, 3]);
    expect(frame.body.byteOffset).to.equal(0);
  });

  it("accepts each type at its least and at its most, and nothing outside", () => {
    for (const { type, minimumBytes, maximumBytes } of Object.values(FRAME_LIMITS)) {
      expect(() => decode(header(type, minimumBytes))).not.to.throw();
      expect(() => decode(header(type, maximumBytes))).not.to.throw();
      for (const length of [minimumBytes - 1, maximumBytes + 1]) {
        expect(() => decode(header(type, length)))
          .to.throw()
          .with.property("code", "FrameLengthOutOfBounds");
      }
    }
  });

  it("refuses a length of 4 GiB before a byte of body is there", () => {
    expect(() => decode(header(FRAME_LIMITS.data.type, 0xffff_ffff)))
      .to.throw(`a data frame has 1 to ${MAX_DATA_FRAME_BYTES} bytes, not 4294967295`)
      .with.property("code", "FrameLengthOutOfBounds");
  });

  it("refuses unknown types", () => {
    for (const type of [0, 5, 255]) {
      expect(() => decode(header(type, 1)))
        .to.throw(`there is no frame of type ${type}`)
        .with.property("code", "UnknownFrameType");
    }
  });

  it("hands over the frames before the bad one, and takes nothing after it", () => {
    const frames: Frame[] = [];
    const decoder = new FrameDecoder();
    const bytes = Uint8Array.of(...encode("close", Uint8Array.of(0)), ...header(9, 1));
    expect(() => decoder.push(bytes, (frame) => frames.push(frame))).to.throw();
    expect(frames).to.have.length(1);
    expect(() => decoder.push(encode("close", Uint8Array.of(0)), (frame) => frames.push(frame)))
      .to.throw()
      .with.property("code", "UnknownFrameType");
    expect(frames).to.have.length(1);
  });

  it("does not write what it would not read", () => {
    expect(() => encodeFrameHeader("data", SESSION, MAX_DATA_FRAME_BYTES + 1)).to.throw();
    expect(() => encodeFrameHeader("data", "0x12", 1)).to.throw("session id must be 32 bytes");
  });
});
