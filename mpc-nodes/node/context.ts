/** What every part of a running node knows: who it is and what it can reach. */
import type { ChainReader, ChainView } from "../chain/chain-reader.ts";
import type { PublicIdentity } from "../chain/seat.ts";
import type { Engine } from "../engine/engine.ts";
import type { PartyId } from "../math/party.ts";
import type { Store } from "../store/store.ts";
import type { NodeKeys } from "./keys.ts";
import type { Log } from "./log.ts";
import type { AllowedByRule } from "./programs.ts";
import type { Settings } from "./settings.ts";
import type { UploadSlots } from "./upload-slots.ts";

export interface NodeContext {
  readonly settings: Settings;
  readonly keys: NodeKeys;
  readonly identity: PublicIdentity;
  readonly committeeId: bigint;
  /** The epoch in which the node found its seat. */
  readonly epoch: bigint;
  readonly seat: PartyId;
  readonly chain: ChainReader;
  readonly store: Store;
  readonly rules: AllowedByRule;
  /** Computes, and talks to the peers. */
  readonly engine: Engine;
  /** Places and room for datasets that are being received, from sellers and from peers. */
  readonly slots: UploadSlots;
  readonly log: Log;
  /** The machine's clock. */
  readonly nowUnixMs: () => number;
}

/**
 * Seconds now, for deadlines: the later of the chain's latest block and the machine's clock. A chain that stands still and
 * a clock that is behind both err towards doing nothing.
 */
export function nowUnixS(context: Pick<NodeContext, "nowUnixMs">, view: Pick<ChainView, "latestUnixS">): bigint {
  const clock = BigInt(Math.floor(context.nowUnixMs() / 1_000));
  return clock > view.latestUnixS ? clock : view.latestUnixS;
}

/** True when nothing may be begun or released any more for a request with this deadline (MARKET 9). */
export function isTooLate(
  context: Pick<NodeContext, "nowUnixMs" | "settings">,
  view: Pick<ChainView, "latestUnixS">,
  deadlineUnixS: bigint,
): boolean {
  return nowUnixS(context, view) + BigInt(context.settings.deadlineMarginS) > deadlineUnixS;
}
