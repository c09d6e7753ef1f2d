import { getActiveResourcesInfo } from "node:process";
import { setImmediate } from "node:timers/promises";
import { PARTIES, type PartyId, partiesExcept } from "../../../mpc-nodes/math/party.ts";
import { createTlsIdentity, type TlsIdentity, tlsKeyHash } from "../../../mpc-nodes/transport/certificate.ts";
import { TlsTransport, type TlsTransportOptions, type TransportEvent } from "../../../mpc-nodes/transport/tls.ts";
import type { TransportsOptions } from "../../suites/network-support.ts";

/** Keys are made once: every test's parties may have the same. */
export const identities: Promise<TlsIdentity[]> = Promise.all(PARTIES.map(() => createTlsIdentity()));

const LOOPBACK = "127.0.0.1";

/** Settings of one party; `ports` are those of the parties below it. */
export async function settingsOf(
  party: PartyId,
  ports: readonly number[],
  options: TransportsOptions = {},
): Promise<TlsTransportOptions> {
  const keys = await identities;
  return {
    party,
    key: keys[party].keyPem,
    certificate: keys[party].certificatePem,
    listen: { host: LOOPBACK, port: 0 },
    peers: partiesExcept(party).map((peer) => ({
      party: peer,
      host: LOOPBACK,
      port: ports[peer] ?? 0,
      tlsKeyHash: tlsKeyHash(keys[peer].certificatePem),
    })),
    ...options,
  };
}

/** Four transports on loopback with free ports, started from the lowest, as each must know the ports below it. */
export async function createTlsTransports(options: TransportsOptions = {}): Promise<TlsTransport[]> {
  const transports: TlsTransport[] = [];
  for (const party of PARTIES) {
    const ports = transports.map((transport) => transport.port);
    const transport = new TlsTransport(await settingsOf(party, ports, options));
    await transport.start();
    transports.push(transport);
  }
  return transports;
}

/** The next event that matches. */
export function nextEvent(
  transport: TlsTransport,
  matches: (event: TransportEvent) => boolean,
): Promise<TransportEvent & { readonly error?: Error }> {
  return new Promise((resolve) => {
    const before = transport.onEvent;
    transport.onEvent = (event) => {
      before?.(event);
      if (!matches(event)) return;
      transport.onEvent = before;
      resolve(event);
    };
  });
}

/** Runs `work` and gives the kinds of sockets, servers and timers that it left behind, e.g. ["TCPSocketWrap"]. */
export async function leftoversOf(work: () => Promise<void>): Promise<string[]> {
  await setImmediate(); // mocha starts a test's own timer after the test's first step
  const before = getActiveResourcesInfo();
  await work();
  for (let turn = 0; turn < 3; turn++) await setImmediate();
  const left = getActiveResourcesInfo().filter((kind) => /TCP|TLS|Timeout/.test(kind));
  for (const kind of before) {
    const at = left.indexOf(kind);
    if (at >= 0) left.splice(at, 1);
  }
  return left;
}
