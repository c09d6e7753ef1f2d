/**
 * Two-round signed broadcast among four (Dolev, Strong, SIAM J. Comput. 12(4), 1983, with f = 1): all honest parties end with the
 * same set of statements per party. Round 1: each sends its signed statement. Round 2: each relays what it got. What an
 * honest party got in round 1 it relays to all; what it gets in round 2 needs the signature of a second party, and one of the
 * two is honest and has relayed it to all.
 *
 * Deadlines count from the start: round r ends r bounds after it. A bound is at least start skew plus delay, so an honest
 * message is never late; a missing one is no error.
 */
import { createHash } from "node:crypto";
import { PARTIES, type PartyId, partiesExcept } from "../../math/party.ts";
import type { Signer } from "../signer.ts";

/** Four answers with a signed commitment each (`claims.ts`) fit. */
export const MAX_STATEMENT_BYTES = 640;

/** A statement with its author's signature; what an operator can show. */
export interface SignedStatement {
  readonly author: PartyId;
  readonly statement: Uint8Array;
  readonly signature: Uint8Array;
}
export interface RelayedStatement extends SignedStatement {
  readonly relay: Uint8Array;
}

/** Lists of messages in rounds; null where nothing well-formed came before the round's deadline. */
export interface BroadcastLink {
  exchange<T extends SignedStatement>(round: 1 | 2, messages: readonly T[]): Promise<readonly (readonly T[] | null)[]>;
}

/** @returns per party every different statement that it signed, in order of their bytes: equal at all honest parties */
export async function signedBroadcast(
  link: BroadcastLink,
  signer: Signer,
  context: { readonly binding: Uint8Array; readonly phase: number },
  statement: Uint8Array,
): Promise<SignedStatement[][]> {
  const { party } = signer;
  const accepted = PARTIES.map(() => new Map<string, SignedStatement>());
  const accept = ({ author, statement, signature }: SignedStatement): void => {
    const key = Buffer.from(statement).toString("hex");
    if (!accepted[author]!.has(key)) accepted[author]!.set(key, { author, statement, signature });
  };
  const isAuthors = ({ author, statement, signature }: SignedStatement): boolean =>
    statement.length <= MAX_STATEMENT_BYTES && signer.verify(author, authored(context, author, statement), signature);

  const own = { author: party, statement, signature: signer.sign(authored(context, party, statement)) };
  accept(own);
  const first = await link.exchange(1, [own]);
  const relayed: RelayedStatement[] = [];
  for (const peer of partiesExcept(party)) {
    // One per peer: a second one would be a second statement, and a relay is for one.
    const signed = first[peer]?.[0];
    if (!signed || signed.author !== peer || !isAuthors(signed)) continue;
    accept(signed);
    relayed.push({ ...signed, relay: signer.sign(relayBytes(context, party, signed)) });
  }
  const second = await link.exchange(2, relayed);
  for (const peer of partiesExcept(party)) {
    for (const signed of second[peer]?.slice(0, 3) ?? []) {
      // Two signatures by different parties; a relay of its own statement has only one.
      if (signed.author === peer || !isAuthors(signed)) continue;
      if (signer.verify(peer, relayBytes(context, peer, signed), signed.relay)) accept(signed);
    }
  }
  return accepted.map((statements) => [...statements].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, signed]) => signed));
}

function authored(context: { binding: Uint8Array; phase: number }, author: PartyId, statement: Uint8Array): Uint8Array {
  return digest("statement", context, author, statement);
}

function relayBytes(
  context: { binding: Uint8Array; phase: number },
  relayer: PartyId,
  signed: SignedStatement,
): Uint8Array {
  return digest("relay", context, relayer, authored(context, signed.author, signed.statement));
}

function digest(
  use: "statement" | "relay",
  { binding, phase }: { binding: Uint8Array; phase: number },
  party: PartyId,
  bytes: Uint8Array,
): Uint8Array {
  const hash = createHash("sha256").update(`sharebridge/1/settlement/${use}`).update(binding);
  return new Uint8Array(hash.update(Uint8Array.of(phase, party)).update(bytes).digest());
}
