import { IOracleGateway__factory } from "@sharebridge/contracts";
import { z } from "zod";
import { decodeRevert, formatTime } from "../errors/decode-revert.ts";
import { explainError } from "../errors/explain-error.ts";
import { SdkError } from "../errors/sdk-error.ts";
import { serviceSentence } from "../errors/service-sentences.ts";
import { callNode, type NodeCallOptions, pause } from "../network/call-node.ts";
import type { Connection } from "../network/connect.ts";
import { type FoundRequest, findRequest } from "../network/find-request.ts";
import { seatsOf } from "../network/open-market.ts";
import { chainTimeUnixS, readEvents } from "../network/read-events.ts";
import { type FoundAnswer, findAnswer } from "./find-answer.ts";

const Status = { open: 1n, answered: 2n, cancelled: 3n } as const;

/** How a request stands, for whoever waits. */
export interface WaitProgress {
  /** What changed, in words. */
  readonly message: string;
}

export interface WaitOptions {
  readonly connection: Connection;
  readonly requestId: string;
  readonly onProgress?: (progress: WaitProgress) => void;
  /** Time between looks at the chain. */
  readonly pollMs?: number;
  readonly signal?: AbortSignal;
  readonly nodes?: NodeCallOptions;
  /** The local clock in milliseconds, for when the chain makes no blocks. */
  readonly nowMs?: () => number;
}

/**
 * Waits until the chain shows the answer, and says meanwhile what the nodes and the oracle are doing. Resolves at once
 * when the answer is there. Ends with AnswerOverdue after the deadline: the price can be had back then.
 *
 * @example
 * const answer = await waitForAnswer({ connection, requestId, onProgress: ({ message }) => console.error(message) });
 *
 * @throws SdkError UnknownRequest, RequestCancelled, AnswerOverdue, Aborted
 */
export async function waitForAnswer(options: WaitOptions): Promise<FoundAnswer> {
  const { connection, signal } = options;
  const found = await findRequest(connection, options.requestId);
  const { request, market, requestId } = found;
  const said = new Set<string>();
  const say = (message: string) => {
    if (said.has(message)) return;
    said.add(message);
    options.onProgress?.({ message });
  };
  for (;;) {
    if (signal?.aborted) throw new SdkError("Aborted", "Stopped on request.");
    try {
      const status = await market.contract.statusOf(requestId);
      if (status === Status.cancelled) {
        throw new SdkError("RequestCancelled", "The request was cancelled; its price went back to the buyer.");
      }
      if (status === Status.answered) {
        const answer = await findAnswer(found);
        if (answer !== null) return answer;
      } else {
        const now = await chainTimeUnixS(connection.provider, options.nowMs);
        if (now > request.deadlineUnixS) throw overdue(request.deadlineUnixS, requestId);
        if (options.onProgress !== undefined) await sayWhatHappens(found, options.nodes ?? {}, say);
      }
    } catch (error) {
      throw explainError(error);
    }
    await pause(options.pollMs ?? 1_000, signal);
  }
}

function overdue(deadlineUnixS: bigint, requestId: string): SdkError {
  return new SdkError(
    "AnswerOverdue",
    `No answer came by the deadline ${formatTime(deadlineUnixS)}. Cancel to get the price back: sharebridge cancel ${requestId}`,
  );
}

const nodeState = z.object({
  state: z.enum(["queued", "computing", "signed", "failed"]),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});

/** Reports on nodes and oracle. Only a report: what they say decides nothing, and their silence is no failure. */
async function sayWhatHappens(
  found: FoundRequest,
  nodes: NodeCallOptions,
  say: (message: string) => void,
): Promise<void> {
  const { market, request, requestId, blockNumber } = found;
  const { connection, terms } = market;
  const gateway = IOracleGateway__factory.connect(terms.gateway, connection.provider);
  const failures = await readEvents(
    (from, to) => gateway.queryFilter(gateway.filters.DeliveryFailed(requestId), from, to),
    blockNumber,
    await connection.provider.getBlockNumber(),
  );
  for (const { args } of failures) say(`The market refused the oracle's answer: ${decodeRevert(args.reason).sentence}`);

  const seats = await seatsOf(connection, terms.committeeId, request.epoch);
  const path = `/v1/requests/${requestId}`;
  const states = await Promise.all(
    seats.map(async ({ seat, endpoint }) => {
      const call = { seat, endpoint, method: "GET", path } as const;
      return callNode(call, nodeState, { timeoutMs: 5_000, ...nodes, attempts: 1 }).catch(() => null);
    }),
  );
  const count = (wanted: string) => states.filter((state) => state?.state === wanted).length;
  states.forEach((state, seat) => {
    if (state?.state !== "failed" || state.error === undefined) return;
    say(`Node ${seat} failed: ${serviceSentence(state.error.code, state.error.message)}`);
  });
  if (count("signed") > 0) say(`${count("signed")} of 4 nodes have signed the answer`);
  else if (count("computing") > 0) say(`${count("computing")} of 4 nodes are computing`);
  else if (count("queued") > 0) say(`${count("queued")} of 4 nodes have taken the request on`);
}
