import type { FoundRequest, Seat } from "../chain/market-chain.ts";
import { pause } from "../pause.ts";
import { requestState, type VerifiedAnswer, verifyAnswer } from "./answer.ts";
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
 * Has one node compute the request and waits for its signed answer, through restarts and lags of the node.
 *
 * @throws NodeFailed, NodeError or AnswerError when the node will not give a valid answer; the signal's reason when aborted
 */
export async function askSeat(
  found: FoundRequest,
  seat: Seat,
  options: AskOptions,
  signal: AbortSignal,
): Promise<VerifiedAnswer> {
  const client = new NodeClient(seat.endpoint, options.nodeTimeoutMs);
  let submitted = false;
  let slowness = 1;
  for (;;) {
    try {
      if (!submitted) await client.submit(found.requestId, signal);
      submitted = true;
      const state = requestState.safeParse(await client.read(found.requestId, signal));
      if (!state.success) throw new NodeError("NotJson", "its response does not have the agreed form", false);
      if (state.data.state === "signed") return verifyAnswer(found, seat, state.data.answer);
      if (state.data.state === "failed") {
        const code = /^[A-Za-z]{1,64}$/.exec(state.data.error?.code ?? "")?.[0] ?? "no code";
        throw new NodeFailed(`its computation failed (${code})`);
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
