import { expect } from "chai";
import { PARTIES, type PartyId } from "../../../../mpc-nodes/math/party.ts";
import {
  type Claim,
  claimsOf,
  decodeAnswers,
  encodeAnswers,
} from "../../../../mpc-nodes/protocol/settlement/claims.ts";
import { MAX_STATEMENT_BYTES } from "../../../../mpc-nodes/protocol/settlement/signed-broadcast.ts";
import { SIGNATURE_BYTES } from "../../../../mpc-nodes/protocol/signer.ts";

const digest = new Uint8Array(32).fill(1);
const shown = { commitment: new Uint8Array(32).fill(2), signature: new Uint8Array(SIGNATURE_BYTES).fill(3) };
const knowledge = { digestOf: () => digest, commitmentOf: () => shown };
const nothing = { digestOf: () => null, commitmentOf: () => null };
const anything = () => true;
const badTag: Claim = { claimant: 2, kind: "badTag", sender: 0, checker: 1, receiver: 2, round: 5, step: 1 };
const tossEcho: Claim = { claimant: 3, kind: "tossEcho", peer: 0, key: 1 };
const claims = [badTag, tossEcho];

describe("answers to claims", () => {
  it("come from those concerned alone, as they were given", () => {
    for (const party of PARTIES) {
      const answers = decodeAnswers(party, claims, encodeAnswers(party, claims, knowledge), anything)!;
      expect(answers[2], `${party}`).to.deep.equal(party === 3 ? undefined : digest);
      const toss = party === 0 || party === 3 ? new Uint8Array([...shown.commitment, ...shown.signature]) : undefined;
      expect(answers[3], `${party}`).to.deep.equal(toss);
      const none = decodeAnswers(party, claims, encodeAnswers(party, claims, nothing), anything)!;
      expect(none[2]).to.equal(party === 3 ? undefined : null);
    }
  });

  it("are refused with anything missing, added, changed or about another claim", () => {
    const bytes = encodeAnswers(0, claims, knowledge);
    const refused = (statement: Uint8Array) => expect(decodeAnswers(0, claims, statement, anything)).to.equal(null);
    for (let length = 0; length < bytes.length; length++) refused(bytes.subarray(0, length));
    refused(new Uint8Array([...bytes, 0]));
    for (let at = 0; at <= 12; at++) refused(bytes.map((byte, i) => (i === at ? byte + 2 : byte)));
    refused(encodeAnswers(0, [{ ...badTag, round: 6 }, tossEcho], knowledge));
  });

  it("are refused with a commitment that its contributor did not sign", () => {
    const asked: [PartyId, PartyId][] = [];
    const statement = encodeAnswers(3, claims, knowledge);
    const isCommitment = (contributor: PartyId, key: PartyId) => {
      asked.push([contributor, key]);
      return false;
    };
    expect(decodeAnswers(3, claims, statement, isCommitment)).to.equal(null);
    expect(asked).to.deep.equal([[2, 1]]);
  });

  it("fit a statement when everybody claims against one party", () => {
    const all = claimsOf([
      { kind: "tossEcho", peer: 1, key: 2 },
      { kind: "tossEcho", peer: 0, key: 2 },
      { kind: "tossEcho", peer: 0, key: 1 },
      { kind: "tossEcho", peer: 0, key: 1 },
    ]);
    expect(all).to.have.length(4);
    expect(encodeAnswers(0, all, knowledge).length).to.be.at.most(MAX_STATEMENT_BYTES);
  });

  it("are not asked for by a claim that cannot be", () => {
    const impossible = claimsOf([
      { kind: "badTag", sender: 1, checker: 2, receiver: 3, round: 0, step: 0 },
      { kind: "tossEcho", peer: 1, key: 0 },
      { kind: "waiting", peer: 1, round: 0 },
      null,
    ]);
    expect(impossible).to.deep.equal([]);
  });
});
