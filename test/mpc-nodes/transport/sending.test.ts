/** Sending to a peer that is slow, or takes nothing; several sessions over one connection; keys of peers. */
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { connect, type TLSSocket } from "node:tls";
import { expect } from "chai";
import { type Network, receiveBytes } from "../../../mpc-nodes/protocol/network.ts";
import { TlsTransport } from "../../../mpc-nodes/transport/tls.ts";
import { NO_SESSION } from "../../../mpc-nodes/wire/frames.ts";
import { SEND_ROOM_BYTES } from "../../../mpc-nodes/wire/limits.ts";
import { idOf, openAll, REQUEST, rejection } from "../../suites/network-support.ts";
import { encodeFrame } from "../support/encode-frame.ts";
import { createTlsTransports, identities, nextEvent, settingsOf } from "./support.ts";

/** Long enough for the peer to take megabytes on a busy machine. */
const RECEIVE_MS = 1000;
const MEGABYTE = 1_000_000;
/** More than the sockets' own buffers take on loopback. */
const MUCH = 40 * MEGABYTE;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Whether a promise is settled within some turns of the event loop. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const settled = promise.then(
    () => true,
    () => true,
  );
  return Promise.race([settled, pause(20).then(() => false)]);
}

describe("TLS transport, sending", () => {
  describe("to a peer that does not read", () => {
    let transport: TlsTransport;
    let peer: TLSSocket;
    let network: Network;
    let memory: Uint8Array;

    /** Party 1 is played by hand. */
    beforeEach(async () => {
      transport = new TlsTransport(await settingsOf(0, [], { timeouts: { receiveMs: RECEIVE_MS } }));
      await transport.start();
      const connected = nextEvent(transport, ({ kind }) => kind === "connected");
      const { keyPem: key, certificatePem: cert } = (await identities)[1];
      peer = connect({ host: "127.0.0.1", port: transport.port, rejectUnauthorized: false, key, cert });
      peer.on("error", () => {});
      peer.write(encodeFrame("hello", NO_SESSION, Uint8Array.of(1)));
      await connected;
      network = await transport.openSession(idOf(1), REQUEST, [1]);
      memory = new Uint8Array(MUCH);
    });

    afterEach(async () => {
      peer.destroy();
      await transport.close();
    });

    it("has no room until the peer goes on, and is not failed for going on late", async () => {
      network.send(1, memory);
      const room = network.room(1);
      await pause(RECEIVE_MS / 2);
      expect(await isSettled(room)).to.equal(false);
      let taken = 0;
      peer.on("data", (bytes) => {
        taken += bytes.length;
      });
      await room;
      expect(taken).to.be.above(MUCH - SEND_ROOM_BYTES - 20 * MEGABYTE);
      await network.idle();
    });

    it("names the peer after the receive timeout, to whoever waits for room or bytes", async () => {
      const start = performance.now();
      network.send(1, memory);
      const room = network.room(1);
      expect(await isSettled(network.idle())).to.equal(false);
      const silent = await rejection(room, "PeerSilent");
      expect(silent).to.have.property("peer", 1);
      expect(silent.message).to.match(/^party 1 took nothing for 1000 ms while \d+ bytes waited for it$/);
      expect(performance.now() - start).to.be.within(RECEIVE_MS - 20, 10 * RECEIVE_MS);
      await rejection(network.receive(1, new Uint8Array(1)), "PeerSilent");
      await rejection(network.room(1), "PeerSilent");
    });

    it("lets go of the memory of a failed session at once, of one that is done after the receive timeout", async () => {
      network.send(1, memory);
      const second = await transport.openSession(idOf(2), REQUEST, [1]);
      second.send(1, memory);
      const idle = [network.idle(), second.idle()];
      const rooms = [network.room(1), second.room(1)];
      await pause(50);
      transport.closeSession(idOf(1), new Error("failed"));
      await idle[0];
      await rejection(rooms[1], "PeerSilent");
      transport.closeSession(idOf(2));
      expect(await isSettled(idle[1])).to.equal(false);
      await idle[1];
    });

    it("lets go of the memory when the connection is lost or the transport closed", async () => {
      network.send(1, memory);
      const room = network.room(1);
      peer.destroy();
      await rejection(room, "ConnectionLost");
      await network.idle();
    });

    it("rejects waits for room when the session is closed", async () => {
      network.send(1, memory);
      const room = network.room(1);
      transport.closeSession(idOf(1));
      await rejection(room, "SessionClosed");
    });
  });

  describe("between transports", () => {
    let transports: TlsTransport[] = [];

    afterEach(async () => {
      await Promise.all(transports.map((each) => each.close()));
    });

    it("carries any amount for whoever asks for room, with little queued", async () => {
      transports = await createTlsTransports({ limits: { sendQueueBytesPerPeer: SEND_ROOM_BYTES + 3 * MEGABYTE } });
      const networks = await openAll(transports, idOf(1));
      const message = new Uint8Array(MEGABYTE).fill(7);
      const into = new Uint8Array(MEGABYTE);
      const reading = (async () => {
        for (let read = 0; read < MUCH; read += MEGABYTE) await networks[1].receive(0, into);
      })();
      for (let sent = 0; sent < MUCH; sent += MEGABYTE) {
        await networks[0].room(1);
        networks[0].send(1, message);
      }
      await reading;
      expect(into.every((byte) => byte === 7)).to.equal(true);
    });

    it("does not let a small session wait for a large one that queued before it", async () => {
      transports = await createTlsTransports();
      const [large, small] = [await openAll(transports, idOf(1)), await openAll(transports, idOf(2))];
      const total = 100 * MEGABYTE;
      let allLeft = false;
      large[0].send(1, new Uint8Array(total));
      const left = large[0].idle().then(() => {
        allLeft = true;
      });
      small[0].send(1, Uint8Array.of(5));
      await small[0].room(1);
      expect([...(await receiveBytes(small[1], 0, 1))]).to.deep.equal([5]);
      expect(allLeft).to.equal(false);
      const into = new Uint8Array(MEGABYTE);
      for (let read = 0; read < total; read += MEGABYTE) await large[1].receive(0, into);
      await left;
    });

    it("knows what its peers sign, though it was never connected to them", async () => {
      const first = new TlsTransport(await settingsOf(0, []));
      const second = new TlsTransport(await settingsOf(1, []));
      transports = [first, second];
      const statement = Buffer.from("statement");
      expect(first.verify(0, statement, first.sign(statement))).to.equal(true);
      expect(first.verify(1, statement, second.sign(statement))).to.equal(true);
      expect(first.verify(2, statement, second.sign(statement))).to.equal(false);
    });

    it("does not take what the key signed elsewhere for a statement", async () => {
      const { keyPem } = (await identities)[0];
      const transport = new TlsTransport(await settingsOf(0, []));
      transports = [transport];
      const statement = Buffer.from("statement");
      const key = createPrivateKey(keyPem);
      const spki = createPublicKey(key).export({ type: "spki", format: "der" });
      const signed = (bytes: Buffer) => Buffer.concat([spki, sign(null, bytes, key)]);
      expect(transport.verify(0, statement, signed(statement))).to.equal(false);
      const whole = Buffer.from("sharebridge/1/statement\0statement");
      expect(transport.verify(0, statement, signed(whole))).to.equal(true);
    });
  });
});
