import { type Figure, finish, outputFigures, tableRows } from "@sharebridge/algorithms/language/finish.ts";
import { answerLength } from "@sharebridge/algorithms/language/groups.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";
import { toSigned } from "@sharebridge/algorithms/language/words.ts";
import { decodeParameters, decodePublicResult, decodeSealedResult } from "@sharebridge/contracts/typed-data.ts";
import { SharingError } from "@sharebridge/mpc-nodes/sharing/errors.ts";
import { recombineOpenings, type SeatOpening } from "@sharebridge/mpc-nodes/sharing/opening.ts";
import { open, sealingInfo } from "@sharebridge/mpc-nodes/sharing/sealing.ts";
import { getBytes, ZeroHash } from "ethers";
import { z } from "zod";
import { SdkError } from "../errors/sdk-error.ts";
import { callNode, type NodeCallOptions } from "../network/call-node.ts";
import type { Connection } from "../network/connect.ts";
import { findProgram } from "../network/find-program.ts";
import { type FoundRequest, findRequest } from "../network/find-request.ts";
import { type NodeSeat, seatsOf } from "../network/open-market.ts";
import type { AnswerKeyStore } from "./answer-key.ts";
import { type FoundAnswer, findAnswer } from "./find-answer.ts";

export interface Answer {
  readonly requestId: string;
  readonly market: string;
  readonly program: string;
  readonly sealed: boolean;
  readonly rows: bigint;
  /** Of a program of several tables: the rows of each, the main one first. */
  readonly tableRows?: readonly number[];
  /** The opened outputs, in the program's order, in real units with their error bounds. */
  readonly outputs: readonly Figure[];
  /** What the program makes of them, with error bounds, or why a figure is not defined. */
  readonly figures: readonly Figure[];
  /** The outputs as they were computed: signed words, scaled by the program. */
  readonly words: readonly bigint[];
  /** Sealed answers: what went wrong with single nodes; the answer stands all the same. */
  readonly notes: readonly string[];
}

export interface ReadOptions {
  readonly connection: Connection;
  readonly requestId: string;
  /** Where the answer's key was kept; for sealed answers. */
  readonly keys?: AnswerKeyStore;
  readonly nodes?: NodeCallOptions;
}

/**
 * Reads an answer that is on chain. A public one is in the event. For a sealed one the nodes give their openings, sealed
 * to the buyer; each share is checked against its commitment on chain, so three nodes suffice and none can lie.
 *
 * @example
 * const { figures } = await readAnswer({ connection, requestId, keys });
 *
 * @throws SdkError UnknownRequest, NotAnswered, AnswerKeyMissing, AnswerUnavailable
 */
export async function readAnswer(options: ReadOptions): Promise<Answer> {
  const { connection } = options;
  const found = await findRequest(connection, options.requestId);
  const answer = await findAnswer(found);
  if (answer === null) {
    throw new SdkError(
      "NotAnswered",
      `The request has no answer yet. Wait for it: sharebridge result ${found.requestId} --wait`,
    );
  }
  const { request, market } = found;
  const program = await findProgram(connection, request.algorithm);
  const sealed = request.answerKey !== ZeroHash;
  const notes: string[] = [];
  const words = sealed ? await openSealed(options, found, answer, program, notes) : decodePublicResult(answer.result);
  const context = { rows: Number(request.poolRows), parameters: decodeParameters(found.parameters) };
  return {
    requestId: found.requestId,
    market: market.address,
    program: program.name,
    sealed,
    rows: request.poolRows,
    ...(program.tables === undefined ? {} : { tableRows: tableRows(program, words, context.rows) }),
    outputs: outputFigures(program, words, context),
    figures: finish(program, words, context),
    words,
    notes,
  };
}

const openingShape = z.object({ sealed: z.string().regex(/^0x([0-9a-f]{2}){48,}$/i) });
const NO_ASSOCIATED_DATA = new Uint8Array();

async function openSealed(
  options: ReadOptions,
  found: FoundRequest,
  answer: FoundAnswer,
  program: Program,
  notes: string[],
): Promise<bigint[]> {
  const { request, market, requestId } = found;
  const key = (await options.keys?.load(request.answerKey)) ?? null;
  if (key === null) {
    throw new SdkError(
      "AnswerKeyMissing",
      `The key ${request.answerKey} that opens this answer is not here. Use the machine, or the --keys folder, that the request was made with; without the key nobody can read the answer.`,
    );
  }
  const seats = await seatsOf(options.connection, market.terms.committeeId, request.epoch);
  const privateKey = getBytes(key.privateKey);
  const attempts = await Promise.allSettled(seats.map((seat) => fetchOpening(found, seat, privateKey, options.nodes)));
  const openings: SeatOpening[] = [];
  for (const attempt of attempts) {
    if (attempt.status === "fulfilled") openings.push(attempt.value);
    else if (attempt.reason instanceof SdkError) notes.push(attempt.reason.message);
    else throw attempt.reason;
  }
  try {
    const commitments = decodeSealedResult(answer.result).map((commitment) => getBytes(commitment));
    const opened = recombineOpenings(openings, commitments, getBytes(requestId), answerLength(program));
    for (const seat of opened.faultySeats) {
      notes.push(
        `Node ${seat} gave a share that does not match its commitment on chain; another node's copy was used.`,
      );
    }
    return [...opened.values].map(toSigned);
  } catch (error) {
    if (!(error instanceof SharingError)) throw error;
    throw new SdkError(
      "AnswerUnavailable",
      `The openings of ${openings.length} nodes do not make up the answer. ${notes.join(" ")} Try again when more nodes answer; the answer is not lost.`,
      { cause: error },
    );
  }
}

async function fetchOpening(
  { market, requestId }: FoundRequest,
  { seat, endpoint }: NodeSeat,
  privateKey: Uint8Array,
  nodes: NodeCallOptions = {},
): Promise<SeatOpening> {
  const call = { seat, endpoint, method: "GET", path: `/v1/requests/${requestId}/opening` } as const;
  const { sealed } = await callNode(call, openingShape, nodes);
  const info = sealingInfo("opening", market.connection.chainId, market.address, requestId, seat);
  try {
    return { party: seat, plaintext: await open(privateKey, info, NO_ASSOCIATED_DATA, getBytes(sealed)) };
  } catch (error) {
    throw new SdkError("NodeAnswerInvalid", `Node ${seat} gave an opening that is not sealed to this answer's key.`, {
      cause: error,
    });
  }
}
