/** When the nodes took a request on, and when three of them had signed: asked from outside, as anyone can. */
import type { DevnetNode } from "../devnet/nodes.ts";

const POLL_MS = 10;
/** Far more than a healthy devnet needs. */
export const GIVE_UP_AFTER_MS = 60_000;

interface NodeState {
  readonly state?: string;
  readonly error?: { readonly code: string; readonly message: string };
}

async function stateOf(endpoint: string, requestId: string): Promise<NodeState> {
  try {
    const response = await fetch(`${endpoint}/v1/requests/${requestId}`);
    return (await response.json()) as NodeState;
  } catch {
    return {};
  }
}

/**
 * Yields two times of `performance.now()`: when all of these nodes had checked the request on chain and begun, then when three
 * had signed. Throws when two nodes fail, or when they are not done in time.
 */
export async function* watchNodes(nodes: readonly DevnetNode[], requestId: string): AsyncGenerator<number, void> {
  const giveUpAt = performance.now() + GIVE_UP_AFTER_MS;
  let takenOn = false;
  for (;;) {
    const reports = await Promise.all(nodes.map(({ seat }) => stateOf(seat.endpoint, requestId)));
    const now = performance.now();
    const failures = reports.flatMap(({ state, error }, seat) =>
      state === "failed" ? [`node ${seat} failed: ${error?.message}`] : [],
    );
    // The other three answer without one of them.
    if (failures.length > 1) throw new Error(failures.join("; "));
    const count = (...states: string[]) => reports.filter(({ state = "" }) => states.includes(state)).length;
    if (!takenOn && count("queued", "computing", "signed") === nodes.length) {
      takenOn = true;
      yield now;
    }
    if (takenOn && count("signed") >= 3) {
      yield now;
      return;
    }
    if (now > giveUpAt) {
      const states = reports.map(({ state = "unknown" }) => state).join(", ");
      throw new Error(`no three nodes signed within ${GIVE_UP_AFTER_MS} ms; they are: ${states}`);
    }
    await new Promise((next) => setTimeout(next, POLL_MS));
  }
}
