/** What every transport must do; run in memory and over TLS. */
import { expect } from "chai";
import fc from "fast-check";
import { PARTIES, type PartyId, partiesExcept } from "../../mpc-nodes/math/party.ts";
import { type Network, receiveBytes } from "../../mpc-nodes/protocol/network.ts";
import { SIGNATURE_BYTES } from "../../mpc-nodes/protocol/signer.ts";
import type { Transport } from "../../mpc-nodes/transport/transport.ts";
import {
  MAX_DATA_FRAME_BYTES,
  MAX_PENDING_BYTES_PER_SESSION,
  MAX_PENDING_SESSIONS_PER_PEER,
} from "../../mpc-nodes/wire/limits.ts";
import { seed } from "../support/seed.ts";
import { type CreateTransports, idOf, openAll, REQUEST, rejection, type TransportsOptions } from "./network-support.ts";

function pattern(length: number, salt: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8) * 7 + salt) & 0xff);
}

export function networkSuite(name: string, create: CreateTransports): void {
  describe(`${name}: the network interface`, () => {
    let transports: Transport[] = [];

    async function start(options?: TransportsOptions): Promise<Network[]> {
      transports = await create(options);
      return openAll(transports, idOf(1));
    }

    afterEach(async () => {
      await Promise.all(transports.map((transport) => transport.close()));
    });

    it("keeps the order of bytes, however they are cut into messages and reads", async () => {
      const networks = await start();
      const lengths = fc.array(fc.nat(3_000), { maxLength: 12 });
      const property = fc.asyncProperty(lengths, lengths, async (sent, reads) => {
        const total = sent.reduce((sum, length) => sum + length, 0);
        const bytes = pattern(total, sent.length);
        let offset = 0;
        for (const length of sent) {
          networks[1].send(3, bytes.subarray(offset, offset + length));
          offset += length;
        }
        const received: number[] = [];
        for (const length of [...reads, total]) {
          received.push(...(await receiveBytes(networks[3], 1, Math.min(length, total - received.length))));
        }
        expect(received).to.deep.equal([...bytes]);
      });
      await fc.assert(property, { seed, numRuns: 30 });
    });

    it("carries messages larger than a frame", async () => {
      const networks = await start();
      const bytes = pattern(3 * MAX_DATA_FRAME_BYTES + 17, 5);
      networks[0].send(2, bytes);
      networks[0].send(2, Uint8Array.of(9));
      const received = await receiveBytes(networks[2], 0, bytes.length);
      expect(Buffer.compare(received, bytes)).to.equal(0);
      expect([...(await receiveBytes(networks[2], 0, 1))]).to.deep.equal([9]);
    });

    it("serves reads that were made before the bytes came, in order, and empty ones at once", async () => {
      const networks = await start();
      expect(await receiveBytes(networks[0], 1, 0)).to.have.length(0);
      const reads = [receiveBytes(networks[0], 1, 2), receiveBytes(networks[0], 1, 0), receiveBytes(networks[0], 1, 1)];
      networks[1].send(0, new Uint8Array(0));
      networks[1].send(0, Uint8Array.of(1, 2, 3));
      const received = await Promise.all(reads);
      expect(received.map((bytes) => [...bytes])).to.deep.equal([[1, 2], [], [3]]);
    });

    it("gives each receiver bytes of its own, and leaves the sender's as they are", async () => {
      const networks = await start();
      const payload = Buffer.from([0, 1, 2, 3, 4, 5, 6, 7]).subarray(1);
      networks[0].send(1, payload);
      networks[0].send(2, payload);
      const [atOne, atTwo] = await Promise.all([receiveBytes(networks[1], 0, 7), receiveBytes(networks[2], 0, 7)]);
      atOne.fill(0);
      expect([...atTwo]).to.deep.equal([1, 2, 3, 4, 5, 6, 7]);
      expect([...payload]).to.deep.equal([1, 2, 3, 4, 5, 6, 7]);
    });

    it("fills exactly what it is given, and nothing beside it", async () => {
      const networks = await start();
      const memory = new WebAssembly.Memory({ initial: 4, maximum: 4 }).buffer;
      const [out, into] = [new Uint8Array(memory, 0, 100_000), new Uint8Array(memory, 100_003, 100_000)];
      out.set(pattern(100_000, 3));
      networks[0].send(1, out);
      await networks[1].receive(0, into);
      expect(Buffer.compare(into, pattern(100_000, 3))).to.equal(0);
      const beside = new Uint8Array(memory);
      expect([beside[100_002], beside[200_003]]).to.deep.equal([0, 0]);
    });

    it("keeps all pairs and several sessions apart", async () => {
      const sessions = [await start(), await openAll(transports, idOf(2)), await openAll(transports, idOf(3))];
      const message = (session: number, from: number, to: number) => pattern(500, session * 100 + from * 10 + to);
      const eachPair = (visit: (network: Network, session: number, peer: PartyId) => Promise<void> | void) =>
        sessions.flatMap((networks, session) =>
          networks.flatMap((network) => partiesExcept(network.party).map((peer) => visit(network, session, peer))),
        );
      eachPair((network, session, peer) => network.send(peer, message(session, network.party, peer)));
      await Promise.all(
        eachPair(async (network, session, peer) => {
          const received = await receiveBytes(network, peer, 500);
          expect([...received]).to.deep.equal([...message(session, peer, network.party)]);
        }),
      );
    });

    it("counts payload only", async () => {
      const networks = await start();
      networks[0].send(1, new Uint8Array(MAX_DATA_FRAME_BYTES + 1));
      networks[0].send(2, new Uint8Array(10));
      await Promise.all([receiveBytes(networks[1], 0, MAX_DATA_FRAME_BYTES + 1), receiveBytes(networks[2], 0, 4)]);
      expect(networks.map(({ statistics }) => ({ ...statistics }))).to.deep.equal([
        { bytesSent: MAX_DATA_FRAME_BYTES + 11, bytesReceived: 0, messagesSent: 2 },
        { bytesSent: 0, bytesReceived: MAX_DATA_FRAME_BYTES + 1, messagesSent: 0 },
        { bytesSent: 0, bytesReceived: 4, messagesSent: 0 },
        { bytesSent: 0, bytesReceived: 0, messagesSent: 0 },
      ]);
    });

    it("refuses impossible peers and ids", async () => {
      const networks = await start();
      await rejection(receiveBytes(networks[0], 0, 1), "InvalidArgument");
      await rejection(networks[0].room(0), "InvalidArgument");
      expect(() => networks[0].send(4 as PartyId, Uint8Array.of(1))).to.throw("no stream to party 4");
      await rejection(transports[0].openSession("0x12", REQUEST), "InvalidArgument");
      await rejection(transports[0].openSession(idOf(9), REQUEST.toUpperCase()), "InvalidArgument");
    });

    describe("memory that is sent from", () => {
      it("is free at once when nothing was sent", async () => {
        const networks = await start();
        await networks[0].idle();
        networks[0].send(1, new Uint8Array(0));
        await networks[0].idle();
      });

      it("may change once the network is idle: what was sent arrives as it was", async () => {
        const networks = await start();
        const bytes = pattern(1_000_003, 1);
        const memory = bytes.slice();
        for (let at = 0; at < bytes.length; at += 70_000) networks[0].send(1, memory.subarray(at, at + 70_000));
        await networks[0].idle();
        memory.fill(0xee);
        expect(Buffer.compare(await receiveBytes(networks[1], 0, bytes.length), bytes)).to.equal(0);
      });

      it("is let go of by a session that is done when all has left, for the peer to read", async () => {
        const networks = await start();
        const memory = new Uint8Array(8_000_000).fill(7);
        const received = receiveBytes(networks[1], 0, memory.length);
        networks[0].send(1, memory);
        transports[0].closeSession(idOf(1));
        await networks[0].idle();
        memory.fill(0xee);
        expect((await received).every((byte) => byte === 7)).to.equal(true);
        await rejection(receiveBytes(networks[1], 0, 1), "ClosedByPeer");
      });

      it("is let go of by a session that failed: whoever uses it next gives nothing away", async () => {
        const networks = await start();
        const others = await openAll(transports, idOf(2));
        const memory = new Uint8Array(8_000_000).fill(7);
        networks[0].send(1, memory);
        transports[0].closeSession(idOf(1), new Error("failed"));
        await networks[0].idle();
        memory.fill(0xee);
        others[0].send(1, Uint8Array.of(1));
        expect([...(await receiveBytes(others[1], 0, 1))]).to.deep.equal([1]);
        const into = new Uint8Array(1_000);
        for (let ended = false; !ended; ) {
          into.fill(7);
          ended = await networks[1].receive(0, into).then(
            () => false,
            () => true,
          );
          expect(into.every((byte) => byte === 7)).to.equal(true);
        }
      });

      it("has room in a session that is open", async () => {
        const networks = await start();
        await networks[0].room(1);
        transports[0].closeSession(idOf(1));
        await rejection(networks[0].room(1), "SessionClosed");
        await rejection(networks[1].receive(0, new Uint8Array(1)), "ClosedByPeer");
        await networks[1].room(0); // party 0 has what it needs
        transports[2].closeSession(idOf(1), new Error("failed"));
        await rejection(networks[1].receive(2, new Uint8Array(1)), "ClosedByPeer");
        await rejection(networks[1].room(2), "ClosedByPeer");
      });
    });

    describe("with a party left out", () => {
      const three: readonly PartyId[] = [0, 1, 2];
      const peersOf = (party: PartyId) => three.filter((peer) => peer !== party);
      const openThree = () =>
        Promise.all(three.map((party) => transports[party].openSession(idOf(5), REQUEST, peersOf(party).reverse())));

      it("runs among three, and tells the fourth nothing", async () => {
        transports = await create();
        await openAll(transports, idOf(1));
        const heard: string[] = [];
        transports[3].onAnnounce = (requestId) => heard.push(requestId);
        const networks = await openThree();
        expect(networks.map(({ peers }) => peers)).to.deep.equal([[1, 2], [0, 2], [0, 1]]); // biome-ignore format: a table
        for (const network of networks)
          for (const peer of network.peers) network.send(peer, Uint8Array.of(network.party));
        for (const network of networks) {
          for (const peer of network.peers) expect([...(await receiveBytes(network, peer, 1))]).to.deep.equal([peer]);
        }
        expect(() => networks[0].send(3, Uint8Array.of(1))).to.throw("no stream to party 3");
        await rejection(receiveBytes(networks[0], 3, 1), "InvalidArgument");
        expect(heard).to.deep.equal([]);
      });

      it("needs no connection to the fourth", async () => {
        transports = await create({ timeouts: { connectMs: 300 } });
        await openAll(transports, idOf(1));
        await transports[3].close();
        const networks = await openThree();
        networks[0].send(2, Uint8Array.of(4));
        expect([...(await receiveBytes(networks[2], 0, 1))]).to.deep.equal([4]);
        await rejection(transports[0].openSession(idOf(6), REQUEST), "PeerUnreachable");
        expect(transports[0].connected).to.deep.equal([1, 2]);
      });

      for (const order of ["before", "after"] as const) {
        it(`refuses the fourth, who opens the session ${order} the others`, async () => {
          transports = await create();
          await openAll(transports, idOf(1));
          let networks = order === "after" ? await openThree() : [];
          const fourth = await transports[3].openSession(idOf(5), REQUEST);
          fourth.send(0, Uint8Array.of(9));
          const waits = three.map((peer) => receiveBytes(fourth, peer, 1));
          if (order === "before") networks = await openThree();
          for (const wait of waits)
            expect((await rejection(wait, "ClosedByPeer")).message).to.contain("no such session");
          networks[1].send(0, Uint8Array.of(4));
          expect([...(await receiveBytes(networks[0], 1, 1))]).to.deep.equal([4]);
        });
      }

      it("refuses who cannot be a peer", async () => {
        transports = await create();
        await openAll(transports, idOf(1));
        for (const peers of [[], [0], [1, 1], [1, 4], [-1], [0.5]] as unknown as PartyId[][]) {
          await rejection(transports[0].openSession(idOf(5), REQUEST, peers), "InvalidArgument");
        }
      });
    });

    it("signs statements that every party can check, each in its own name", async () => {
      await start();
      const statement = Buffer.from("party 2 sent a tag that does not fit");
      for (const signer of transports) {
        const signature = signer.sign(statement);
        expect(signature).to.have.length(SIGNATURE_BYTES);
        for (const verifier of transports) {
          for (const party of PARTIES) {
            expect(verifier.verify(party, statement, signature)).to.equal(party === signer.party);
          }
          expect(verifier.verify(signer.party, statement.subarray(1), signature)).to.equal(false);
          expect(verifier.verify(signer.party, statement, signature.subarray(1))).to.equal(false);
          expect(verifier.verify(signer.party, statement, new Uint8Array(SIGNATURE_BYTES))).to.equal(false);
        }
      }
    });

    describe("opening", () => {
      it("nudges a node once per peer about a session that they open, and gives it what they sent before", async () => {
        transports = await create();
        const heard: [string, PartyId][] = [];
        const nudged = new Promise<void>((resolve) => {
          transports[3].onAnnounce = (requestId, from) => {
            heard.push([requestId, from]);
            if (heard.length === 3) resolve();
          };
        });
        const early = await openAll(transports.slice(0, 3), idOf(1));
        for (const network of early) network.send(3, Uint8Array.of(network.party, 7));
        await nudged;
        const network = await transports[3].openSession(idOf(1), REQUEST);
        for (const peer of partiesExcept(3)) {
          expect([...(await receiveBytes(network, peer, 2))]).to.deep.equal([peer, 7]);
        }
        expect(heard).to.have.deep.members([0, 1, 2].map((peer) => [REQUEST, peer]));
      });

      it("nudges again for another request: one peer's lie does not hide what the others say", async () => {
        transports = await create();
        const heard: string[] = [];
        const both = new Promise<void>((resolve) => {
          transports[3].onAnnounce = (requestId) => {
            heard.push(requestId);
            if (heard.length === 2) resolve();
          };
        });
        const liar = await transports[0].openSession(idOf(1), idOf(666));
        const honest = await transports[1].openSession(idOf(1), REQUEST);
        liar.send(3, Uint8Array.of(1));
        honest.send(3, Uint8Array.of(1));
        await both;
        expect(heard).to.have.members([REQUEST, idOf(666)]);
        const network = await transports[3].openSession(idOf(1), REQUEST);
        expect([...(await receiveBytes(network, 1, 1))]).to.deep.equal([1]);
        expect(await rejection(receiveBytes(network, 0, 1), "AnnounceMismatch")).to.have.property("peer", 0);
        expect(await rejection(receiveBytes(honest, 0, 1), "AnnounceMismatch")).to.have.property("peer", 0);
      });

      it("opens an id once", async () => {
        await start();
        await rejection(transports[0].openSession(idOf(1), REQUEST), "SessionAlreadyOpen");
        transports[0].closeSession(idOf(1));
        await rejection(transports[0].openSession(idOf(1), REQUEST), "SessionClosed");
      });

      it("keeps a bounded amount for a session that is not open, then refuses it", async () => {
        transports = await create();
        const early = await transports[1].openSession(idOf(1), REQUEST);
        const other = await transports[2].openSession(idOf(1), REQUEST);
        const cut = MAX_PENDING_BYTES_PER_SESSION / 4;
        for (let sent = 0; sent <= MAX_PENDING_BYTES_PER_SESSION; sent += cut) early.send(0, new Uint8Array(cut));
        other.send(0, Uint8Array.of(5));
        const refused = await rejection(receiveBytes(early, 0, 1), "ClosedByPeer");
        expect(refused.message).to.contain("more was sent than it keeps");
        const network = await transports[0].openSession(idOf(1), REQUEST);
        expect(await rejection(receiveBytes(network, 1, 1), "PendingOverflow")).to.have.property("peer", 1);
        expect([...(await receiveBytes(network, 2, 1))]).to.deep.equal([5]);
      });

      it("keeps a bounded number of sessions that are not open, per peer", async () => {
        transports = await create();
        const crowd: Network[] = [];
        for (let number = 0; number <= MAX_PENDING_SESSIONS_PER_PEER; number++) {
          crowd.push(await transports[1].openSession(idOf(100 + number), REQUEST));
        }
        const refused = await rejection(receiveBytes(crowd[MAX_PENDING_SESSIONS_PER_PEER], 0, 1), "ClosedByPeer");
        expect(refused.message).to.contain("too many wait");
        const early = await transports[2].openSession(idOf(1), REQUEST);
        early.send(0, Uint8Array.of(3));
        const network = await transports[0].openSession(idOf(1), REQUEST);
        expect([...(await receiveBytes(network, 2, 1))]).to.deep.equal([3]);
      });
    });

    describe("closing", () => {
      it("rejects this side's waits and sends", async () => {
        const networks = await start();
        const waits = partiesExcept(0).map((peer) => receiveBytes(networks[0], peer, 8));
        transports[0].closeSession(idOf(1));
        for (const wait of waits) await rejection(wait, "SessionClosed");
        await rejection(receiveBytes(networks[0], 1, 1), "SessionClosed");
        expect(() => networks[0].send(1, Uint8Array.of(1)))
          .to.throw("was closed")
          .with.property("code", "SessionClosed");
        transports[0].closeSession(idOf(1));
      });

      it("rejects this side's waits with the reason, and tells peers no more than that it failed", async () => {
        const networks = await start();
        const wait = receiveBytes(networks[0], 1, 8).catch((error: Error) => error);
        const reason = new Error("the share of a patient is 12");
        transports[0].closeSession(idOf(1), reason);
        expect(await wait).to.equal(reason);
        const told = await rejection(receiveBytes(networks[2], 0, 1), "ClosedByPeer");
        expect(told.message).to.equal("party 0 gave the session up");
      });

      it("lets peers read what was sent before, and fails what waits for more", async () => {
        const networks = await start();
        networks[0].send(1, Uint8Array.of(1, 2, 3));
        const waiting = receiveBytes(networks[2], 0, 1);
        transports[0].closeSession(idOf(1));
        expect(await rejection(waiting, "ClosedByPeer")).to.have.property("peer", 0);
        expect([...(await receiveBytes(networks[1], 0, 3))]).to.deep.equal([1, 2, 3]);
        await rejection(receiveBytes(networks[1], 0, 1), "ClosedByPeer");
        networks[1].send(2, Uint8Array.of(4));
        expect([...(await receiveBytes(networks[2], 1, 1))]).to.deep.equal([4]);
      });

      it("drops late frames of a closed session and leaves other sessions alone", async () => {
        const networks = await start();
        const others = await openAll(transports, idOf(2));
        transports[0].closeSession(idOf(1));
        networks[1].send(0, new Uint8Array(100));
        others[1].send(0, Uint8Array.of(8));
        expect([...(await receiveBytes(others[0], 1, 1))]).to.deep.equal([8]);
      });

      it("refuses a session that only peers have opened, and may open it later: a peer's word uses no id up", async () => {
        transports = await create();
        const nudged = new Promise<string>((resolve) => {
          transports[0].onAnnounce = resolve;
        });
        const early = await transports[1].openSession(idOf(1), REQUEST);
        expect(await nudged).to.equal(REQUEST);
        transports[0].closeSession(idOf(1), new Error("the request is not paid"));
        expect((await rejection(receiveBytes(early, 0, 1), "ClosedByPeer")).message).to.equal(
          "party 0 gave the session up",
        );
        const nudgedAgain = new Promise<string>((resolve) => {
          transports[0].onAnnounce = resolve;
        });
        const late = await transports[2].openSession(idOf(1), REQUEST);
        expect(await nudgedAgain).to.equal(REQUEST);
        late.send(0, Uint8Array.of(7));
        const opened = await transports[0].openSession(idOf(1), REQUEST);
        expect([...(await receiveBytes(opened, 2, 1))]).to.deep.equal([7]);
        opened.send(2, Uint8Array.of(8));
        expect([...(await receiveBytes(late, 0, 1))]).to.deep.equal([8]);
      });

      it("of a transport fails its sessions here and there", async () => {
        const networks = await start();
        const here = receiveBytes(networks[3], 0, 1);
        const there = PARTIES.slice(0, 3).map((party) => receiveBytes(networks[party], 3, 1));
        await transports[3].close();
        await transports[3].close();
        await rejection(here, "TransportClosed");
        for (const wait of there) await rejection(wait, "ClosedByPeer");
        await rejection(transports[3].openSession(idOf(2), REQUEST), "TransportClosed");
      });
    });

    describe("bounds", () => {
      it("names a peer that stays silent, and only in the session that waits", async () => {
        const networks = await start({ timeouts: { receiveMs: 300 } });
        const others = await openAll(transports, idOf(2));
        networks[1].send(0, Uint8Array.of(1));
        const silent = await rejection(receiveBytes(networks[0], 1, 2), "PeerSilent");
        expect(silent).to.have.property("peer", 1);
        expect(silent.message).to.equal("party 1 sent nothing for 300 ms while 2 bytes were awaited");
        networks[1].send(0, Uint8Array.of(2));
        await rejection(receiveBytes(networks[0], 1, 1), "PeerSilent");
        networks[2].send(0, Uint8Array.of(3));
        expect([...(await receiveBytes(networks[0], 2, 1))]).to.deep.equal([3]);
        others[1].send(0, Uint8Array.of(4));
        expect([...(await receiveBytes(others[0], 1, 1))]).to.deep.equal([4]);
      });

      it("waits for a peer that sends a long message slowly, but no longer than the timeout once another has ended", async () => {
        const networks = await start({ timeouts: { receiveMs: 300 } });
        const piece = new Uint8Array(65_536);
        const drip = async (network: Network, pieces: number) => {
          for (let sent = 0; sent < pieces; sent++) {
            network.send(0, piece);
            await new Promise((resolve) => setTimeout(resolve, 100));
          }
        };
        await Promise.all([receiveBytes(networks[0], 1, 8 * piece.length), drip(networks[1], 8)]);
        const dripping = drip(networks[1], 8);
        const received = rejection(receiveBytes(networks[0], 1, 8 * piece.length), "PeerSilent");
        transports[2].closeSession(idOf(1));
        expect(await received).to.have.property("peer", 1);
        await dripping;
      });

      it("waits in a session for as long as that session is given", async () => {
        await start({ timeouts: { receiveMs: 100 } });
        const [patient, late] = await Promise.all(
          [0, 1].map((party) => transports[party].openSession(idOf(77), REQUEST, party === 0 ? [1] : [0], 20_000)),
        );
        const received = receiveBytes(patient, 1, 1);
        setTimeout(() => late.send(0, Uint8Array.of(7)), 300);
        expect([...(await received)]).to.deep.equal([7]);
      });

      it("fails the session of a peer that sends more than anyone asks for", async () => {
        const networks = await start({ limits: { unreadBytesPerPeer: 100_000 } });
        const [others, marker] = [await openAll(transports, idOf(2)), await openAll(transports, idOf(3))];
        networks[1].send(0, new Uint8Array(60_000));
        others[1].send(0, new Uint8Array(60_000));
        marker[1].send(0, Uint8Array.of(1));
        await receiveBytes(marker[0], 1, 1);
        expect(await rejection(receiveBytes(others[0], 1, 1), "ReceiveOverflow")).to.have.property("peer", 1);
        expect(await receiveBytes(networks[0], 1, 60_000)).to.have.length(60_000);
        networks[2].send(0, Uint8Array.of(3));
        expect([...(await receiveBytes(networks[0], 2, 1))]).to.deep.equal([3]);
      });
    });
  });
}
