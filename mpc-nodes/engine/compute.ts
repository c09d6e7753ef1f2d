import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { encodePublicResult, encodeSealedResult } from "@sharebridge/contracts/typed-data.ts";
import { getBytes, hexlify } from "ethers";
import type { Heap } from "../kernels/heap.ts";
import type { RandomSource } from "../math/random.ts";
import { agreeOnCommitments, outputSalts, refresh } from "../protocol/four/outputs.ts";
import { type FourSession, openFourSession } from "../protocol/four/session.ts";
import { asVector } from "../protocol/four/values.ts";
import type { Vector } from "../protocol/mpc.ts";
import type { Network, NetworkStatistics } from "../protocol/network.ts";
import { commitOutputs, encodeOpening } from "../sharing/opening.ts";
import { type SharedVector, sharedVector, shareOf } from "../sharing/shared-vector.ts";
import { runProgram } from "../vm/run.ts";

/** One attempt at a request, as each of the nodes has worked it out from the chain by itself. */
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

export interface ComputeOptions {
  /** Where the shares lie while they are computed on. */
  readonly heap: Heap;
  /** This party's part of the coin toss; the platform's generator unless a test says otherwise. */
  readonly random?: RandomSource;
  /** Told of the session once its keys are tossed: what a dispute about it will need. It is closed when `compute` settles. */
  readonly onSession?: (session: FourSession) => void;
}

/**
 * Runs a program on shares with the three peers of `network`. A sealed answer is never opened (PROTOCOL 12): the
 * output shares are made fresh, and the peers agree on salted commitments to them.
 *
 * The network's session is the caller's to close, also after an error: a run that has failed cannot go on.
 *
 * @throws ProtocolError when a check fails, TransportError when a peer is gone or silent, ProgramError for inputs or
 * parameters that the program does not take.
 */
export async function compute(
  network: Network,
  computation: Computation,
  { heap, random, onSession }: ComputeOptions,
): Promise<ComputationOutcome> {
  const { program, parameters, rows, binding } = computation;
  const session = await openFourSession({ network, heap, binding, ...(random ? { random } : {}) });
  onSession?.(session);
  const { mpc } = session;
  const inputs = new Map<string, Vector>();
  for (const [name, column] of computation.inputs) {
    inputs.set(name, mpc.importShares(64, column.length, (j) => shareOf(column, j)));
  }
  const outputs = mpc.concatenate(await runProgram(program, mpc, inputs, parameters, rows));
  const answer = computation.sealed
    ? await seal(session, outputs, computation.requestId)
    : await publish(session, outputs);
  return { ...answer, statistics: { ...network.statistics, rounds: session.rounds } };
}

type Answer = Pick<ComputationOutcome, "result" | "opening">;

/** The outputs are one column: its rows are the outputs, in the order that the program declares. */
async function seal({ mpc }: FourSession, outputs: Vector, requestId: string): Promise<Answer> {
  const { context } = mpc;
  const fresh = await refresh(context, asVector(outputs));
  const shares = sharedVector(context.party, outputs.length, (j) => mpc.shareWords(fresh, j).slice());
  const salts = outputSalts(context);
  const commitments = await agreeOnCommitments(context, commitOutputs(salts, shares, getBytes(requestId)));
  return {
    result: encodeSealedResult(commitments.map((commitment) => hexlify(commitment))),
    opening: encodeOpening(salts, shares),
  };
}

async function publish({ mpc }: FourSession, outputs: Vector): Promise<Answer> {
  const [words] = await mpc.open([outputs]);
  return { result: encodePublicResult([...words!].map((word) => BigInt.asIntN(64, word))), opening: null };
}
