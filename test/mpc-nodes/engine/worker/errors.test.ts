import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { EngineError } from "@sharebridge/mpc-nodes/engine/errors.ts";
import { decodeError, encodeError } from "@sharebridge/mpc-nodes/engine/worker/errors.ts";
import { ProtocolError } from "@sharebridge/mpc-nodes/protocol/errors.ts";
import { SharingError } from "@sharebridge/mpc-nodes/sharing/errors.ts";
import { TransportError } from "@sharebridge/mpc-nodes/transport/errors.ts";
import { WireError } from "@sharebridge/mpc-nodes/wire/errors.ts";
import { expect } from "chai";

const cross = (error: unknown) => decodeError(structuredClone(encodeError(error)));

describe("errors between threads", () => {
  const ours = [
    new EngineError("Cancelled", "it was cancelled"),
    new ProgramError("MissingInput", "a column is missing", 3),
    new ProtocolError("BadTag", "a tag is wrong", [1, 2]),
    new SharingError("WrongShape", "not this shape"),
    new TransportError("PeerSilent", "party 3 is silent", 3),
    new WireError("MalformedFrame", "no frame"),
  ];
  for (const error of ours) {
    it(`a ${error.name} comes out as the same class, with all that it says`, () => {
      const crossed = cross(error);
      expect(crossed).to.be.instanceOf(error.constructor);
      expect(crossed.stack).to.equal(error.stack);
      expect(crossed).to.include({ name: error.name, message: error.message, code: error.code });
      for (const [field, value] of Object.entries(error)) expect(crossed).to.have.deep.property(field, value);
    });
  }

  it("an error of the system keeps what an operator is told; what is no error becomes one", () => {
    const inUse = Object.assign(new Error("listen"), {
      code: "EADDRINUSE",
      syscall: "listen",
      address: "::1",
      port: 7,
    });
    expect(cross(inUse)).to.include({ name: "Error", code: "EADDRINUSE", syscall: "listen", address: "::1", port: 7 });
    expect(cross(new RangeError("too long"))).to.include({ name: "RangeError", message: "too long" });
    expect(cross("text").message).to.contain("string").and.not.to.contain("text");
    const heavy = Object.assign(new Error("x"), { share: new BigUint64Array(2) });
    expect(cross(heavy)).not.to.have.property("share");
  });
});
