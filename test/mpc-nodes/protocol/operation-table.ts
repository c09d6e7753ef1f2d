import { dot } from "@sharebridge/mpc-nodes/protocol/dot.ts";
import { multiply } from "@sharebridge/mpc-nodes/protocol/multiply.ts";
import { open } from "@sharebridge/mpc-nodes/protocol/open.ts";
import { agreeOnCommitments } from "@sharebridge/mpc-nodes/protocol/outputs.ts";
import { refresh } from "@sharebridge/mpc-nodes/protocol/refresh.ts";
import type { Session } from "@sharebridge/mpc-nodes/protocol/session.ts";
import { truncate } from "@sharebridge/mpc-nodes/protocol/truncate.ts";
import type { SharedVector } from "@sharebridge/mpc-nodes/sharing/shared-vector.ts";

export type VectorOperation = "multiply" | "dot" | "truncate" | "refresh" | "open";

/** Each operation on one vector x: the smallest call that sends all of its messages. */
export const vectorOperations: Record<VectorOperation, (s: Session, x: SharedVector) => Promise<unknown>> = {
  multiply: (s, x) => multiply(s, [[x, x]]),
  dot: (s, x) => dot(s, [[x, x]]),
  truncate: (s, x) => truncate(s, [{ value: x, bits: 9 }]),
  refresh: (s, x) => refresh(s, [x]),
  open: (s, x) => open(s, [x]),
};

/** Commitments of a committee that agrees. */
export function sampleCommitments(s: Session): (Uint8Array | null)[] {
  return [0, 1, 2, 3].map((j) => (j === s.party ? null : new Uint8Array(32).fill(j + 1)));
}

export const agree = (s: Session): Promise<Uint8Array[]> => agreeOnCommitments(s, sampleCommitments(s));
