import { holderOf, type SharedVector } from "../sharing/shared-vector.ts";
import { ProtocolError } from "./errors.ts";
import type { Session } from "./session.ts";

/** @throws ProtocolError InvalidOperand unless every vector is this party's part. */
export function requireOwn(session: Session, vectors: readonly SharedVector[]): void {
  for (const vector of vectors) {
    const holder = holderOf(vector);
    if (holder !== session.party) {
      throw new ProtocolError(
        "InvalidOperand",
        `a vector of seat ${holder} was given to a session of seat ${session.party}`,
      );
    }
  }
}

/** @throws ProtocolError InvalidOperand unless every pair is this party's and of one length. */
export function requirePairs(session: Session, pairs: readonly (readonly [SharedVector, SharedVector])[]): void {
  for (const [x, y] of pairs) {
    requireOwn(session, [x, y]);
    if (x.length !== y.length) {
      throw new ProtocolError("InvalidOperand", `vectors of ${x.length} and ${y.length} rows have no product`);
    }
  }
}
