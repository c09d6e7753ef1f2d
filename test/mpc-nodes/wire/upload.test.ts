import { canonicalJson } from "@sharebridge/algorithms/language/canonical-json.ts";
import { expect } from "chai";
import fc from "fast-check";
import {
  MAX_MANIFEST_BYTES,
  MAX_SEALED_BYTES,
  MIN_SEALED_BYTES,
  UPLOAD_HEADER_BYTES,
} from "../../../mpc-nodes/wire/limits.ts";
import { decodeUpload, encodeUpload, sealedHashOf, type UploadManifest } from "../../../mpc-nodes/wire/upload.ts";
import { seed } from "../../support/seed.ts";

const hash = (byte: string) => `0x${byte.repeat(32)}`;

const manifest: UploadManifest = {
  datasetId: hash("01"),
  seat: 2,
  scheme: 1,
  rows: 534,
  schema: {
    columns: [
      { name: "wage", kind: "number", fractionBits: 16, minimum: "0", maximum: "100.5" },
      { name: "sex", kind: "category", categories: ["male", "fémale"] },
    ],
  },
  shareCommitments: [hash("10"), hash("11"), hash("12"), hash("13")],
  sealedHash: hash("20"),
  signature: `0x${"5a".repeat(65)}`,
};
const sealed = new Uint8Array(MIN_SEALED_BYTES + 3).map((_, index) => index);

/** An envelope around any manifest text. */
function envelope(text: string | Uint8Array, rest: Uint8Array = sealed, declared?: number): Uint8Array {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, declared ?? bytes.length);
  return Uint8Array.of(...new TextEncoder().encode("SBU1"), ...length, ...bytes, ...rest);
}

function expectRefusal(bytes: Uint8Array, code: string, words: string): void {
  expect(() => decodeUpload(bytes))
    .to.throw(words)
    .with.property("code", code);
}

describe("upload envelope", () => {
  it("reads back what was written", () => {
    const decoded = decodeUpload(encodeUpload({ manifest, sealed }));
    expect(decoded.manifest).to.deep.equal(manifest);
    expect([...decoded.sealed]).to.deep.equal([...sealed]);
  });

  it("reads a Buffer that is a piece of a larger one", () => {
    const bytes = encodeUpload({ manifest, sealed });
    const larger = Buffer.concat([Buffer.alloc(13, 0xff), bytes, Buffer.alloc(7, 0xff)]);
    const decoded = decodeUpload(larger.subarray(13, 13 + bytes.length));
    larger.fill(0);
    expect(decoded.manifest).to.deep.equal(manifest);
    expect([...decoded.sealed]).to.deep.equal([...sealed]);
  });

  it("names sealed bytes by their SHA-256", async () => {
    // FIPS 180-2, appendix B.1.
    const expected = "0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    expect(await sealedHashOf(new TextEncoder().encode("xabc").subarray(1))).to.equal(expected);
  });

  it("is laid out as documented", () => {
    expect([...encodeUpload({ manifest, sealed })]).to.deep.equal([...envelope(canonicalJson(manifest))]);
  });

  it("refuses a cut at any place with an error that names what is missing", () => {
    const bytes = encodeUpload({ manifest, sealed: sealed.subarray(0, MIN_SEALED_BYTES) });
    const property = fc.property(fc.nat(bytes.length - 1), (length) => {
      expect(() => decodeUpload(bytes.subarray(0, length)))
        .to.throw()
        .with.property("code", "MalformedUpload");
    });
    fc.assert(property, { seed });
  });

  it("refuses other magic", () => {
    const bytes = encodeUpload({ manifest, sealed });
    bytes[3] = 0x32;
    expectRefusal(bytes, "MalformedUpload", 'an upload starts with "SBU1"');
  });

  it("refuses a manifest length beyond the bound before it reads the manifest", () => {
    const bytes = envelope("", new Uint8Array(0), MAX_MANIFEST_BYTES + 1);
    expect(bytes).to.have.length(UPLOAD_HEADER_BYTES);
    expectRefusal(bytes, "UploadTooLarge", `at most ${MAX_MANIFEST_BYTES} bytes long, not ${MAX_MANIFEST_BYTES + 1}`);
  });

  it("refuses sealed bytes beyond the bound", () => {
    const large = new Uint8Array(MAX_SEALED_BYTES + 1);
    expect(() => encodeUpload({ manifest, sealed: large }))
      .to.throw(`not ${MAX_SEALED_BYTES + 1}`)
      .with.property("code", "UploadTooLarge");
  });

  it("refuses manifests that are not canonical, one by one", () => {
    const text = canonicalJson(manifest);
    const notCanonical = "the manifest is not in canonical form";
    expectRefusal(envelope(` ${text}`), "MalformedManifest", notCanonical);
    expectRefusal(envelope(JSON.stringify(manifest)), "MalformedManifest", notCanonical);
    expectRefusal(envelope(text.replace('"rows":534', '"rows":1,"rows":534')), "MalformedManifest", notCanonical);
    expectRefusal(envelope(text.replace("534", "5.34e2")), "MalformedManifest", notCanonical);
    expectRefusal(envelope(text.replace("é", "\\u00e9")), "MalformedManifest", notCanonical);
  });

  it("refuses what is not JSON in UTF-8", () => {
    expectRefusal(envelope("{"), "MalformedManifest", "not JSON in UTF-8");
    expectRefusal(envelope(Uint8Array.of(0x22, 0xff, 0x22)), "MalformedManifest", "not JSON in UTF-8");
    expectRefusal(envelope(`\ufeff${canonicalJson(manifest)}`), "MalformedManifest", "not JSON in UTF-8");
  });

  const wrong: [string, unknown, string][] = [
    ["datasetId", "0x12", "manifest.datasetId: must be 32 bytes"],
    ["datasetId", hash("AB"), "manifest.datasetId: must be 32 bytes in lower-case 0x-hex"],
    ["seat", 4, "manifest.seat"],
    ["seat", "2", "manifest.seat"],
    ["scheme", 2, "manifest.scheme"],
    ["rows", 0, "manifest.rows"],
    ["rows", 16_777_217, "manifest.rows"],
    ["schema", { columns: [] }, "manifest.schema.columns"],
    ["shareCommitments", manifest.shareCommitments.slice(0, 3), "manifest.shareCommitments"],
    ["shareCommitments", [...manifest.shareCommitments.slice(0, 3), 7], "manifest.shareCommitments.3"],
    ["sealedHash", "0x12", "manifest.sealedHash: must be 32 bytes"],
    ["signature", "0x", "manifest.signature"],
    ["signature", undefined, "manifest.signature"],
    ["extra", 1, "extra"],
  ];
  for (const [member, value, words] of wrong) {
    it(`refuses ${member} = ${JSON.stringify(value)?.slice(0, 40)}`, () => {
      expectRefusal(envelope(canonicalJson({ ...manifest, [member]: value })), "MalformedManifest", words);
    });
  }

  it("refuses prototype members", () => {
    const text = canonicalJson(manifest).replace('"datasetId"', '"__proto__":{"seat":1},"datasetId"');
    expect(() => decodeUpload(envelope(text)))
      .to.throw()
      .with.property("code", "MalformedManifest");
  });
});
