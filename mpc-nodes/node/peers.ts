/** The three peers as the chain names them: where they listen, and the TLS key by which each is known. */
import type { ChainSeat } from "../chain/chain-reader.ts";
import { lower } from "../chain/hex.ts";
import type { Engine } from "../engine/engine.ts";
import { WorkerEngine } from "../engine/worker/worker-engine.ts";
import { PARTIES, type PartyId, partiesExcept } from "../math/party.ts";
import { TransportError } from "../transport/errors.ts";
import type { NodeKeys } from "./keys.ts";
import type { Log } from "./log.ts";
import type { Settings } from "./settings.ts";
import { Sparse } from "./sparse.ts";

/** `host:port`, an IPv6 host in brackets. Throws `InvalidSettings`. */
export function parsePeerEndpoint(party: PartyId, endpoint: string): { host: string; port: number } {
  const parsed = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]+)):([0-9]{1,5})$/.exec(endpoint);
  const [, bracketed, plain, portText] = parsed ?? [];
  const port = Number(portText);
  const host = bracketed ?? plain;
  if (host === undefined || !(port >= 1 && port <= 65_535)) {
    throw new TransportError(
      "InvalidSettings",
      `seat ${party} shows the peer endpoint "${endpoint}" on chain, which is not host:port`,
      party,
    );
  }
  return { host, port };
}

/** Starts the engine: it listens for the peers and dials them, over TLS 1.3 with the keys that the chain shows. */
export async function connectToPeers(
  settings: Settings,
  keys: NodeKeys,
  log: Log,
  seat: PartyId,
  seats: readonly ChainSeat[],
): Promise<Engine> {
  const peers = partiesExcept(seat).map((party) => ({
    party,
    ...parsePeerEndpoint(party, seats[party].peerEndpoint),
    tlsKeyHash: lower(seats[party].tlsKeyHash),
  }));
  const refusals = new Sparse<PartyId | null>();
  return WorkerEngine.start({
    transport: {
      party: seat,
      key: keys.tlsKeyPem,
      certificate: keys.tlsCertificatePem,
      listen: { host: settings["peer.host"], port: settings["peer.port"] },
      peers,
      timeouts: { receiveMs: settings.sessionTimeoutMs },
    },
    memoryBytes: settings.maxShareMemoryBytes,
    onPeer: ({ kind, peer, error, connected }) => {
      const count = kind === "refused" ? refusals.due(peer) : 1;
      if (count === 0) return;
      log.info({ event: kind, peer, count, error: error ?? undefined, connected, of: PARTIES.length - 1 }, "peer");
    },
  });
}
