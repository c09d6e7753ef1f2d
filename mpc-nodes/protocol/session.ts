/** One party's end of one computation, whoever computes; by four parties in `four/session.ts`. */
import type { PartyPackage } from "../sharing/package.ts";
import type { SharedVector } from "../sharing/shared-vector.ts";
import type { Mpc, Vector } from "./mpc.ts";
import type { Network } from "./network.ts";
import type { Roles } from "./tags.ts";

/** What leaves the committee of a sealed answer: a fresh four-party sharing of the outputs, and what commits to it. */
export interface SealedOutputs {
  /** This party's shares of the outputs, in memory of their own. */
  readonly shares: SharedVector;
  /** The salts of the shares that this party holds, 32 bytes each; null at its own index. */
  readonly salts: readonly (Uint8Array | null)[];
  /** [C_0, C_1, C_2, C_3], the same at every party. */
  readonly commitments: readonly Uint8Array[];
}

/** What stays in the committee: a table in the form in which sellers share theirs. */
export interface SharedAnew {
  /** This party's; secret. */
  readonly package: PartyPackage;
  /** [C_0, C_1, C_2, C_3], the same at every party. */
  readonly commitments: readonly Uint8Array[];
}

export interface Session {
  readonly mpc: Mpc;
  readonly network: Network;
  /** Rounds of communication so far, the coin toss included. */
  readonly rounds: number;
  /** This party's shares of a column, as the committee stores it. */
  importColumn(column: SharedVector): Vector;
  /**
   * Ends a run whose answer stays sealed (PROTOCOL 12).
   * @param context 32 bytes that the commitments are bound to
   */
  seal(outputs: Vector, context: Uint8Array): Promise<SealedOutputs>;
  /**
   * Shares columns anew among the four seats, whoever computes; a round for each, and one.
   * @param columns of 64-bit words, equal lengths; each is used before the next is asked for
   * @param context 32 bytes that the commitments are bound to
   */
  shareTable(columns: AsyncIterable<Vector>, context: Uint8Array): Promise<SharedAnew>;
  /** The digest by which a dispute about a message is settled; null when this party had no part in it, or nothing is disputed. */
  digestOf(roles: Roles, round: number, step: number): Uint8Array | null;
  /** Frees everything, once the network refers to none of it: close the network's session before. */
  close(): Promise<void>;
}
