import { generateKeyPairSync } from "node:crypto";
import { expect } from "chai";
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from "../../../mpc-nodes/protocol/signer.ts";
import { IdentityKeys } from "../../../mpc-nodes/transport/identity-keys.ts";
import { publicKeyHash } from "../../../mpc-nodes/transport/key-hash.ts";

const pairs = [0, 1, 2, 3].map(() => generateKeyPairSync("ed25519"));
const hashes = pairs.map(({ publicKey }) => publicKeyHash(publicKey));
const keysOf = (party: 0 | 1 | 2 | 3, of = pairs[party]!) => new IdentityKeys(party, of.privateKey, hashes);
const statement = Buffer.from("waiting for party 2");

describe("identity keys", () => {
  it("judge a signature by its own key and the registered hash, of a party never met too", () => {
    const signature = keysOf(1).sign(statement);
    expect(signature).to.have.length(SIGNATURE_BYTES);
    for (const party of [0, 2, 3] as const) expect(keysOf(party).verify(1, statement, signature)).to.equal(true);
  });

  it("refuse another party's key, one that nobody registered, and any changed byte", () => {
    const [own, judge] = [keysOf(1).sign(statement), keysOf(0)];
    expect(judge.verify(2, statement, own)).to.equal(false);
    const stranger = keysOf(1, generateKeyPairSync("ed25519")).sign(statement);
    expect(judge.verify(1, statement, stranger)).to.equal(false);
    // A registered key before a stranger's signature.
    const mixed = Buffer.concat([own.subarray(0, PUBLIC_KEY_BYTES), stranger.subarray(PUBLIC_KEY_BYTES)]);
    expect(judge.verify(1, statement, mixed)).to.equal(false);
    for (let at = 0; at < own.length; at++) {
      expect(
        judge.verify(
          1,
          statement,
          own.map((byte, i) => (i === at ? byte ^ 1 : byte)),
        ),
      ).to.equal(false);
    }
    expect(judge.verify(1, statement, own.subarray(1))).to.equal(false);
  });

  it("refuse to sign with a key of another kind, and a signature by one", () => {
    const curve = generateKeyPairSync("ec", { namedCurve: "P-256" });
    expect(() => new IdentityKeys(0, curve.privateKey, hashes).sign(statement)).to.throw("Ed25519");
    // X25519 keys are as long as Ed25519 keys.
    const x25519 = generateKeyPairSync("x25519").publicKey.export({ type: "spki", format: "der" });
    const registered = new IdentityKeys(0, pairs[0]!.privateKey, ["", publicKeyHash(x25519), "", ""]);
    expect(registered.verify(1, statement, Buffer.concat([x25519, new Uint8Array(64)]))).to.equal(false);
  });
});
