/**
 * The engine as a node sees it: it computes a request to the end with the peers (attempts, settlement and signing
 * included), carries questions between the peers, and owns the connections. In this process over any transport
 * (`local-engine.ts`), or in a worker thread that owns the sockets (`worker/worker-engine.ts`).
 */
import type { Contributions } from "@sharebridge/algorithms/language/contributions.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import type { Rows } from "@sharebridge/algorithms/language/tables.ts";
import type { PartyId } from "../math/party.ts";
import type { NetworkStatistics } from "../protocol/network.ts";
import type { Keys } from "../protocol/randomness.ts";
import type { SharedVector } from "../sharing/shared-vector.ts";
import type { SessionTerms } from "./binding.ts";
import type { RowsToCheck } from "./check-rows.ts";

/** What the nodes compute together: a request, or which rows of a dataset are valid. */
export type Job = ProgramJob | RowsJob;

interface JobBase {
  /** What every attempt is bound to (`bindingOf`); attempt and active set are the engine's to say. */
  readonly terms: Omit<SessionTerms, "attempt" | "activeSet">;
}

/** A dataset whose rows are to be checked (`check-rows.ts`). Given away as a request's inputs are. */
export interface RowsJob extends JobBase, RowsToCheck {}

/** One request, as each node has worked it out from the chain by itself. */
export interface ProgramJob extends JobBase {
  readonly program: Program;
  /** Signed words, in the order that the program declares. */
  readonly parameters: readonly bigint[];
  /**
   * This party's shares of each column by `inputName`, a table's datasets appended in the order they joined, and of the buyer's own words
   * under `PRIVATE_INPUTS`. Given away: another thread
   * may take over their memory.
   */
  readonly inputs: ReadonlyMap<string, SharedVector>;
  /** Of a program of several tables those of each. */
  readonly rows: Rows;
  /** Whose the rows are: all nodes read the same from the market's events. */
  readonly contributions: Contributions;
  /** For noise, the same in every attempt: [j] is the key that all seats but j hold; null at the own index. Secret. */
  readonly requestKeys?: Keys | null;
  /** True when only the holder of the request's answer key may read the outputs. */
  readonly sealed: boolean;
}

/** What the parties of one attempt have agreed on: all that is persisted before it is signed. */
export interface Settlement {
  /** From 0. */
  readonly attempt: number;
  /** Bitmap of the seats that computed. */
  readonly activeSet: number;
  /** ABI-encoded, 0x-hex; the same at every node: commitments to the output shares, or the outputs themselves. */
  readonly result: string;
  /**
   * For the buyer alone, to be sealed to the answer key (`sharing/opening.ts`); null for a public answer. Of checked rows: what this
   * seat keeps of them, or null (`check-rows.ts`). Secret.
   */
  readonly opening: Uint8Array | null;
}

/** A seat's signature over the digest of a settlement. */
export interface SeatSignature {
  readonly seat: PartyId;
  /** 65 bytes, hex. */
  readonly signature: string;
}

/** Enough seats have signed one settlement: the request is answered, whoever else failed. */
export interface Certificate extends Omit<Settlement, "opening"> {
  /** Three at least, valid, by seats of the active set; ascending. */
  readonly signatures: readonly SeatSignature[];
}

export interface Outcome extends Settlement, Certificate {
  /** The seat that was left out in the end; null when all four computed. */
  readonly excluded: PartyId | null;
  /** What `persistAndSign` gave. */
  readonly signature: string;
  readonly statistics: NetworkStatistics & { readonly rounds: number };
}

/** Why an attempt did not come to an answer, for the operator. Never a share, a salt, a key or a message. */
export interface Evidence {
  readonly attempt: number;
  /** Parties of which at least one deviated, unless this one did; empty when nobody is named. */
  readonly suspects: readonly PartyId[];
  /** Who is left out from here on, in the next attempt if there is one; of a pair the first. Null while that is not decided. */
  readonly excluded: PartyId | null;
  /** The error's code, e.g. `BadTag`, `PeerSilent`. */
  readonly code: string;
  readonly message: string;
  /** What each party signed in the settlement, for others to judge; empty when there was none. */
  readonly statements: readonly EvidenceStatement[];
}

/** A statement of the settlement, in hex: an observation or answers to claims (`protocol/settlement/`), and its author's signature. */
export interface EvidenceStatement {
  readonly author: PartyId;
  readonly statement: string;
  readonly signature: string;
}

/** What the engine needs of the node while it computes a request. Where one of them fails, `compute` fails with its error. */
export interface JobHooks {
  /** Called once, when the peers are there, or all but one; nothing of the computation is sent before it resolves. */
  begin(): Promise<void>;
  /**
   * Makes the settlement durable, then gives the signature over its digest (PROTOCOL 7). Asked again it gives the same
   * signature or fails: a node signs one digest in an attempt, and none of an attempt before the latest that it signed in.
   */
  persistAndSign(settlement: Settlement): Promise<string>;
  /**
   * Whether `signature` is one by the signing key of `seat` over the digest of what is claimed. A claim may be anything that a peer can
   * show: false for what means nothing. It rejects only when this node cannot judge.
   */
  isSignature(claim: Omit<Settlement, "opening">, signed: SeatSignature): Promise<boolean>;
  /** Must not throw. */
  onEvidence(evidence: Evidence): void;
}

/** A line for the operator's log. */
export interface EngineNote {
  readonly level: "info" | "warn";
  readonly message: string;
  /** Ids and counts. */
  readonly fields: Readonly<Record<string, string | number>>;
}

export interface Engine {
  readonly party: PartyId;
  /** A peer has opened a session for this request: look at the chain (`Transport.onAnnounce`). */
  onAnnounce?: ((requestId: string, from: PartyId) => void) | undefined;
  /** Answers a peer's question; see `Transport.onQuestion`. */
  onQuestion?: ((question: Uint8Array, from: PartyId) => Promise<Uint8Array>) | undefined;
  onNote?: ((note: EngineNote) => void) | undefined;
  /** The engine came to an end that nobody asked for; every computation has failed with this error. */
  onCrash?: ((error: Error) => void) | undefined;

  /**
   * Computes a request with the peers. Several run at once, none waits for another. Aborting `signal` ends the computation
   * and frees all that it holds; a local operation that is under way ends first.
   *
   * A request that has begun is computed once: attempts are not run again.
   *
   * @throws what a hook throws; EngineError `AnsweredByPeers` when enough peers have signed an answer and this party's part
   * failed, `NoAnswer` when no attempt came to one, `ExcludedFromAttempt` when the settlement names this seat (`onEvidence`
   * has heard of each failed attempt); TransportError when it did not begin, `SessionClosed` when it had begun before;
   * ProtocolError, ProgramError, SharingError for what went wrong here alone; EngineError `Cancelled`, `EngineCrashed`
   */
  compute(job: Job, hooks: JobHooks, signal?: AbortSignal): Promise<Outcome>;

  /** Tells the peers that have opened sessions for a request which this node does not compute that it does not. */
  refuse(requestId: string, reason: Error): void;

  /** See `Transport.ask`. */
  ask(peer: PartyId, question: Uint8Array, maximumBytes: number): Promise<Uint8Array>;

  /** Fails every computation with `TransportClosed`; resolves when no computation, socket, timer or thread is left. */
  close(): Promise<void>;
}
