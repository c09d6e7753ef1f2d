import { expect } from "chai";
import { receiveBytes } from "../../../mpc-nodes/protocol/network.ts";
import { TlsTransport } from "../../../mpc-nodes/transport/tls.ts";
import { networkSuite } from "../../suites/network.suite.ts";
import { idOf, openAll, REQUEST, rejection } from "../../suites/network-support.ts";
import { createTlsTransports, leftoversOf, nextEvent, settingsOf } from "./support.ts";

networkSuite("over TLS", createTlsTransports);

describe("TLS transport", () => {
  let transports: TlsTransport[] = [];

  afterEach(async () => {
    await Promise.all(transports.map((transport) => transport.close()));
    transports = [];
  });

  it("leaves no socket and no timer behind, whatever state it was closed in", async () => {
    const left = await leftoversOf(async () => {
      transports = await createTlsTransports();
      const [network] = await openAll(transports, idOf(1));
      const wait = receiveBytes(network, 1, 1).catch(() => {});
      await Promise.all(transports.map((transport) => transport.close()));
      await wait;
      // Never connected: closed while dialling, while waiting to dial, and while a session waits for peers.
      const lonely = new TlsTransport(await settingsOf(3, [1, 1, 1]));
      const refused = nextEvent(lonely, (event) => event.kind === "refused");
      await lonely.start();
      await refused;
      const opening = rejection(lonely.openSession(idOf(1), REQUEST), "TransportClosed");
      await lonely.close();
      await opening;
      const unstarted = new TlsTransport(await settingsOf(0, []));
      await unstarted.close();
    });
    expect(left).to.deep.equal([]);
  });

  it("comes up in any order: parties wait for each other", async () => {
    transports = await createTlsTransports();
    const port = transports[0].port;
    await transports[0].close();
    const settings = await settingsOf(0, []);
    const late = new TlsTransport({ ...settings, listen: { host: "127.0.0.1", port } });
    const opened = transports[1].openSession(idOf(1), REQUEST);
    await late.start();
    transports[0] = late;
    await opened;
    expect(transports[1].connected).to.deep.equal([0, 2, 3]);
  });

  it("names the peers that cannot be reached in time", async () => {
    transports = await createTlsTransports({ timeouts: { connectMs: 300 } });
    await openAll(transports, idOf(1));
    await transports[2].close();
    const lost = nextEvent(transports[0], (event) => event.kind === "disconnected");
    if (transports[0].connected.includes(2)) await lost;
    const error = await rejection(transports[0].openSession(idOf(2), REQUEST), "PeerUnreachable");
    expect(error).to.have.property("peer", 2);
    expect(error.message).to.equal("no connection to party 2 within 300 ms");
  });

  it("fails the session when a connection is lost, and has the connection back for the next", async () => {
    transports = await createTlsTransports();
    const networks = await openAll(transports, idOf(1));
    networks[3].send(0, Uint8Array.of(1, 2));
    expect([...(await receiveBytes(networks[0], 3, 1))]).to.deep.equal([1]);
    const waits = [receiveBytes(networks[0], 3, 5), receiveBytes(networks[1], 3, 1)];
    const settings = await settingsOf(
      3,
      transports.map((transport) => transport.port),
    );
    // Another connection from the key of party 3, as after a crash that the network did not report.
    const second = new TlsTransport(settings);
    await second.start();
    for (const [party, wait] of waits.entries()) {
      expect(await rejection(wait, "ConnectionLost"), `party ${party}`).to.have.property("peer", 3);
    }
    await second.close();
    networks[1].send(0, Uint8Array.of(6));
    expect([...(await receiveBytes(networks[0], 1, 1))], "other peers of the session").to.deep.equal([6]);
    networks[0].send(3, Uint8Array.of(7));
    const again = await openAll(transports, idOf(2));
    again[3].send(0, Uint8Array.of(9));
    expect([...(await receiveBytes(again[0], 3, 1))]).to.deep.equal([9]);
    await rejection(receiveBytes(networks[0], 3, 1), "ConnectionLost");
  });

  it("bounds what is queued for a peer that does not take it", async () => {
    transports = await createTlsTransports({ limits: { sendQueueBytesPerPeer: 3_000_000 } });
    const networks = await openAll(transports, idOf(1));
    const megabyte = new Uint8Array(1_000_000);
    const flood = () => {
      for (let sent = 0; sent < 5; sent++) networks[0].send(1, megabyte);
    };
    expect(flood).to.throw("party 1 takes its bytes too slowly").with.property("code", "SendOverflow");
    await rejection(receiveBytes(networks[0], 1, 1), "SendOverflow");
    networks[0].send(2, Uint8Array.of(1));
    expect([...(await receiveBytes(networks[2], 0, 1))]).to.deep.equal([1]);
  });

  it("takes any amount from a peer that keeps reading: the queue drains", async () => {
    transports = await createTlsTransports({ limits: { sendQueueBytesPerPeer: 3_000_000 } });
    const networks = await openAll(transports, idOf(1));
    const megabyte = new Uint8Array(1_000_000).fill(7);
    for (let sent = 0; sent < 20; sent++) {
      networks[0].send(1, megabyte);
      expect((await receiveBytes(networks[1], 0, megabyte.length))[999_999]).to.equal(7);
    }
  });

  it("refuses settings in which a peer could not be told by its key", async () => {
    const settings = await settingsOf(0, []);
    const [first, second, third] = settings.peers;
    const wrong = [
      { peers: [first, second] },
      { peers: [first, second, { ...third, party: 0 as const }] },
      { peers: [first, second, { ...third, tlsKeyHash: second.tlsKeyHash }] },
      { peers: [first, second, { ...third, tlsKeyHash: "0x12" }] },
    ];
    for (const change of wrong) {
      expect(() => new TlsTransport({ ...settings, ...change }))
        .to.throw()
        .with.property("code", "InvalidSettings");
    }
  });

  it("says where it cannot listen", async () => {
    transports = await createTlsTransports();
    const settings = await settingsOf(0, []);
    const second = new TlsTransport({ ...settings, listen: { host: "127.0.0.1", port: transports[0].port } });
    const error = await rejection(second.start(), "InvalidSettings");
    expect(error.message).to.contain(`cannot listen at 127.0.0.1:${transports[0].port}`);
    await second.close();
  });
});
