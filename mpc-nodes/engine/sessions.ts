/** Who opens the session of an attempt: by four parties, or by three. */
import type { Heap } from "../kernels/heap.ts";
import { openFourSession } from "../protocol/four/session.ts";
import type { Network } from "../protocol/network.ts";
import type { Progress } from "../protocol/progress.ts";
import type { Keys } from "../protocol/randomness.ts";
import type { Session } from "../protocol/session.ts";
import type { Signer } from "../protocol/signer.ts";
import { openThreeSession } from "../protocol/three/session.ts";

export interface SessionOpenerOptions {
  /** With the other active parties: who is left out follows from them. */
  readonly network: Network;
  readonly signer: Signer;
  readonly heap: Heap;
  readonly binding: Uint8Array;
  readonly requestKeys: Keys | null;
  readonly progress: Progress;
}

export type SessionOpener = (options: SessionOpenerOptions) => Promise<Session>;

export interface SessionOpeners {
  readonly four: SessionOpener;
  readonly three: SessionOpener;
}

export const defaultOpeners: SessionOpeners = {
  four: openFourSession,
  three: openThreeSession,
};
