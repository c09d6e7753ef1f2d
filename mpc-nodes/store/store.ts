/**
 * What a node remembers between runs. Implemented on `node:sqlite` (`sqlite.ts`); one suite holds every implementation to
 * the same behaviour. Every write is a transaction that is durable when its promise resolves.
 *
 * Shares and openings are sealed under the node's storage key before they reach the disk (`at-rest.ts`).
 */
import type { MarketAnswer } from "@sharebridge/contracts/typed-data.ts";
import type { PartyId } from "../math/party.ts";

/** What is known of a stored dataset without opening its shares. */
export interface DatasetEntry {
  /** bytes32, lower-case hex. */
  readonly datasetId: string;
  readonly seat: PartyId;
  /** Epoch of the committee to whose keys the shares were sealed. */
  readonly epoch: bigint;
  /** The commitment that the dataset registry shows, or that of the valid rows alone: bytes32. */
  readonly commitment: string;
  readonly rows: number;
  /** Who registered it: an address in lower-case hex. What is stored counts for this owner. */
  readonly owner: string;
}

/** A stored dataset without its shares. */
export interface DatasetManifest extends DatasetEntry {
  /** The upload's manifest, canonical JSON; of a dataset that was fetched from the peers, what is known of it. */
  readonly manifest: string;
}

/** One dataset's shares as this seat received them. */
export interface StoredDataset extends DatasetManifest {
  /** Plaintext of the sealed package (seeds, salts, explicit share). Secret. */
  readonly package: Uint8Array;
}

/** What the check of a dataset's rows came to, and who stands for it. */
export interface StoredValidity {
  /** bytes32, lower-case hex. */
  readonly datasetId: string;
  /** Which of the sessions that the check took, from 0. */
  readonly run: number;
  readonly attempt: number;
  readonly activeSet: number;
  /** Hex, `encodeValidityResult`. */
  readonly result: string;
  /** Of three seats at least, ascending. */
  readonly signatures: readonly SeatSignature[];
}

/** A buyer's private inputs as this seat received them, for as long as they are needed. */
export interface StoredPrivateInputs {
  /** What a request names: bytes32, lower-case hex. */
  readonly commitment: string;
  readonly seat: PartyId;
  readonly epoch: bigint;
  /** The only market and buyer whose requests they are for, and the salt of their id; hex, lower case. */
  readonly market: string;
  readonly buyer: string;
  readonly salt: string;
  /** How many words they are. */
  readonly count: number;
  /** C_0..C_3, hex. */
  readonly shareCommitments: readonly string[];
  /** Whose room they take: an address in lower-case hex; empty for what came from the peers, for a request that names it. */
  readonly uploader: string;
  /** They are gone after that second. */
  readonly keptUntilUnixS: bigint;
  /** Plaintext of the sealed package (seeds, salts, explicit share). Secret. */
  readonly package: Uint8Array;
}

/** A program that this node's operator approved. */
export interface StoredProgram {
  /** bytes32, the program's id on chain. */
  readonly hash: string;
  /** Canonical encoding. */
  readonly text: string;
  readonly approvedAtUnixMs: number;
}

/** queued: accepted, no session yet; computing: the session with the peers was opened; signed: final; failed: see the failure. */
export type RequestState = "queued" | "computing" | "signed" | "failed";

export interface RequestFailure {
  readonly code: string;
  readonly message: string;
}

export interface RequestRecord {
  /** bytes32, lower-case hex. */
  readonly requestId: string;
  readonly market: string;
  readonly buyer: string;
  readonly deadlineUnixS: bigint;
  readonly state: RequestState;
  /** True once its session was opened with the peers: it runs once, so a failure after that is final. */
  readonly sessionOpened: boolean;
  readonly failure: RequestFailure | null;
}

export type NewRequest = Pick<RequestRecord, "requestId" | "market" | "buyer" | "deadlineUnixS">;

/** What this node stands for in an attempt; `signature` is null only between persisting the digest and signing it. */
export interface SignedAnswer {
  readonly answer: MarketAnswer;
  /** Hex, `encodeSealedResult` or `encodePublicResult`. */
  readonly result: string;
  /** 65 bytes, hex. */
  readonly signature: string | null;
}

/** What is made durable before a node signs. */
export interface AnswerToSign {
  readonly requestId: string;
  readonly seat: PartyId;
  readonly answer: MarketAnswer;
  readonly result: string;
  /** Plaintext opening of a sealed answer, null for a public one. Secret. */
  readonly opening: Uint8Array | null;
}

/** A seat's signature over the digest of an answer: 65 bytes, hex. */
export interface SeatSignature {
  readonly seat: PartyId;
  readonly signature: string;
}

/** What a party signed in a settlement, hex. */
export interface StoredStatement {
  readonly author: PartyId;
  readonly statement: string;
  readonly signature: string;
}

/** Most characters of statements that are kept of an attempt: several times what four parties can say in a settlement. */
export const MAX_STATEMENT_CHARACTERS = 65_536;

/** Why an attempt at a request failed, for the operator. */
export interface StoredEvidence {
  readonly requestId: string;
  readonly attempt: number;
  readonly suspects: readonly PartyId[];
  readonly excluded: PartyId | null;
  readonly code: string;
  readonly message: string;
  /** The first ones, as many as fit into `MAX_STATEMENT_CHARACTERS`. */
  readonly statements: readonly StoredStatement[];
  /** How many did not fit. */
  readonly statementsLeftOut: number;
  readonly atUnixMs: number;
}

export type NewEvidence = Omit<StoredEvidence, "statementsLeftOut">;

export interface Store {
  /** Writes a dataset once. Throws `AlreadyStored`, whatever the second one contains. */
  putDataset(dataset: StoredDataset): Promise<void>;
  /**
   * Keeps beside a dataset the shares of its valid rows alone, which have a commitment of their own. Repeating it changes nothing.
   */
  putValidRows(rows: StoredDataset): Promise<void>;
  /** What the seller shared, or with `commitment` the table of the dataset that has it. Null when it is not stored. */
  datasetEntry(datasetId: string, commitment?: string): Promise<DatasetEntry | null>;
  /** As `datasetEntry`, with the manifest; the shares are neither read nor opened. */
  datasetManifest(datasetId: string, commitment?: string): Promise<DatasetManifest | null>;
  /** The dataset whose id begins so, as the seller shared it. @param prefix 0x-hex, lower-case, 30 bytes or more */
  datasetLike(prefix: string): Promise<DatasetManifest | null>;
  /** Bytes of all stored manifests and packages; of one owner's datasets when `owner` is given. */
  storedBytes(owner?: string): Promise<number>;
  /** As `datasetEntry`, with all. Throws `SealBroken` when it does not open under this node's storage key. */
  dataset(datasetId: string, commitment?: string): Promise<StoredDataset | null>;

  /** How many sessions that check a dataset's rows have begun here: the number of the next. */
  rowCheckRuns(datasetId: string): Promise<number>;
  /** Remembers that session `run` begins, before anything is sent in it; lets go of valid rows that earlier ones left. */
  beginRowCheck(datasetId: string, run: number): Promise<void>;
  /**
   * Keeps what the check came to, once for all: a second one changes nothing. Of valid rows, those with `commitment` stay.
   */
  putValidity(validity: StoredValidity, commitment: string): Promise<void>;
  /** Null while the rows have not been checked. */
  validity(datasetId: string): Promise<StoredValidity | null>;

  /** Writes private inputs once. False when these are stored already; nothing is changed then. */
  putPrivateInputs(inputs: StoredPrivateInputs): Promise<boolean>;
  /** Null when they are not stored. Throws `SealBroken`. */
  privateInputs(commitment: string): Promise<StoredPrivateInputs | null>;
  /** Bytes that all of them count for; those of one uploader when it is given. */
  privateInputsBytes(uploader?: string): Promise<number>;
  /** A request names them: keeps them until that second at least. */
  keepPrivateInputs(commitment: string, untilUnixS: bigint): Promise<void>;
  removePrivateInputs(commitment: string): Promise<void>;
  /** Removes those whose time has passed; how many these were. */
  expirePrivateInputs(nowUnixS: bigint): Promise<number>;

  /** Idempotent; takes back a revocation. */
  putProgram(program: StoredProgram): Promise<void>;
  program(hash: string): Promise<StoredProgram | null>;
  /** In the order of approval. */
  programs(): Promise<StoredProgram[]>;
  /** Forgets the program and remembers that it was revoked. False when it was not stored. */
  removeProgram(hash: string): Promise<boolean>;
  /** True from `removeProgram` on, until it is put again. */
  isRevoked(hash: string): Promise<boolean>;

  /**
   * Takes a request in, state `queued`: a new one, or one that failed before its session was opened. False when the store
   * holds it in any other state; nothing is changed then.
   */
  addRequest(request: NewRequest): Promise<boolean>;
  request(requestId: string): Promise<RequestRecord | null>;
  /** Requests in state `queued` or `computing`, oldest first. */
  unfinishedRequests(): Promise<RequestRecord[]>;
  /** Remembers that the session was opened, before anything of the computation is sent in it. */
  markComputing(requestId: string): Promise<void>;
  /** Ends a request with an error. Does nothing when an answer is persisted: it is final. */
  markFailed(requestId: string, failure: RequestFailure): Promise<void>;
  /**
   * Persists what will be signed, before any signature exists. Repeating the latest answer is a no-op; that of a later
   * attempt is kept beside the earlier ones; any other throws `DigestConflict`.
   */
  putAnswer(answer: AnswerToSign): Promise<void>;
  /** Stores the signature over the answer of the latest attempt; the request is `signed` from here on. */
  putSignature(requestId: string, signature: string): Promise<void>;
  /** The answer of an attempt; that of the latest one when none is named. */
  answer(requestId: string, attempt?: number): Promise<SignedAnswer | null>;
  /** Plaintext opening of a sealed answer; null when there is none. Secret. */
  opening(requestId: string, attempt: number): Promise<Uint8Array | null>;
  /**
   * Keeps signatures of three seats or more over the answer that is persisted for the attempt; the caller has verified
   * them. A seat's first one stays. Throws `RequestNotStored` without that answer.
   */
  putCertificate(requestId: string, attempt: number, signatures: readonly SeatSignature[]): Promise<void>;
  /** What is kept of it, by seat; empty when there is none. */
  certificate(requestId: string, attempt: number): Promise<SeatSignature[]>;

  putEvidence(evidence: NewEvidence): Promise<void>;
  /** What is kept of the attempts at a request, in the order in which it came. */
  evidence(requestId: string): Promise<StoredEvidence[]>;

  /**
   * Remembers that no holder can show shares of a dataset that match its commitment, and why. Storing the dataset after all
   * takes it back.
   */
  markUnusable(datasetId: string, reason: string): Promise<void>;
  /** The reason, or null. */
  unusable(datasetId: string): Promise<string | null>;

  close(): Promise<void>;
}
