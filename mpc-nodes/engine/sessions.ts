/** Who opens the session of an attempt: by four parties, or by three. */
import { openFourSession } from "../protocol/four/session.ts";
import type { SessionOptions } from "../protocol/replicated/session.ts";
import type { Session } from "../protocol/session.ts";
import { openThreeSession } from "../protocol/three/session.ts";

/** All that an attempt decides; who is left out follows from the network's peers. */
export type SessionOpenerOptions = Required<Omit<SessionOptions, "random" | "pause">>;

export type SessionOpener = (options: SessionOpenerOptions) => Promise<Session>;

export interface SessionOpeners {
  readonly four: SessionOpener;
  readonly three: SessionOpener;
}

export const defaultOpeners: SessionOpeners = {
  four: openFourSession,
  three: openThreeSession,
};
