import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { encodePublicResult, encodeSealedResult } from "@sharebridge/contracts/typed-data.ts";
import { getBytes, hexlify } from "ethers";
import { type RandomSource, systemRandom } from "../math/random.ts";
import type { Network, NetworkStatistics } from "../protocol/network.ts";
import { open } from "../protocol/open.ts";
import { agreeOnCommitments, outputSalts } from "../protocol/outputs.ts";
import { refresh } from "../protocol/refresh.ts";
import { openSession, type Session } from "../protocol/session.ts";
import { concatenate } from "../sharing/linear.ts";
import { commitOutputs, encodeOpening } from "../sharing/opening.ts";
import type { SharedVector } from "../sharing/shared-vector.ts";
import { runProgram } from "../vm/run.ts";
import { sharedArithmetic } from "./shared-arithmetic.ts";

/** One attempt at a request, as each of the four nodes has worked it out from the chain by itself. */
export interface Computation {
  /** bytes32: the context of the output commitments. */
  readonly requestId: string;
  /** 32 bytes, see `bindingOf`. */
  readonly binding: Uint8Array;
  readonly program: Program;
  /** Signed words, in the order that the program declares. */
  readonly parameters: readonly bigint[];
  /** This party's shares of each column, the pool's datasets appended in the order they joined. */
  readonly inputs: ReadonlyMap<string, SharedVector>;
  readonly rows: number;
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
 * Runs a program on shares with the three peers of `network`. A sealed answer is never opened (PROTOCOL 12): the
 * output shares are made fresh, and the peers agree on salted commitments to them.
 *
 * The network's session is the caller's to close, also after an error: a run that has failed cannot go on.
 *
 * @param random this party's part of the coin toss; the platform's generator unless a test says otherwise
 * @throws ProtocolError when a check fails, TransportError when a peer is gone or silent, ProgramError for inputs or
 * parameters that the program does not take.
 */
export async function compute(
  network: Network,
  computation: Computation,
  random: RandomSource = systemRandom,
): Promise<ComputationOutcome> {
  const { program, inputs, parameters, rows } = computation;
  const session = await openSession(network, computation.binding, random);
  const outputs = concatenate(await runProgram(program, sharedArithmetic(session), inputs, parameters, rows));
  const answer = computation.sealed
    ? await seal(session, outputs, computation.requestId)
    : await publish(session, outputs);
  return { ...answer, statistics: { ...network.statistics, rounds: session.rounds } };
}

type Answer = Pick<ComputationOutcome, "result" | "opening">;

/** The outputs are one column: its rows are the outputs, in the order that the program declares. */
async function seal(session: Session, outputs: SharedVector, requestId: string): Promise<Answer> {
  const [fresh] = await refresh(session, [outputs]);
  const salts = outputSalts(session);
  const commitments = await agreeOnCommitments(session, commitOutputs(salts, fresh, getBytes(requestId)));
  return {
    result: encodeSealedResult(commitments.map((commitment) => hexlify(commitment))),
    opening: encodeOpening(salts, fresh),
  };
}

async function publish(session: Session, outputs: SharedVector): Promise<Answer> {
  const [words] = await open(session, [outputs]);
  return { result: encodePublicResult([...words].map((word) => BigInt.asIntN(64, word))), opening: null };
}
