import {
  generateSealingKeyPair,
  open,
  SEALING_OVERHEAD_BYTES,
  seal,
  sealingInfo,
} from "@sharebridge/mpc-nodes/sharing/sealing.ts";
import { expect } from "chai";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const address = `0x${"ab".repeat(20)}`;
const id = `0x${"cd".repeat(32)}`;
const info = sealingInfo("upload", 31337n, address, id, 1n, 2n, 3);
const aad = text("manifest");
const plaintext = text("shares");

async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  return promise.then(
    () => undefined,
    (error: { code?: string }) => error.code,
  );
}

describe("sharing: sealing", () => {
  it("opens RFC 9180 appendix A.2.1 (base, X25519, HKDF-SHA256, ChaCha20Poly1305), sequence number 0", async () => {
    const opened = await open(
      bytes("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb"),
      bytes("4f6465206f6e2061204772656369616e2055726e"),
      bytes("436f756e742d30"),
      bytes(
        "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a" +
          "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28",
      ),
    );
    expect(new TextDecoder().decode(opened)).to.equal("Beauty is truth, truth beauty");
  });

  it("opens what was sealed, of any length, and never seals twice alike", async () => {
    const { publicKey, privateKey } = await generateSealingKeyPair();
    expect([publicKey.length, privateKey.length]).to.deep.equal([32, 32]);
    for (const length of [0, 1, 5, 100_000]) {
      const message = new Uint8Array(length).fill(7);
      const sealed = await seal(publicKey, info, aad, message);
      expect(sealed.length).to.equal(length + SEALING_OVERHEAD_BYTES);
      expect(await open(privateKey, info, aad, sealed)).to.deep.equal(message);
    }
    expect(await seal(publicKey, info, aad, plaintext)).to.not.deep.equal(await seal(publicKey, info, aad, plaintext));
  });

  it("takes views into larger memory", async () => {
    const { publicKey, privateKey } = await generateSealingKeyPair();
    const pad = (view: Uint8Array): Uint8Array => Uint8Array.of(9, ...view, 9).subarray(1, view.length + 1);
    const sealed = await seal(pad(publicKey), pad(info), pad(aad), pad(plaintext));
    expect(await open(pad(privateKey), pad(info), pad(aad), pad(sealed))).to.deep.equal(plaintext);
  });

  it("does not open with another key, info or aad, altered, cut or lengthened", async () => {
    const { publicKey, privateKey } = await generateSealingKeyPair();
    const other = await generateSealingKeyPair();
    const sealed = await seal(publicKey, info, aad, plaintext);
    const attempts: Promise<unknown>[] = [
      open(other.privateKey, info, aad, sealed),
      open(privateKey, sealingInfo("upload", 31337n, address, id, 1n, 2n, 2), aad, sealed),
      open(privateKey, info, text("other"), sealed),
      open(privateKey, info, aad, sealed.subarray(0, sealed.length - 1)),
      open(privateKey, info, aad, sealed.subarray(0, SEALING_OVERHEAD_BYTES - 1)),
      open(privateKey, info, aad, new Uint8Array()),
      open(privateKey, info, aad, Uint8Array.of(...sealed, 0)),
    ];
    for (let position = 0; position < sealed.length; position++) {
      const altered = sealed.slice();
      altered[position] = altered[position]! ^ 1;
      attempts.push(open(privateKey, info, aad, altered));
    }
    const codes = await Promise.all(attempts.map(codeOf));
    expect(codes).to.deep.equal(codes.map(() => "SealedBytesRejected"));
  });

  it("refuses keys of a wrong length, and public keys of small order", async () => {
    const { publicKey, privateKey } = await generateSealingKeyPair();
    const small = [
      "00".repeat(32),
      `01${"00".repeat(31)}`,
      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    ];
    const codes = await Promise.all([
      codeOf(seal(publicKey.subarray(1), info, aad, plaintext)),
      codeOf(open(privateKey.subarray(1), info, aad, new Uint8Array(60))),
      ...small.map((key) => codeOf(seal(bytes(key), info, aad, plaintext))),
    ]);
    expect(codes).to.deep.equal(codes.map(() => "InvalidKey"));
  });

  it("info differs in every field, and takes ids as hex or bytes, addresses in any case", () => {
    const infos = [
      info,
      sealingInfo("upload", 1n, address, id, 1n, 2n, 3),
      sealingInfo("upload", 31337n, `0x${"ac".repeat(20)}`, id, 1n, 2n, 3),
      sealingInfo("upload", 31337n, address, `0x${"ce".repeat(32)}`, 1n, 2n, 3),
      sealingInfo("upload", 31337n, address, id, 2n, 2n, 3),
      sealingInfo("upload", 31337n, address, id, 1n, 1n, 3),
      sealingInfo("upload", 31337n, address, id, 1n, 2n, 0),
      sealingInfo("opening", 31337n, address, id, 3),
      sealingInfo("opening", 31337n, address, id, 1),
    ];
    expect(new Set(infos.map((each) => Buffer.from(each).toString("hex"))).size).to.equal(infos.length);
    const fromBytes = sealingInfo("upload", 31337n, bytes("AB".repeat(20)), bytes("cd".repeat(32)), 1n, 2n, 3);
    expect(fromBytes).to.deep.equal(info);
    expect(sealingInfo("upload", 31337n, `0x${"AB".repeat(20)}`, id, 1n, 2n, 3)).to.deep.equal(info);
  });

  it("info refuses ids and addresses of a wrong length and numbers out of range", () => {
    expect(() => sealingInfo("opening", 1n, id, id, 0)).to.throw("must be 20 bytes, not 32");
    expect(() => sealingInfo("opening", 1n, address, address, 0)).to.throw("must be 32 bytes, not 20");
    expect(() => sealingInfo("opening", -1n, address, id, 0)).to.throw("256-bit");
    expect(() => sealingInfo("opening", 1n << 256n, address, id, 0)).to.throw("256-bit");
  });

  it("known answer of info: length-prefixed label and fields", () => {
    const field = (hex: string): string => (hex.length / 2).toString(16).padStart(8, "0") + hex;
    const label = Buffer.from("sharebridge/1/opening").toString("hex");
    const expected = [label, "7a69".padStart(64, "0"), "ab".repeat(20), "cd".repeat(32), "3".padStart(64, "0")];
    expect(Buffer.from(sealingInfo("opening", 31337n, address, id, 3)).toString("hex")).to.equal(
      expected.map(field).join(""),
    );
  });
});
