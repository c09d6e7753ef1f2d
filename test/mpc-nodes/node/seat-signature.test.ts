import { answerTypes, marketDomain } from "@sharebridge/contracts/typed-data.ts";
import type { PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { answerFor } from "@sharebridge/mpc-nodes/node/answer.ts";
import { isSeatSignature } from "@sharebridge/mpc-nodes/node/seat-signature.ts";
import { expect } from "chai";
import { concat, id, Signature, toBeHex, Wallet } from "ethers";

const CURVE_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

describe("a seat's signature", () => {
  const wallets = [0, 1, 2, 3].map((seat) => new Wallet(id(`seat signature ${seat}`)));
  const signers = wallets.map(({ address }) => address);
  const domain = marketDomain(1_337n, new Wallet(id("market")).address);
  const answer = answerFor(id("request"), { attempt: 1, activeSet: 0b1101, result: "0x1234" }, 0n);
  let signature: string;
  before(async () => {
    signature = await wallets[2].signTypedData(domain, answerTypes, answer);
  });
  const holds = (changes: Partial<typeof answer> = {}, text = signature, seat: number = 2) =>
    isSeatSignature(domain, signers, { ...answer, ...changes }, { seat: seat as PartyId, signature: text });

  it("is taken from the seat whose key made it, in either case of hex and of the registry's address", () => {
    expect(holds()).to.equal(true);
    expect(holds({}, `0x${signature.slice(2).toUpperCase()}`)).to.equal(true);
    const lowerCase = signers.map((signer) => signer.toLowerCase());
    expect(isSeatSignature(domain, lowerCase, answer, { seat: 2, signature })).to.equal(true);
  });

  it("is no other seat's, and none of a seat that there is not", () => {
    for (const seat of [0, 1, 3, 4, -1, 1.5, Number.NaN]) expect(holds({}, signature, seat), `${seat}`).to.equal(false);
    expect(isSeatSignature(domain, [], answer, { seat: 2, signature })).to.equal(false);
  });

  it("is one over this very answer, in this market and on this chain", () => {
    const changes = [
      ...[{ attempt: 0 }, { activeSet: 15 }, { outputsHash: id("other") }, { requestId: id("other") }],
      ...[{ status: 2 }, { proofType: 2 }, { budgetSpent: 1n }],
    ];
    for (const change of changes) expect(holds(change), Object.keys(change)[0]).to.equal(false);
    const elsewhere = [marketDomain(1n, domain.verifyingContract as string), marketDomain(1_337n, signers[0])];
    for (const other of elsewhere) {
      expect(isSeatSignature(other, signers, answer, { seat: 2, signature })).to.equal(false);
    }
  });

  it("is by a seat of an active set that the contract takes", async () => {
    for (const activeSet of [0b1011, 0b0110, 0b0100, 0, 0b11111, 0b1_0000_0111, -1, 4.5]) {
      const claimed = { ...answer, activeSet };
      const text = await wallets[2].signTypedData(domain, answerTypes, claimed).catch(() => signature);
      expect(holds({ activeSet }, text), `${activeSet}`).to.equal(false);
    }
    const all = { ...answer, activeSet: 0b1111 };
    expect(holds(all, await wallets[2].signTypedData(domain, answerTypes, all))).to.equal(true);
  });

  it("has the form that the contract takes: 65 bytes, low s, v 27 or 28", () => {
    const { r, s, v, compactSerialized } = Signature.from(signature);
    const withV = (value: number) => concat([r, s, toBeHex(value)]);
    expect(holds({}, withV(v))).to.equal(true);
    const highS = concat([r, toBeHex(CURVE_ORDER - BigInt(s), 32), toBeHex(v === 27 ? 28 : 27)]);
    const others = [highS, compactSerialized, withV(v - 27), withV(v + 8), withV(v === 27 ? 28 : 27), withV(29)];
    for (const other of others) expect(holds({}, other), other).to.equal(false);
  });

  it("is false, not an error, for whatever peers send", () => {
    const zeros = `0x${"00".repeat(65)}`;
    const junk = ["", "0x", signature.slice(2), `${signature}00`, signature.slice(0, -2), `${signature} `, zeros];
    for (const text of [...junk, `0x${"ff".repeat(65)}`, `0x${"zz".repeat(65)}`]) {
      expect(holds({}, text), text).to.equal(false);
    }
    const badClaims = [{ attempt: -1 }, { attempt: 2 ** 32 }, { attempt: 0.5 }, { requestId: "0x12" }];
    for (const claim of badClaims) expect(holds(claim)).to.equal(false);
  });
});
