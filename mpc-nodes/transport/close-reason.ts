/** Why a party ended its side of a session: all that a close frame says, one byte. */
export const CloseReason = {
  /** It has what it came for. */
  done: 0,
  /** Its computation failed, or its node does not compute the request. */
  failed: 1,
  /** More came for the session than is kept for one that is not open there. */
  overflow: 2,
  /** Too many sessions of this peer wait to be opened there. */
  busy: 3,
  /** There is no such session there: never announced, or closed before. */
  unknown: 4,
} as const;
export type CloseReason = (typeof CloseReason)[keyof typeof CloseReason];

const sentences: Record<CloseReason, string> = {
  0: "is done with the session",
  1: "gave the session up",
  2: "refused the session: more was sent than it keeps for a session that it has not opened",
  3: "refused the session: too many wait to be opened there",
  4: "has no such session, or has closed it",
};

export function isCloseReason(value: number): value is CloseReason {
  return value in sentences;
}

/** The predicate of a sentence whose subject is the party. */
export function describeCloseReason(reason: CloseReason): string {
  return sentences[reason];
}
