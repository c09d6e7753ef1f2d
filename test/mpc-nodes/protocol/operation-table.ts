/** Every operation that sends something, on one vector x: the smallest call that sends all of its messages. */
import { refresh } from "@sharebridge/mpc-nodes/protocol/four/refresh.ts";
import type { FourSession } from "@sharebridge/mpc-nodes/protocol/four/session.ts";
import { asVector } from "@sharebridge/mpc-nodes/protocol/four/values.ts";
import type { Vector } from "@sharebridge/mpc-nodes/protocol/mpc.ts";
import { agreeOnCommitments } from "@sharebridge/mpc-nodes/protocol/replicated/outputs.ts";

export type Operation = (session: FourSession, x: Vector) => Promise<unknown>;

export const operations: Record<string, Operation> = {
  multiply: ({ mpc }, x) => mpc.multiply(x, x),
  dot: ({ mpc }, x) => mpc.dot([[x, x]]),
  innerProducts: ({ mpc }, x) => mpc.innerProducts([x, x], [x, x]),
  matrixProduct: ({ mpc }, x) =>
    mpc.matrixProduct(x, mpc.constant(3n, 1, x.word), { rows: x.length, inner: 1, columns: 1 }),
  truncate: ({ mpc }, x) => mpc.truncate([{ value: x, bits: 9 }]),
  widen: ({ mpc }, x) => mpc.widen(x),
  open: ({ mpc }, x) => mpc.open([x]),
  addends: ({ mpc }, x) => mpc.addends(x, 8),
  and: ({ mpc }, x) => mpc.and(mpc.randomBits(2, x.length), mpc.randomBits(2, x.length)),
  andEach: ({ mpc }, x) => mpc.andEach(mpc.randomBits(2, x.length), mpc.randomBits(1, x.length)),
  openBits: ({ mpc }, x) => mpc.openBits([mpc.randomBits(2, x.length)]),
  inject: ({ mpc }, x) => mpc.inject(mpc.randomBits(1, x.length), 64),
  count: ({ mpc }, x) => mpc.count(mpc.randomBits(1, x.length), 64),
  shuffle: ({ mpc }, x) => mpc.shuffle(mpc.randomPermutation(x.length), [x]),
  unshuffle: ({ mpc }, x) => mpc.unshuffle(mpc.randomPermutation(x.length), [x]),
  refresh: ({ mpc }, x) => refresh(mpc.context, asVector(x)),
};

/** Commitments of a committee that agrees. */
export function sampleCommitments({ network }: FourSession): (Uint8Array | null)[] {
  return [0, 1, 2, 3].map((j) => (j === network.party ? null : new Uint8Array(32).fill(j + 1)));
}

export const agree = (session: FourSession): Promise<Uint8Array[]> =>
  agreeOnCommitments(session.mpc.context, sampleCommitments(session));
