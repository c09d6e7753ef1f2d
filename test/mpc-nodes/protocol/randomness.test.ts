import { Arena } from "@sharebridge/mpc-nodes/kernels/heap.ts";
import { createRandomness, deriveKey, type StreamPurpose } from "@sharebridge/mpc-nodes/protocol/randomness.ts";
import { createTagger, type Roles } from "@sharebridge/mpc-nodes/protocol/tags.ts";
import { expect } from "chai";
import { seed } from "../../support/seed.ts";
import { testHeap } from "../support/parties.ts";
import { seededRandom } from "../support/seeded-random.ts";

const random = seededRandom(seed, "keys");
const keys = [null, random(32), random(32), random(32)];
const purposes: StreamPurpose[] = ["joint-sharing", "random", "permutation", "output-salt"];
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("protocol: randomness", () => {
  it("continues a stream: pieces are consecutive parts of the whole, across internal blocks", () => {
    const whole = createRandomness(keys).bytes(1, "random", 200_001);
    const pieces = createRandomness(keys);
    const lengths = [0, 1, 15, 65_536, 70_000, 64_449];
    expect(hex(Buffer.concat(lengths.map((length) => pieces.bytes(1, "random", length))))).to.equal(hex(whole));
    const heap = testHeap();
    const arena = new Arena(heap);
    const { pointer } = arena.take(200_001);
    const filled = createRandomness(keys);
    let at = 0;
    for (const length of lengths) {
      filled.fill(1, "random", heap, pointer + at, length);
      at += length;
    }
    expect(hex(heap.view(pointer, 200_001))).to.equal(hex(whole));
    arena.close();
  });

  it("has an independent stream for every key and purpose", () => {
    const streams = createRandomness(keys);
    const firsts = ([1, 2, 3] as const).flatMap((j) => purposes.map((purpose) => hex(streams.bytes(j, purpose, 16))));
    expect(new Set(firsts).size).to.equal(12);
  });

  it("has independent streams for tasks side by side", () => {
    const firsts = ["", "0", "1", "0.0"].map((task) => hex(createRandomness(keys, task).bytes(1, "random", 16)));
    expect(new Set(firsts).size).to.equal(4);
  });

  it("refuses to draw from the key that the party lacks", () => {
    expect(() => createRandomness(keys).bytes(0, "joint-sharing", 8)).to.throw("does not hold key 0");
  });

  it("derives a known key: HMAC-SHA-256 under the label, cut to 16 bytes", () => {
    // printf 'sharebridge/1/derive/stream/joint-sharing' | openssl dgst -sha256 -mac HMAC -macopt hexkey:(32 bytes of 01)
    expect(hex(deriveKey(new Uint8Array(32).fill(1), "stream/joint-sharing"))).to.equal(
      "834e4e05d427c04a28c7c2377545ae48",
    );
  });
});

describe("protocol: tags", () => {
  const value = Uint8Array.of(1, 2, 3);
  const roles: Roles = { sender: 1, checker: 2, receiver: 3 };

  it("are 128 bits and differ by value, length, round, step and roles", () => {
    const tag = createTagger(keys);
    const tags = [
      tag(roles, 0, 0, value),
      tag(roles, 1, 0, value),
      tag(roles, 0, 1, value),
      tag(roles, 0, 0, Uint8Array.of(1, 2, 3, 0)),
      tag(roles, 0, 0, Uint8Array.of(1, 2, 2)),
      tag({ ...roles, checker: 3, receiver: 2 }, 0, 0, value),
      tag({ ...roles, sender: 2, checker: 1 }, 0, 0, value),
    ];
    expect(new Set(tags.map(hex)).size).to.equal(tags.length);
    for (const each of tags) expect(each.length).to.equal(16);
    expect(hex(createTagger(keys)(roles, 0, 0, value))).to.equal(hex(tags[0]!));
  });

  it("cannot be made by the sender, who lacks the key", () => {
    expect(() => createTagger(keys)({ sender: 0, checker: 1, receiver: 2 }, 0, 0, value)).to.throw(
      "does not hold the key",
    );
  });

  it("are GMAC: node's own AES-128-GCM verifies one as additional data", async () => {
    const { createDecipheriv } = await import("node:crypto");
    const nonce = new Uint8Array(12);
    nonce[7] = 5;
    nonce[11] = 3;
    const verify = createDecipheriv("aes-128-gcm", deriveKey(keys[1]!, "tag/123"), nonce);
    verify.setAAD(value).setAuthTag(createTagger(keys)(roles, 5, 3, value));
    expect(() => verify.final()).to.not.throw();
  });
});
