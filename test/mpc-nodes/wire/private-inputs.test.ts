/** What travels of private inputs: an upload, a peer's question, its answer. One form each, everything else refused. */

import { packageByteLength } from "@sharebridge/mpc-nodes/sharing/package.ts";
import { SEALING_OVERHEAD_BYTES } from "@sharebridge/mpc-nodes/sharing/sealing.ts";
import { MAX_ANSWER_BYTES, MAX_PRIVATE_UPLOAD_BYTES, MAX_QUESTION_BYTES } from "@sharebridge/mpc-nodes/wire/limits.ts";
import {
  decodePrivateShareAnswer,
  decodePrivateShareQuestion,
  encodePrivateShareAnswer,
  encodePrivateShareQuestion,
  isPrivateShareQuestion,
  type PrivateShareAnswer,
  privateShareAnswerBytes,
} from "@sharebridge/mpc-nodes/wire/private-share-question.ts";
import { decodePrivateUpload, type PrivateUpload } from "@sharebridge/mpc-nodes/wire/private-upload.ts";
import { encodeShareQuestion } from "@sharebridge/mpc-nodes/wire/share-question.ts";
import { expect } from "chai";
import fc from "fast-check";
import { seed } from "../../support/seed.ts";

const hex = (bytes: number, byte = "ab") => `0x${byte.repeat(bytes)}`;
const upload: PrivateUpload = {
  ...{ market: hex(20), buyer: hex(20, "cd"), salt: hex(32), seat: 2, scheme: 1, count: 256 },
  shareCommitments: [hex(32, "00"), hex(32, "01"), hex(32, "02"), hex(32, "03")],
  sealed: hex(packageByteLength(2, { columns: 1, rows: 256 }) + SEALING_OVERHEAD_BYTES),
  ...{ uploader: hex(20, "ef"), signature: hex(65) },
};
const encoded = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const codeOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return "accepted";
};

describe("upload of private inputs", () => {
  it("fits its bound with as many as a program may take, and comes back as it was", () => {
    expect(encoded(upload).length).to.be.lessThan(MAX_PRIVATE_UPLOAD_BYTES);
    expect(decodePrivateUpload(encoded(upload))).to.deep.equal(upload);
  });

  it("is refused in any other form, without a word of what is in it", () => {
    const refused = (changes: object) => codeOf(() => decodePrivateUpload(encoded({ ...upload, ...changes })));
    for (const changes of [
      { market: hex(20, "AB") },
      { buyer: hex(19) },
      { salt: hex(31) },
      { seat: 4 },
      { scheme: 2 },
      { count: 0 },
      { count: 257 },
      { count: 1.5 },
      { shareCommitments: [hex(32)] },
      { sealed: hex(47) },
      { sealed: "0xabc" },
      { uploader: undefined },
      { signature: hex(64) },
      { extra: 1 },
    ]) {
      expect(refused(changes), JSON.stringify(changes)).to.equal("MalformedUpload");
    }
    expect(codeOf(() => decodePrivateUpload(encoded([])))).to.equal("MalformedUpload");
    expect(codeOf(() => decodePrivateUpload(Uint8Array.of(0xff)))).to.equal("MalformedUpload");
    expect(codeOf(() => decodePrivateUpload(new Uint8Array(MAX_PRIVATE_UPLOAD_BYTES + 1)))).to.equal("UploadTooLarge");
    expect(() => decodePrivateUpload(encoded({ ...upload, sealed: `${upload.sealed}z` }))).to.throw(/^(?!.*abab)/);
  });
});

describe("question about private inputs", () => {
  const question = { commitment: hex(32), share: 3 } as const;

  it("has one encoding, which is no question about a dataset", () => {
    const bytes = encodePrivateShareQuestion(question);
    expect(bytes.length).to.be.at.most(MAX_QUESTION_BYTES);
    expect(decodePrivateShareQuestion(bytes)).to.deep.equal(question);
    expect(isPrivateShareQuestion(bytes)).to.equal(true);
    const other = encodeShareQuestion({ kind: "secrets", datasetId: hex(32), commitment: hex(32), share: 3, piece: 0 });
    expect(isPrivateShareQuestion(other)).to.equal(false);
    expect(isPrivateShareQuestion(new Uint8Array())).to.equal(false);
  });

  it("is refused shorter, longer, or for a share that there is not", () => {
    const bytes = encodePrivateShareQuestion(question);
    const fourth = bytes.slice();
    fourth[fourth.length - 1] = 4;
    for (const bad of [bytes.slice(1), bytes.slice(0, -1), Uint8Array.of(...bytes, 0), fourth, new Uint8Array()]) {
      expect(codeOf(() => decodePrivateShareQuestion(bad))).to.equal("MalformedQuestion");
    }
  });

  it("is answered with a seed or with words, in the length that the asker knows", () => {
    const rest = { salt: hex(32), shareCommitments: [0, 1, 2, 3].map((j) => hex(32, `0${j}`)) };
    const seeded: PrivateShareAnswer = {
      ...rest,
      share: { salt: new Uint8Array(32).fill(7), seed: new Uint8Array(16).fill(9), explicit: null },
    };
    const explicit: PrivateShareAnswer = {
      ...rest,
      share: { salt: new Uint8Array(32).fill(7), seed: null, explicit: [BigUint64Array.of(1n, 2n ** 64n - 1n)] },
    };
    expect(decodePrivateShareAnswer(encodePrivateShareAnswer(seeded), 0, 2)).to.deep.equal(seeded);
    expect(decodePrivateShareAnswer(encodePrivateShareAnswer(explicit), 3, 2)).to.deep.equal(explicit);
    expect(codeOf(() => decodePrivateShareAnswer(encodePrivateShareAnswer(explicit), 3, 3))).to.equal(
      "MalformedAnswer",
    );
    expect(privateShareAnswerBytes(3, 256)).to.be.at.most(MAX_ANSWER_BYTES);
  });

  it("whatever bytes come: a named error or the one encoding", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const code = codeOf(() => {
          const found = decodePrivateShareQuestion(bytes);
          expect([...encodePrivateShareQuestion(found)]).to.deep.equal([...bytes]);
        });
        expect(code).to.be.oneOf(["accepted", "MalformedQuestion"]);
      }),
      { seed, numRuns: 200 },
    );
  });
});
