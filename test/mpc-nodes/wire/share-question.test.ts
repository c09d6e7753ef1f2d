import { expect } from "chai";
import fc from "fast-check";
import { PARTIES } from "../../../mpc-nodes/math/party.ts";
import {
  decodeDescription,
  decodeShareQuestion,
  encodeDescription,
  encodeShareQuestion,
  type ShareQuestion,
} from "../../../mpc-nodes/wire/share-question.ts";
import { seed } from "../../support/seed.ts";

const datasetId = `0x${"ab".repeat(32)}`;
const commitment = `0x${"cd".repeat(32)}`;
const table = { datasetId, commitment };

describe("questions about shares", () => {
  it("read back as they were written", () => {
    const questions: ShareQuestion[] = [
      { kind: "describe", ...table, share: 0, piece: 0 },
      ...PARTIES.map((share) => ({ kind: "secrets", ...table, share, piece: 0 }) as const),
      { kind: "words", ...table, share: 3, piece: 0xffff_ffff },
      { kind: "validity", ...table, share: 0, piece: 0 },
    ];
    for (const question of questions)
      expect(decodeShareQuestion(encodeShareQuestion(question))).to.deep.equal(question);
  });

  it("have one form: what is changed anywhere is another question or none", () => {
    const bytes = encodeShareQuestion({ kind: "words", ...table, share: 3, piece: 7 });
    const property = fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = bytes.slice();
      changed[at] ^= flip;
      try {
        expect(encodeShareQuestion(decodeShareQuestion(changed))).to.deep.equal(changed);
      } catch (error) {
        expect(error).to.have.property("code", "MalformedQuestion");
      }
    });
    fc.assert(property, { seed });
    const malformed = [
      bytes.subarray(1),
      Uint8Array.of(...bytes, 0),
      encodeShareQuestion({ kind: "describe", ...table, share: 1, piece: 0 }),
      encodeShareQuestion({ kind: "validity", ...table, share: 1, piece: 0 }),
      encodeShareQuestion({ kind: "validity", ...table, share: 0, piece: 1 }),
      encodeShareQuestion({ kind: "secrets", ...table, share: 1, piece: 1 }),
      encodeShareQuestion({ kind: "secrets", ...table, share: 4 as 3, piece: 0 }),
    ];
    for (const bad of malformed) {
      expect(() => decodeShareQuestion(bad))
        .to.throw()
        .with.property("code", "MalformedQuestion");
    }
  });
});

describe("descriptions of datasets", () => {
  const schema = { columns: [{ name: "age", kind: "number", fractionBits: 0, minimum: "0", maximum: "9" }] } as const;
  const shareCommitments = [datasetId, datasetId, datasetId, datasetId] as const;

  it("read back as they were written", () => {
    const description = { schema: { columns: [...schema.columns] }, shareCommitments };
    expect(decodeDescription(encodeDescription(description))).to.deep.equal(description);
  });

  it("are refused when they are anything else", () => {
    const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
    for (const bad of [
      new Uint8Array(),
      Uint8Array.of(0xff),
      encode({ schema }),
      encode({ schema, shareCommitments: shareCommitments.slice(1) }),
      encode({ schema, shareCommitments, owner: "me" }),
      new Uint8Array(65_537).fill(0x20),
    ]) {
      expect(() => decodeDescription(bad))
        .to.throw()
        .with.property("code", "MalformedAnswer");
    }
  });
});
