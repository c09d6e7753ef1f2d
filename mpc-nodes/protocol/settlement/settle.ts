/** Two signed broadcasts: what stopped each party, then what those concerned say of each claim; and whom that names. */
import { PARTIES, type PartyId } from "../../math/party.ts";
import { isSignedBy, type SignedCommitment } from "../coin-commitment.ts";
import type { Network } from "../network.ts";
import type { Signer } from "../signer.ts";
import type { Roles } from "../tags.ts";
import { claimsOf, decodeAnswers, encodeAnswers, type IsCommitment } from "./claims.ts";
import { broadcastLinks } from "./link.ts";
import type { Observation } from "./observation.ts";
import { decodeObservation, encodeObservation } from "./observation-bytes.ts";
import { type SignedStatement, signedBroadcast } from "./signed-broadcast.ts";
import { type Verdict, verdict } from "./verdict.ts";

export interface SettleOptions {
  /** A session of its own, with those of the three others that are connected. */
  readonly network: Network;
  readonly signer: Signer;
  /** 32 bytes that name the attempt: an attempt is run and settled once, or an honest party contradicts itself. */
  readonly binding: Uint8Array;
  /** What the attempt's own session was bound to, and so the commitments of its toss; `binding` when left out. */
  readonly tossBinding?: Uint8Array;
  /** What stopped this party. */
  readonly observation: Observation;
  /** `Session.digestOf`; null throughout when no session was opened. */
  readonly digestOf: (roles: Roles, round: number, step: number) => Uint8Array | null;
  /**
   * At least the difference between two honest parties' starts, up to the time that a run waits for a silent peer, plus the time
   * that a message takes. The network must wait for a peer as long.
   */
  readonly roundMs: number;
  /** Resolves after so many milliseconds; may be left pending. */
  readonly sleep: (ms: number) => Promise<void>;
  /** What `contributor` committed to for k_`key`, as this party saw it; nothing when left out. */
  readonly commitmentOf?: (key: PartyId, contributor: PartyId) => SignedCommitment | null;
}

export interface Settled {
  /** The same at all honest parties. */
  readonly verdict: Verdict;
  /** What it follows from, for the operator: never a message, a share or a key. */
  readonly statements: readonly SignedStatement[];
}

const PHASES = 2;

/** Takes four times `roundMs` at most. Never rejects: whatever a peer does is evidence. */
export async function settle(options: SettleOptions): Promise<Settled> {
  const { network, signer, binding, observation, digestOf, roundMs, sleep, commitmentOf = () => null } = options;
  const { tossBinding = binding } = options;
  const [first, second] = broadcastLinks({ network, roundMs, phases: PHASES, sleep });
  const observed = await signedBroadcast(first!, signer, { binding, phase: 1 }, encodeObservation(observation));
  // Undecodable is as good as missing: an honest party's is neither.
  const observations = observed.map((list) => (list.length === 1 ? decodeObservation(list[0]!.statement) : null));
  const claims = claimsOf(observations);

  // Also without a claim, so that honest parties are in step whatever they think.
  const own = encodeAnswers(signer.party, claims, { digestOf, commitmentOf });
  const answered = await signedBroadcast(second!, signer, { binding, phase: 2 }, own);
  const isCommitment: IsCommitment = (contributor, key, shown) =>
    isSignedBy(signer, contributor, tossBinding, key, shown);
  const answers = PARTIES.map((party) => {
    const list = answered[party]!;
    return list.length === 1 ? decodeAnswers(party, claims, list[0]!.statement, isCommitment) : null;
  });
  return { verdict: verdict({ observations, answers }), statements: [...observed, ...answered].flat() };
}
