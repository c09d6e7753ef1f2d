import type { FoundRequest, Seat } from "../chain/market-chain.ts";
import { pause } from "../pause.ts";
import { requestState, type VerifiedAnswer, verifyReport } from "./answer.ts";
import { NodeClient, NodeError } from "./node-client.ts";

export interface AskOptions {
  readonly nodeTimeoutMs: number;
  readonly nodePollMs: number;
}

/** Thrown when a node has said for good that it will not give an answer. */
export class NodeFailed extends Error {
  readonly code = "NodeFailed";
}

/** Nodes that cannot be reached are asked ever more slowly, up to this many times the usual pause. */
const SLOWEST = 20;

/**
 * Most different reports with signatures that are read from a node about one request. There are three attempts at most, and
 * few steps in each: its signature, the peers', the end. A node that lies makes no more work than this, and fills no memory.
 */
const MAXIMUM_REPORTS = 12;

/**
 * Has one node compute the request and waits for its signed answer, through restarts and lags of the node and through
 * attempts that fail. Resolves when the node has shown its last.
 *
 * @param show gets all valid signatures of each new report: the node's own and its peers'
 * @throws NodeFailed, NodeError or AnswerError when the node will not give a valid answer; the signal's reason when aborted
 */
export async function askSeat(
  found: FoundRequest,
  seat: Seat,
  options: AskOptions,
  signal: AbortSignal,
  show: (answers: readonly VerifiedAnswer[]) => void,
): Promise<void> {
  const client = new NodeClient(seat.endpoint, options.nodeTimeoutMs);
  let submitted = false;
  let slowness = 1;
  let reports = 0;
  let last = "";
  for (;;) {
    try {
      if (!submitted) await client.submit(found.requestId, signal);
      submitted = true;
      const state = requestState.safeParse(await client.read(found.requestId, signal));
      if (!state.success) throw new NodeError("NotJson", "its response does not have the agreed form", false);
      if (state.data.state === "failed") {
        const code = /^[A-Za-z]{1,64}$/.exec(state.data.error?.code ?? "")?.[0] ?? "no code";
        throw new NodeFailed(`its computation failed (${code})`);
      }
      if (state.data.state === "signed") {
        const { answer, final } = state.data;
        const text = `${answer.signature} ${JSON.stringify(answer.signatures)}`;
        if (text !== last) {
          reports += 1;
          if (reports > MAXIMUM_REPORTS) throw new NodeFailed("it keeps changing its answer");
          const { answers, fault } = verifyReport(found, seat, answer);
          show(answers);
          if (fault !== null) throw fault;
          last = text;
        }
        if (final) return;
      }
      slowness = 1;
    } catch (error) {
      if (!(error instanceof NodeError) || !error.retryable) throw error;
      submitted = false;
      slowness = Math.min(2 * slowness, SLOWEST);
    }
    await pause(options.nodePollMs * slowness, signal);
  }
}
