/**
 * `node bench/transport.ts [megabytes] [message bytes]`: one session between two processes over TLS on loopback. Payload
 * per second, and the processor time that a byte costs each side, system calls included: on a shared machine the second
 * is the steadier figure.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import type { PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import type { Network } from "@sharebridge/mpc-nodes/protocol/network.ts";
import { createTlsIdentity, type TlsIdentity, tlsKeyHash } from "@sharebridge/mpc-nodes/transport/certificate.ts";
import { TlsTransport } from "@sharebridge/mpc-nodes/transport/tls.ts";

interface Work {
  readonly megabytes: number;
  readonly messageBytes: number;
  readonly identities: readonly TlsIdentity[];
  /** Of party 0. */
  readonly port: number;
}

interface Figures {
  readonly seconds: number;
  readonly nanosecondsPerByte: number;
}

const idOf = (number: number): string => `0x${number.toString(16).padStart(64, "0")}`;

async function transportOf(party: PartyId, { identities, port }: Work): Promise<TlsTransport> {
  const { keyPem: key, certificatePem: certificate } = identities[party]!;
  const peers = identities
    .map(({ certificatePem }, peer) => ({
      party: peer as PartyId,
      host: "127.0.0.1",
      port: peer === 0 ? port : 1,
      tlsKeyHash: tlsKeyHash(certificatePem),
    }))
    .filter((peer) => peer.party !== party);
  const transport = new TlsTransport({ party, key, certificate, listen: { host: "127.0.0.1", port: 0 }, peers });
  await transport.start();
  return transport;
}

/** A window of one large memory, as the engine sends from it. */
async function send(network: Network, to: PartyId, { megabytes, messageBytes }: Work): Promise<void> {
  const memory = new Uint8Array(new WebAssembly.Memory({ initial: 512, maximum: 512 }).buffer).fill(7);
  let start = 0;
  for (let sent = 0; sent < megabytes * 1e6; sent += messageBytes) {
    if (start + messageBytes > memory.length) start = 0;
    network.send(to, memory.subarray(start, start + messageBytes));
    start += messageBytes;
    await network.room(to);
  }
  await network.idle();
}

async function receive(network: Network, from: PartyId, { megabytes, messageBytes }: Work): Promise<void> {
  const memory = new Uint8Array(messageBytes);
  for (let received = 0; received < megabytes * 1e6; received += messageBytes) await network.receive(from, memory);
}

async function measure(network: Network, bytes: number, work: () => Promise<void>): Promise<Figures> {
  const peer = network.peers[0]!;
  network.send(peer, Uint8Array.of(1));
  await network.receive(peer, new Uint8Array(1));
  const [start, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  network.send(peer, Uint8Array.of(1));
  await network.receive(peer, new Uint8Array(1));
  return { seconds: (performance.now() - start) / 1000, nanosecondsPerByte: (1000 * (user + system)) / bytes };
}

/** One way from party 0 to party 1, then both ways at once. */
async function run(party: PartyId, transport: TlsTransport, work: Work): Promise<Figures[]> {
  const peer = party === 0 ? 1 : 0;
  const network = await transport.openSession(idOf(1), idOf(0), [peer]);
  const bytes = work.megabytes * 1e6;
  await measure(network, bytes, () => (party === 0 ? send(network, peer, work) : receive(network, peer, work)));
  return [
    await measure(network, bytes, () => (party === 0 ? send(network, peer, work) : receive(network, peer, work))),
    await measure(network, 2 * bytes, async () => {
      await Promise.all([send(network, peer, work), receive(network, peer, work)]);
    }),
  ];
}

async function parent(): Promise<void> {
  const identities = await Promise.all([0, 1, 2, 3].map(() => createTlsIdentity()));
  const [megabytes, messageBytes] = [Number(process.argv[2] ?? 1000), Number(process.argv[3] ?? 65_536)];
  const draft: Work = { megabytes, messageBytes, identities, port: 1 };
  const transport = await transportOf(0, draft);
  const work: Work = { ...draft, port: transport.port };
  const child = fork(import.meta.filename);
  child.send(work);
  const theirs = once(child, "message");
  const mine = await run(0, transport, work);
  const [other] = (await theirs) as [Figures[]];
  await transport.close();
  console.log(`${messageBytes}-byte messages, ${megabytes} MB each way`);
  for (const [index, name] of ["one way", "both ways"].entries()) {
    const bytes = (1 + index) * megabytes;
    const cost = [mine[index]!, other[index]!].map(({ nanosecondsPerByte }) => nanosecondsPerByte.toFixed(3));
    const costs = index === 0 ? `send ${cost[0]}, receive ${cost[1]}` : cost.join(", ");
    console.log(`${name.padEnd(9)} ${(bytes / mine[index]!.seconds).toFixed(0)} MB/s, CPU ns/byte: ${costs}`);
  }
}

if (process.send === undefined) {
  await parent();
} else {
  process.once("message", async (work: Work) => {
    const transport = await transportOf(1, work);
    const figures = await run(1, transport, work);
    process.send!(figures, async () => {
      await transport.close();
      process.disconnect();
    });
  });
}
