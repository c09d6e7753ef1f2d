import type { Contributions } from "@sharebridge/algorithms/language/contributions.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import type { Rows } from "@sharebridge/algorithms/language/tables.ts";
import { encodePublicResult, encodeSealedResult } from "@sharebridge/contracts/typed-data.ts";
import { getBytes, hexlify } from "ethers";
import type { Vector } from "../protocol/mpc.ts";
import type { NetworkStatistics } from "../protocol/network.ts";
import type { Session } from "../protocol/session.ts";
import { encodeOpening } from "../sharing/opening.ts";
import type { SharedVector } from "../sharing/shared-vector.ts";
import { runProgram } from "../vm/run.ts";

/** A request, as each of the nodes has worked it out from the chain by itself. */
export interface Computation {
  /** bytes32: the context of the output commitments. */
  readonly requestId: string;
  readonly program: Program;
  /** Signed words, in the order that the program declares. */
  readonly parameters: readonly bigint[];
  /** This party's shares of each column by `inputName`, a table's datasets appended in the order they joined; of the buyer's own words under `PRIVATE_INPUTS`. */
  readonly inputs: ReadonlyMap<string, SharedVector>;
  /** Of a program of several tables those of each. */
  readonly rows: Rows;
  /** Whose the rows are: public, and the same at every node. */
  readonly contributions: Contributions;
  /** True when only the holder of the request's answer key may read the outputs. */
  readonly sealed: boolean;
}

export interface ComputationOutcome {
  /** ABI-encoded, 0x-hex; the same at every node: commitments to the output shares, or the outputs themselves. */
  readonly result: string;
  /** For the buyer alone, to be sealed to the answer key (`sharing/opening.ts`); null for a public answer. */
  readonly opening: Uint8Array | null;
  readonly statistics: NetworkStatistics & { readonly rounds: number };
}

/**
 * What a party runs in the session of an attempt, up to the result that it will vote for. The session is the caller's to close.
 */
export type Compute = (session: Session, computation: Computation) => Promise<ComputationOutcome>;

/**
 * Runs a program on shares with the peers of `session`. A sealed answer is never opened (PROTOCOL 12). The session is the
 * caller's to close, also after an error: a run that has failed cannot go on.
 *
 * @throws ProtocolError when a check fails, TransportError when a peer is gone or silent, ProgramError for inputs or
 * parameters that the program does not take, OutOfMemoryError when the shares do not fit.
 */
export async function compute(session: Session, computation: Computation): Promise<ComputationOutcome> {
  const { program, parameters, rows, contributions } = computation;
  const { mpc, network } = session;
  const inputs = new Map([...computation.inputs].map(([name, column]) => [name, session.importColumn(column)]));
  const outputs = mpc.concatenate(await runProgram(program, mpc, inputs, parameters, rows, contributions));
  const answer = computation.sealed
    ? await seal(session, outputs, computation.requestId)
    : await publish(session, outputs);
  return { ...answer, statistics: { ...network.statistics, rounds: session.rounds } };
}

type Answer = Pick<ComputationOutcome, "result" | "opening">;

/** The outputs are one column: its rows are the outputs, in the order that the program declares. */
async function seal(session: Session, outputs: Vector, requestId: string): Promise<Answer> {
  const { salts, shares, commitments } = await session.seal(outputs, getBytes(requestId));
  return {
    result: encodeSealedResult(commitments.map((commitment) => hexlify(commitment))),
    opening: encodeOpening(salts, shares),
  };
}

async function publish({ mpc }: Session, outputs: Vector): Promise<Answer> {
  const [words] = await mpc.open([outputs]);
  return { result: encodePublicResult([...words!].map((word) => BigInt.asIntN(64, word))), opening: null };
}
