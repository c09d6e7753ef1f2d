/** Who may not connect, and what a registered peer may not send. */
import { once } from "node:events";
import { type AddressInfo, connect as connectTcp } from "node:net";
import { type ConnectionOptions, connect, createServer, type TLSSocket } from "node:tls";
import { expect } from "chai";
import type { PartyId } from "../../../mpc-nodes/math/party.ts";
import { type Network, receiveBytes } from "../../../mpc-nodes/protocol/network.ts";
import { createTlsIdentity } from "../../../mpc-nodes/transport/certificate.ts";
import { CloseReason } from "../../../mpc-nodes/transport/close-reason.ts";
import { TlsTransport } from "../../../mpc-nodes/transport/tls.ts";
import { type Frame, FrameDecoder, NO_SESSION } from "../../../mpc-nodes/wire/frames.ts";
import {
  FRAME_HEADER_BYTES,
  MAX_DATA_FRAME_BYTES,
  MAX_PENDING_BYTES_PER_SESSION,
} from "../../../mpc-nodes/wire/limits.ts";
import { idOf, openAll, REQUEST, rejection } from "../../suites/network-support.ts";
import { encodeFrame } from "../support/encode-frame.ts";
import { createTlsTransports, identities, leftoversOf, nextEvent, settingsOf } from "./support.ts";

const HELLO = encodeFrame("hello", NO_SESSION, Uint8Array.of(1));

function rawHeader(type: number, byteLength: number): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES);
  bytes[0] = type;
  new DataView(bytes.buffer).setUint32(33, byteLength);
  return bytes;
}

describe("TLS transport under attack", () => {
  let transports: TlsTransport[] = [];
  let attackers: TLSSocket[] = [];

  afterEach(async () => {
    for (const attacker of attackers) attacker.destroy();
    await Promise.all(transports.map((transport) => transport.close()));
    transports = [];
    attackers = [];
  });

  /** Calls party 0. The promise of the end never rejects: it gives the bytes that came until the connection was closed. */
  function call(options: ConnectionOptions): { socket: TLSSocket; closed: Promise<Buffer> } {
    const socket = connect({ host: "127.0.0.1", port: transports[0].port, rejectUnauthorized: false, ...options });
    attackers.push(socket);
    const received: Buffer[] = [];
    socket.on("data", (piece) => received.push(piece));
    socket.on("error", () => {});
    // Not `once`, which rejects on the error that precedes the end.
    const closed = new Promise<Buffer>((resolve) => socket.on("close", () => resolve(Buffer.concat(received))));
    return { socket, closed };
  }

  async function keysOf(party: PartyId): Promise<ConnectionOptions> {
    const keys = await identities;
    return { key: keys[party].keyPem, cert: keys[party].certificatePem };
  }

  /** Everyone else still works. */
  async function expectUnharmed(sessionId: string): Promise<void> {
    const networks = await openAll(transports, sessionId);
    networks[2].send(0, Uint8Array.of(1));
    networks[3].send(0, Uint8Array.of(2));
    expect([...(await receiveBytes(networks[0], 2, 1)), ...(await receiveBytes(networks[0], 3, 1))]).to.deep.equal([
      1, 2,
    ]);
  }

  function refusal(): Promise<{ readonly error?: Error }> {
    return nextEvent(transports[0], (event) => event.kind === "refused");
  }

  describe("by strangers", () => {
    beforeEach(async () => {
      transports = await createTlsTransports();
      await openAll(transports, idOf(1));
    });

    it("drops a key that is not registered before it sends or reads anything", async () => {
      const stranger = await createTlsIdentity();
      const refused = refusal();
      const { socket, closed } = call({ key: stranger.keyPem, cert: stranger.certificatePem });
      socket.write(HELLO);
      expect(await closed).to.have.length(0);
      expect((await refused).error).to.include({ code: "WrongPeer" });
      await expectUnharmed(idOf(2));
    });

    it("drops a caller without a certificate", async () => {
      const refused = refusal();
      const { closed } = call({});
      expect(await closed).to.have.length(0);
      expect((await refused).error?.message).to.contain("without a certificate");
      await expectUnharmed(idOf(2));
    });

    it("drops a copied certificate: whoever shows it must hold its key", async () => {
      const stranger = await createTlsIdentity();
      const { cert } = await keysOf(1);
      expect(() => call({ key: stranger.keyPem, cert })).to.throw("key values mismatch");
    });

    it("speaks nothing older than TLS 1.3", async () => {
      const refused = refusal();
      const { socket, closed } = call({ ...(await keysOf(1)), minVersion: "TLSv1.2", maxVersion: "TLSv1.2" });
      const failed = new Promise<Error>((resolve) => socket.once("error", resolve));
      expect(await closed).to.have.length(0);
      expect(await failed).to.have.property("code", "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION");
      expect((await refused).error).to.have.property("code", "ERR_SSL_UNSUPPORTED_PROTOCOL");
      await expectUnharmed(idOf(2));
    });

    it("drops garbage in place of TLS", async () => {
      const refused = refusal();
      const socket = connectTcp({ host: "127.0.0.1", port: transports[0].port });
      socket.on("error", () => {});
      socket.write(Buffer.alloc(10_000, 0x5a));
      socket.resume();
      await once(socket, "close");
      expect((await refused).error)
        .to.have.property("code")
        .that.matches(/^ERR_SSL/);
      await expectUnharmed(idOf(2));
    });

    it("leaves no socket behind for callers that stay in the handshake", async () => {
      const left = await leftoversOf(async () => {
        const own = new TlsTransport(await settingsOf(0, []));
        await own.start();
        const socket = connectTcp({ host: "127.0.0.1", port: own.port });
        socket.on("error", () => {});
        await once(socket, "connect");
        const closed = once(socket, "close");
        socket.resume();
        await own.close();
        await closed;
      });
      expect(left).to.deep.equal([]);
    });

    it("lets a restarted peer in while 80 strangers hold silent connections", async () => {
      const silent: Promise<unknown>[] = [];
      for (let count = 0; count < 80; count++) {
        const socket = connectTcp({ host: "127.0.0.1", port: transports[0].port });
        socket.on("error", () => {});
        silent.push(once(socket, "close"));
        socket.resume();
        await once(socket, "connect");
      }
      await transports[3].close();
      const back = nextEvent(transports[0], (event) => event.kind === "connected" && event.peer === 3);
      const ports = transports.slice(0, 3).map(({ port }) => port);
      transports[3] = new TlsTransport(await settingsOf(3, ports));
      await transports[3].start();
      await back;
      await expectUnharmed(idOf(2));
      await Promise.all(transports.map((transport) => transport.close()));
      await Promise.all(silent);
    });

    it("lets go of a caller that says nothing", async () => {
      const own = new TlsTransport(await settingsOf(0, [], { timeouts: { handshakeMs: 100 } }));
      transports.push(own);
      await own.start();
      const lost = nextEvent(own, (event) => event.kind === "disconnected");
      const socket = connect({ host: "127.0.0.1", port: own.port, rejectUnauthorized: false, ...(await keysOf(1)) });
      attackers.push(socket);
      socket.on("error", () => {});
      socket.resume();
      expect((await lost).error?.message).to.contain("it said no hello within 100 ms");
    });
  });

  describe("at the wrong seat", () => {
    it("drops a caller whose registered key belongs to a party that does not dial", async () => {
      transports = await createTlsTransports();
      await openAll(transports, idOf(1));
      const refused = nextEvent(transports[1], (event) => event.kind === "refused");
      const socket = connect({
        host: "127.0.0.1",
        port: transports[1].port,
        rejectUnauthorized: false,
        ...(await keysOf(0)),
      });
      attackers.push(socket);
      socket.on("error", () => {});
      socket.resume();
      await once(socket, "close");
      expect((await refused).error).to.include({ code: "WrongPeer" });
    });

    it("does not take party 1 for party 0, though its key is registered: the dialler checks the seat", async () => {
      const keys = (await identities)[1];
      const server = createServer({
        key: keys.keyPem,
        cert: keys.certificatePem,
        minVersion: "TLSv1.3",
        requestCert: true,
      });
      const heard: Buffer[] = [];
      server.on("secureConnection", (socket) => socket.on("data", (piece) => heard.push(piece)).on("error", () => {}));
      server.on("tlsClientError", () => {});
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      const transport = new TlsTransport(await settingsOf(2, [port, 1]));
      transports = [transport];
      const refused = nextEvent(transport, (event) => event.kind === "refused" && event.peer === 0);
      await transport.start();
      expect((await refused).error).to.include({ code: "WrongPeer", peer: 0 });
      expect(transport.connected).to.deep.equal([]);
      await transport.close();
      server.close();
      await once(server, "close");
      expect(heard).to.deep.equal([]);
    });
  });

  describe("by a registered peer", () => {
    let networks: Network[] = [];
    let attacker: { socket: TLSSocket; closed: Promise<Buffer> };
    let frames: Frame[] = [];

    /** Party 1 is played by hand; it dials party 0 alone, so that the others lack it. */
    beforeEach(async () => {
      transports = [];
      const keys = [0, 2, 3] as const;
      for (const party of keys) {
        const ports = [transports[0]?.port ?? 1, 1, transports[1]?.port ?? 1];
        const transport = new TlsTransport(await settingsOf(party, ports));
        await transport.start();
        transports.push(transport);
      }
      const ready = nextEvent(transports[0], (event) => event.kind === "connected" && event.peer === 1);
      attacker = call(await keysOf(1));
      frames = [];
      const decoder = new FrameDecoder();
      const sink = { frame: (frame: Frame) => frames.push(frame), data: () => {} };
      attacker.socket.on("data", (piece: Buffer) => decoder.push(piece, sink));
      attacker.socket.write(HELLO);
      await ready;
      networks = [await transports[0].openSession(idOf(1), REQUEST)];
    });

    async function expectViolation(words: string, ...bytes: Uint8Array[]): Promise<void> {
      const wait = receiveBytes(networks[0], 1, 1);
      for (const piece of bytes) attacker.socket.write(piece);
      const error = await rejection(wait, "ProtocolViolation");
      expect(error).to.have.property("peer", 1);
      expect(error.message).to.contain(words);
      await attacker.closed;
      networks[0].send(2, Uint8Array.of(3));
      expect(transports[0].connected).to.deep.equal([2, 3]);
    }

    it("drops a frame header that declares too much, before the body is sent", () =>
      expectViolation(`not ${MAX_DATA_FRAME_BYTES + 1}`, rawHeader(3, MAX_DATA_FRAME_BYTES + 1)));

    it("drops an unknown frame type", () => expectViolation("no frame of type 9", rawHeader(9, 1)));

    it("drops garbage", () => expectViolation("no frame of type 90", Buffer.alloc(5_000, 0x5a)));

    it("drops an empty data frame", () => expectViolation("not 0", rawHeader(3, 0)));

    it("drops a second hello", () => expectViolation("stands only at the start", HELLO));

    it("drops a close frame without meaning", () =>
      expectViolation("99 is not a reason", encodeFrame("close", idOf(1), Uint8Array.of(99))));

    it("fails the session alone when data comes before the announcement", async () => {
      const wait = receiveBytes(networks[0], 1, 1);
      attacker.socket.write(encodeFrame("data", idOf(1), Uint8Array.of(1)));
      expect(await rejection(wait, "ProtocolViolation")).to.have.property("peer", 1);
      expect(transports[0].connected).to.deep.equal([1, 2, 3]);
    });

    it("answers data of a session that was never announced with a refusal, and keeps nothing", async () => {
      attacker.socket.write(encodeFrame("data", idOf(7), new Uint8Array(100)));
      const [refused] = await closeFrames(1);
      expect(refused).to.deep.include({ sessionId: idOf(7), body: Uint8Array.of(CloseReason.unknown) });
    });

    it("refuses an announced session beyond its bound, once", async () => {
      attacker.socket.write(encodeFrame("announce", idOf(7), new Uint8Array(32)));
      for (let sent = 0; sent <= 2 * MAX_PENDING_BYTES_PER_SESSION; sent += 10_000) {
        attacker.socket.write(encodeFrame("data", idOf(7), new Uint8Array(10_000)));
      }
      attacker.socket.write(encodeFrame("data", idOf(8), new Uint8Array(1)));
      const refusals = await closeFrames(2);
      expect(refusals.map(({ sessionId, body }) => [sessionId, body[0]])).to.deep.equal([
        [idOf(7), CloseReason.overflow],
        [idOf(8), CloseReason.unknown],
      ]);
    });

    async function closeFrames(count: number): Promise<Frame[]> {
      const closes = () => frames.filter(({ kind }) => kind === "close");
      while (closes().length < count) await once(attacker.socket, "data");
      return closes();
    }
  });

  it("drops a peer whose first frame is not hello, or that speaks another version", async () => {
    const wrong: [Uint8Array, string][] = [
      [encodeFrame("announce", idOf(1), new Uint8Array(32)), "its first frame was announce, not hello"],
      [encodeFrame("hello", NO_SESSION, Uint8Array.of(2)), "it speaks version 2 of the node protocol, this node 1"],
    ];
    for (const [bytes, words] of wrong) {
      const transport = new TlsTransport(await settingsOf(0, []));
      transports = [transport];
      await transport.start();
      const lost = nextEvent(transport, (event) => event.kind === "disconnected");
      const { socket, closed } = call(await keysOf(1));
      socket.write(bytes);
      expect((await lost).error?.message).to.contain(words);
      await closed;
      await transport.close();
    }
  });
});
