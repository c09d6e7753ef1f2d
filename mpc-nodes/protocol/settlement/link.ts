/**
 * Lists of signed statements over a network, in rounds with deadlines. All deadlines count from when the link is made: a
 * party that is fast, or has heard from everybody, sends earlier, none later. Whoever misses a deadline, or sends what is not
 * a list, is silent for the rest: an honest party does neither under bounded delay.
 */
import { ByteReader, ByteWriter } from "../../math/bytes.ts";
import { isPartyId, PARTIES, type PartyId } from "../../math/party.ts";
import { type Network, receiveBytes } from "../network.ts";
import { SIGNATURE_BYTES } from "../signer.ts";
import {
  type BroadcastLink,
  MAX_STATEMENT_BYTES,
  type RelayedStatement,
  type SignedStatement,
} from "./signed-broadcast.ts";

/** Rounds of one broadcast. */
const ROUNDS = 2;
/** In round 1 its own statement, in round 2 those of the three others: what an honest party sends at most. */
const MAX_ENTRIES = { 1: 1, 2: 3 } as const;
/** Author, length, statement, signature, and in round 2 the relay's signature. */
const MAX_ENTRY_BYTES = 1 + 4 + MAX_STATEMENT_BYTES + 2 * SIGNATURE_BYTES;
const LENGTH_BYTES = 4;

export interface LinkOptions {
  /** With any of the three others: who is not among its peers is silent. */
  readonly network: Network;
  readonly roundMs: number;
  /** How many broadcasts follow one another. */
  readonly phases: number;
  /** Resolves after so many milliseconds; may be left pending. */
  readonly sleep: (ms: number) => Promise<void>;
}

/** The links of the phases, to be used one after the other. Never reject. */
export function broadcastLinks({ network, roundMs, phases, sleep }: LinkOptions): BroadcastLink[] {
  const silent = new Set<PartyId>(PARTIES.filter((party) => !network.peers.includes(party)));
  // Made at once, so that they are multiples of one start.
  const deadlines = Array.from({ length: phases * ROUNDS }, (_, i) => sleep((i + 1) * roundMs).then(() => null));

  const receive = async (peer: PartyId, round: 1 | 2): Promise<SignedStatement[] | null> => {
    try {
      const maximum = MAX_ENTRIES[round] * MAX_ENTRY_BYTES;
      const byteLength = new ByteReader(await receiveBytes(network, peer, LENGTH_BYTES)).u32();
      return byteLength > maximum ? null : decodeList(await receiveBytes(network, peer, byteLength), round);
    } catch {
      return null;
    }
  };
  return Array.from(
    { length: phases },
    (_, phase): BroadcastLink => ({
      async exchange<T extends SignedStatement>(round: 1 | 2, messages: readonly T[]) {
        const bytes = encodeList(messages, round);
        for (const peer of network.peers) {
          try {
            network.send(peer, bytes);
          } catch {
            // What cannot be sent to a peer is lost with the peer.
          }
        }
        const deadline = deadlines[phase * ROUNDS + round - 1]!;
        const lists = await Promise.all(
          PARTIES.map(async (peer) => {
            const list = silent.has(peer) ? null : await Promise.race([receive(peer, round), deadline]);
            if (list === null) silent.add(peer);
            return list;
          }),
        );
        return lists as (readonly T[] | null)[];
      },
    }),
  );
}

function encodeList(messages: readonly SignedStatement[], round: 1 | 2): Uint8Array {
  const list = new ByteWriter();
  for (const message of messages) {
    list.u8(message.author).prefixed(message.statement).bytes(message.signature);
    if (round === 2) list.bytes((message as RelayedStatement).relay);
  }
  return new ByteWriter().prefixed(list.finish()).finish();
}

/** @throws BytesError for what no list begins or ends with; null for other violations */
function decodeList(bytes: Uint8Array, round: 1 | 2): SignedStatement[] | null {
  const reader = new ByteReader(bytes);
  const list: SignedStatement[] = [];
  while (reader.remaining > 0) {
    const author = reader.u8();
    const statementBytes = reader.u32();
    if (!isPartyId(author) || statementBytes > MAX_STATEMENT_BYTES || list.length === MAX_ENTRIES[round]) return null;
    const signed = { author, statement: reader.bytes(statementBytes), signature: reader.bytes(SIGNATURE_BYTES) };
    list.push(round === 1 ? signed : ({ ...signed, relay: reader.bytes(SIGNATURE_BYTES) } as RelayedStatement));
  }
  return list;
}
