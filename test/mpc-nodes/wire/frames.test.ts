import { expect } from "chai";
import fc from "fast-check";
import { FrameDecoder, type FrameSink, FrameWriter } from "../../../mpc-nodes/wire/frames.ts";
import {
  FRAME_HEADER_BYTES,
  FRAME_LIMITS,
  type FrameKind,
  MAX_DATA_FRAME_BYTES,
} from "../../../mpc-nodes/wire/limits.ts";
import { seed } from "../../support/seed.ts";
import { encodeFrame } from "../support/encode-frame.ts";

const SESSION = `0x${"ab".repeat(32)}`;

/** A frame, or bytes of a data frame, as the decoder hands them over. */
interface Heard {
  readonly kind: FrameKind;
  readonly sessionId: string;
  readonly body: Uint8Array;
}

function listenTo(heard: Heard[]): FrameSink {
  return {
    frame: (frame) => heard.push(frame),
    data: (sessionId, body) => heard.push({ kind: "data", sessionId, body }),
  };
}

function encode(kind: FrameKind, body: Uint8Array, sessionId = SESSION): Uint8Array {
  return encodeFrame(kind, sessionId, body);
}

function decode(...pieces: Uint8Array[]): Heard[] {
  const heard: Heard[] = [];
  const decoder = new FrameDecoder();
  for (const piece of pieces) decoder.push(piece, listenTo(heard));
  return heard;
}

function header(type: number, byteLength: number): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES).fill(0xab);
  bytes[0] = type;
  new DataView(bytes.buffer).setUint32(33, byteLength);
  return bytes;
}

describe("frames", () => {
  it("reads back what was written, however the bytes are cut, and passes data on as it comes", () => {
    const kind = fc.constantFrom<FrameKind>("data", "data", "announce", "close");
    const session = fc.constantFrom(SESSION, `0x${"01".repeat(32)}`);
    const sent = fc.array(fc.tuple(kind, session, fc.uint8Array({ minLength: 1, maxLength: 300 })), {
      minLength: 1,
      maxLength: 6,
    });
    const cuts = fc.array(fc.nat(2_000), { maxLength: 20 });
    const property = fc.property(sent, cuts, (messages, at) => {
      const frames = messages.map(([kind, sessionId, bytes]): Heard => {
        const { minimumBytes, maximumBytes } = FRAME_LIMITS[kind];
        const length = Math.max(minimumBytes, Math.min(maximumBytes, bytes.length));
        return { kind, sessionId, body: Uint8Array.from({ length }, (_, index) => bytes[index] ?? index) };
      });
      const bytes = Uint8Array.from(frames.flatMap(({ kind, sessionId, body }) => [...encode(kind, body, sessionId)]));
      const edges = [0, ...at.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
      const pieces = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
      const text = (heard: readonly Heard[]) =>
        heard.flatMap(({ kind, sessionId, body }) =>
          kind === "data" ? [...body].map((byte) => `${sessionId} ${byte}`) : [`${kind} ${sessionId} ${body}`],
        );
      expect(text(decode(...pieces))).to.deep.equal(text(frames));
    });
    fc.assert(property, { seed });
  });

  it("hands on data without a copy, before the frame is complete", () => {
    const bytes = encode("data", Uint8Array.of(1, 2, 3));
    const [heard] = decode(bytes.subarray(0, FRAME_HEADER_BYTES + 2));
    expect([...heard.body]).to.deep.equal([1, 2]);
    expect(heard.body.buffer).to.equal(bytes.buffer);
  });

  it("keeps nothing of the memory that it was given, and gives other frames an array of their own", () => {
    const bytes = encode("close", Uint8Array.of(3));
    const [frame] = decode(bytes);
    bytes.fill(0);
    expect([...frame.body]).to.deep.equal([3]);
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
    const frames: Heard[] = [];
    const decoder = new FrameDecoder();
    const bytes = Uint8Array.of(...encode("close", Uint8Array.of(0)), ...header(9, 1));
    expect(() => decoder.push(bytes, listenTo(frames))).to.throw();
    expect(frames).to.have.length(1);
    expect(() => decoder.push(encode("close", Uint8Array.of(0)), listenTo(frames)))
      .to.throw()
      .with.property("code", "UnknownFrameType");
    expect(frames).to.have.length(1);
  });

  it("does not write what it would not read", () => {
    const writer = new FrameWriter(SESSION);
    expect(() => writer.write(new Uint8Array(FRAME_HEADER_BYTES), 0, "data", MAX_DATA_FRAME_BYTES + 1)).to.throw();
    expect(() => new FrameWriter("0x12")).to.throw("session id must be 32 bytes");
  });
});
