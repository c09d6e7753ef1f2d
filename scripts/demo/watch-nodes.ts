/** When the nodes took a request on, and when three of them had signed: asked from outside, as anyone can. */
import type { DevnetNode } from "../devnet/nodes.ts";

const POLL_MS = 10;

export interface Milestones {
  /** All four have checked the request on chain and begun, or finished. */
  readonly takenOn: Promise<number>;
  /** Three have signed. */
  readonly signed: Promise<number>;
  /** Stops asking. */
  stop(): void;
}

/** Times are of `performance.now()`. */
export function watchNodes(nodes: readonly DevnetNode[], requestId: string): Milestones {
  const abort = new AbortController();
  const stateOf = async (endpoint: string): Promise<string> => {
    try {
      const response = await fetch(`${endpoint}/v1/requests/${requestId}`, { signal: abort.signal });
      return ((await response.json()) as { state?: string }).state ?? "unknown";
    } catch {
      return "unknown";
    }
  };
  /** Resolves with the time at which `count` nodes are known to be in one of `states`. */
  const until = async (count: number, states: readonly string[]): Promise<number> => {
    while (!abort.signal.aborted) {
      const now = await Promise.all(nodes.map(({ seat }) => stateOf(seat.endpoint)));
      if (now.filter((state) => states.includes(state)).length >= count) break;
      await new Promise((next) => setTimeout(next, POLL_MS));
    }
    return performance.now();
  };
  return {
    takenOn: until(nodes.length, ["queued", "computing", "signed"]),
    signed: until(3, ["signed"]),
    stop: () => abort.abort(),
  };
}
