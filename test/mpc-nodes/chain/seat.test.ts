import type { ChainSeat } from "@sharebridge/mpc-nodes/chain/chain-reader.ts";
import { ownSeat } from "@sharebridge/mpc-nodes/chain/seat.ts";
import { expect } from "chai";
import { id, Wallet } from "ethers";

const identities = ["a", "b", "c", "d"].map((name) => ({
  signer: new Wallet(id(name)).address,
  sealingKey: id(`sealing ${name}`),
  tlsKeyHash: id(`tls ${name}`),
}));
const seats: ChainSeat[] = identities.map((identity) => ({ ...identity, endpoint: "http://a", peerEndpoint: "a:1" }));

describe("a node's seat", () => {
  it("is found by its signer, however the address is written", () => {
    for (const [seat, identity] of identities.entries()) {
      expect(ownSeat(seats, identity)).to.equal(seat);
      expect(ownSeat(seats, { ...identity, signer: identity.signer.toLowerCase() })).to.equal(seat);
    }
  });

  it("is refused to a signer without one", () => {
    const stranger = { ...identities[0], signer: new Wallet(id("e")).address };
    expect(() => ownSeat(seats, stranger))
      .to.throw(stranger.signer)
      .with.property("code", "NotSeated");
  });

  for (const key of ["sealingKey", "tlsKeyHash"] as const) {
    it(`is refused when the chain shows another ${key}`, () => {
      const changed = { ...identities[1], [key]: id("another key") };
      expect(() => ownSeat(seats, changed))
        .to.throw(key)
        .with.property("code", "SeatKeysDiffer");
    });
  }
});
