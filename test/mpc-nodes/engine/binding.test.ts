import { bindingOf, requestBindingOf, type SessionTerms } from "@sharebridge/mpc-nodes/engine/binding.ts";
import { sessionIdOf } from "@sharebridge/mpc-nodes/engine/session-id.ts";
import { expect } from "chai";
import { AbiCoder, keccak256 } from "ethers";

const id = (byte: string) => `0x${byte.repeat(32)}`;

const terms: SessionTerms = {
  chainId: 1n,
  market: "0x00000000000000000000000000000000000000aa",
  requestId: id("01"),
  epoch: 2n,
  algorithm: id("03"),
  poolHash: id("04"),
  activeSet: 15,
  attempt: 0,
};

describe("session binding", () => {
  it("is 32 bytes that differ when any term does", () => {
    const changes: Partial<SessionTerms>[] = [
      {},
      { chainId: 2n },
      { market: "0x00000000000000000000000000000000000000ab" },
      { requestId: id("02") },
      { epoch: 3n },
      { algorithm: id("04") },
      { poolHash: id("03") },
      { activeSet: 7 },
      { attempt: 1 },
    ];
    expect(changes).to.have.length(Object.keys(terms).length + 1);
    const bindings = changes.map((change) => Buffer.from(bindingOf({ ...terms, ...change })).toString("hex"));
    expect(new Set(bindings)).to.have.property("size", changes.length);
    for (const binding of bindings) expect(binding).to.have.length(64);
  });
});

describe("request binding", () => {
  it("is 32 bytes that differ when any term does, and are none of a session's", () => {
    const { activeSet: _set, attempt: _attempt, ...own } = terms;
    const changes = [
      {},
      { chainId: 2n },
      { market: "0x00000000000000000000000000000000000000ab" },
      { requestId: id("02") },
      { epoch: 3n },
      { algorithm: id("04") },
      { poolHash: id("03") },
    ];
    expect(changes).to.have.length(Object.keys(own).length + 1);
    const bindings = changes.map((change) => Buffer.from(requestBindingOf({ ...own, ...change })).toString("hex"));
    expect(new Set([...bindings, Buffer.from(bindingOf(terms)).toString("hex")]).size).to.equal(changes.length + 1);
    for (const binding of bindings) expect(binding).to.have.length(64);
  });
});

describe("session id", () => {
  it("is keccak256(abi.encode(requestId, attempt))", () => {
    const encoded = AbiCoder.defaultAbiCoder().encode(["bytes32", "uint32"], [id("01"), 3]);
    expect(sessionIdOf(id("01"), 3)).to.equal(keccak256(encoded));
    expect(sessionIdOf(id("01"), 0)).not.to.equal(sessionIdOf(id("01"), 1));
  });
});
