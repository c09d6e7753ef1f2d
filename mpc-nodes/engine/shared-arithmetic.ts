import { dot } from "../protocol/dot.ts";
import { multiply } from "../protocol/multiply.ts";
import type { Session } from "../protocol/session.ts";
import { truncate } from "../protocol/truncate.ts";
import { add, addPublic, broadcast, multiplyPublic, subtract, sum } from "../sharing/linear.ts";
import type { SharedVector } from "../sharing/shared-vector.ts";
import type { Arithmetic } from "../vm/arithmetic.ts";

/** The four-party protocol as the VM's arithmetic: local operations on this party's shares, interactive ones in `session`. */
export function sharedArithmetic(session: Session): Arithmetic<SharedVector> {
  return {
    length: ({ length }) => length,
    add,
    subtract,
    addPublic,
    multiplyPublic,
    sum,
    broadcast,
    multiply: (pairs) => multiply(session, pairs),
    dot: (pairs) => dot(session, pairs),
    truncate: (items) => truncate(session, items),
  };
}
