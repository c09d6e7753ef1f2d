import { expect } from "chai";
import { TransportError } from "../../../mpc-nodes/transport/errors.ts";
import { TransportSession } from "../../../mpc-nodes/transport/session.ts";

/** A session whose peer 1 takes one byte of what is queued for it when told to. */
function slowlyTaken() {
  let queued = 1000;
  const session = new TransportSession({
    party: 0,
    peers: [1, 2],
    requestId: "0x00",
    receiveTimeoutMs: 100,
    sendData: () => {},
    queuedFor: () => queued,
    onBuffered: () => {},
  });
  const timer = setInterval(() => {
    queued -= 1;
    session.progressed(1);
  }, 20);
  return { session, take: (bytes: number) => (queued -= bytes), stop: () => clearInterval(timer) };
}

const outcomeOf = (room: Promise<void>) =>
  room.then(
    () => "room",
    (error: TransportError) => `${error.code} ${error.peer}`,
  );

describe("room for a peer that takes little", () => {
  it("is waited for as long as it takes something, but no longer than the timeout once another peer has ended", async () => {
    const { session, stop } = slowlyTaken();
    let now = "";
    const room = outcomeOf(session.room(1, 0));
    void room.then((outcome) => {
      now = outcome;
    });
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(now).to.equal("");
    session.endPeer(2, new TransportError("ClosedByPeer", "party 2 is done", 2), true);
    expect(await room).to.equal("PeerSilent 1");
    stop();
  });

  it("that comes in time fails nobody; nor does a wait that begins in a hurry and ends", async () => {
    const { session, take, stop } = slowlyTaken();
    const room = outcomeOf(session.room(1, 0));
    session.endPeer(2, new TransportError("ClosedByPeer", "party 2 is done", 2), true);
    take(1000);
    expect(await room).to.equal("room");
    take(-500);
    const again = outcomeOf(session.room(1, 0));
    take(500);
    expect(await again).to.equal("room");
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await outcomeOf(session.room(1, 0))).to.equal("room");
    stop();
  });
});
