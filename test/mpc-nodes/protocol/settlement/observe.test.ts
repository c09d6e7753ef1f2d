import { expect } from "chai";
import { OutOfMemoryError } from "../../../../mpc-nodes/kernels/heap.ts";
import { ProtocolError } from "../../../../mpc-nodes/protocol/errors.ts";
import { observationOf } from "../../../../mpc-nodes/protocol/settlement/observe.ts";
import { TransportError, type TransportErrorCode } from "../../../../mpc-nodes/transport/errors.ts";

describe("observation of a failed run", () => {
  it("waits for the peer that a network's error is about", () => {
    const codes: TransportErrorCode[] = [
      "PeerSilent",
      "ConnectionLost",
      "ClosedByPeer",
      "PeerUnreachable",
      "SendOverflow",
    ];
    for (const code of codes) {
      const observation = observationOf(new TransportError(code, "", 0), 7);
      expect(observation).to.deep.equal({ kind: "waiting", peer: 0, round: 7 });
    }
  });

  it("says what a check found", () => {
    const roles = { sender: 3, checker: 1, receiver: 0 } as const;
    const bad = new ProtocolError("BadTag", "", [3, 1], { place: { roles, round: 4, step: 2 } });
    expect(observationOf(bad, 7)).to.deep.equal({ kind: "badTag", ...roles, round: 4, step: 2 });
    const echo = new ProtocolError("CoinTossEchoMismatch", "", [1, 2], { toss: { peer: 2, key: 3 } });
    expect(observationOf(echo, 3)).to.deep.equal({ kind: "tossEcho", peer: 2, key: 3 });
    for (const code of ["CoinTossOpeningMismatch", "CoinTossBadSignature"] as const) {
      expect(observationOf(new ProtocolError(code, "", [2]), 2)).to.deep.equal({ kind: "openingMismatch", peer: 2 });
    }
  });

  it("looks for the cause of an aborted session", () => {
    const cause = new TransportError("PeerSilent", "", 1);
    expect(observationOf(new ProtocolError("SessionAborted", "", [], { cause }), 9)).to.deep.equal({
      kind: "waiting",
      peer: 1,
      round: 9,
    });
  });

  it("blames nobody for what failed here", () => {
    const local = [
      new OutOfMemoryError(1, 2, 3),
      new TransportError("TransportClosed", ""),
      new ProtocolError("SessionAborted", ""),
      new ProtocolError("ConcurrentRounds", ""),
      new Error("cancelled"),
      "text",
      null,
    ];
    for (const error of local) expect(observationOf(error, 5)).to.deep.equal({ kind: "failed" });
  });
});
