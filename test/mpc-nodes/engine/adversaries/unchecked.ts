/** Twins of the sessions without their checks: by them these tests show that they would notice if a check were missing. */
import type { SessionOpener } from "@sharebridge/mpc-nodes/engine/sessions.ts";
import { Arena } from "@sharebridge/mpc-nodes/kernels/heap.ts";
import { ringsOf } from "@sharebridge/mpc-nodes/kernels/rings.ts";
import { systemRandom } from "@sharebridge/mpc-nodes/math/random.ts";
import { tossCoins } from "@sharebridge/mpc-nodes/protocol/coin-toss.ts";
import { Evidence } from "@sharebridge/mpc-nodes/protocol/evidence.ts";
import { TELL_MISSING } from "@sharebridge/mpc-nodes/protocol/four/joint-sharing.ts";
import { FOUR } from "@sharebridge/mpc-nodes/protocol/four/operations.ts";
import { JointRounds } from "@sharebridge/mpc-nodes/protocol/joint-round.ts";
import { createRandomness } from "@sharebridge/mpc-nodes/protocol/randomness.ts";
import { type Context, takeScratch } from "@sharebridge/mpc-nodes/protocol/replicated/context.ts";
import { ReplicatedMpc } from "@sharebridge/mpc-nodes/protocol/replicated/door.ts";
import { importShares } from "@sharebridge/mpc-nodes/protocol/replicated/linear.ts";
import { createTasks } from "@sharebridge/mpc-nodes/protocol/replicated/tasks.ts";
import { Rounds, type TaskPath } from "@sharebridge/mpc-nodes/protocol/rounds.ts";
import { TAG_BYTES } from "@sharebridge/mpc-nodes/protocol/tags.ts";
import { Pending } from "@sharebridge/mpc-nodes/protocol/three/pending.ts";
import { heldShares, shareOf } from "@sharebridge/mpc-nodes/sharing/shared-vector.ts";

/** Four parties whose tags are all the same: as `createFourSession`, but for that. */
export const untaggedFour: SessionOpener = async ({ network, signer, heap, binding, progress }) => {
  const keys = await tossCoins({ network, signer, binding, random: systemRandom, progress });
  const [frames, values] = [new Arena(heap), new Arena(heap)];
  const tag = () => new Uint8Array(TAG_BYTES);
  const evidence = new Evidence(keys, frames, network);
  const rounds = new Rounds(new JointRounds({ network, tag, evidence, progress, arena: frames }));
  const contextOf = (path: TaskPath, arena: Arena): Context => ({
    party: network.party,
    held: heldShares(network.party),
    publicShare: 0,
    tellings: TELL_MISSING,
    heap,
    rings: ringsOf(heap.loops),
    scratch: takeScratch(arena),
    pause: async () => {},
    arena,
    randomness: createRandomness(keys, path.join(".")),
    requestRandomness: null,
    exchange: (...parts) => rounds.exchange(path, parts),
  });
  const root = contextOf([], values);
  const tasks = createTasks({ rounds, root, childOf: ({ arena }, path) => contextOf(path, arena) });
  return {
    mpc: new ReplicatedMpc(root, tasks, FOUR),
    network,
    rounds: 0,
    importColumn: (column) => importShares(root, 64, column.length, (j) => shareOf(column, j)),
    seal: () => Promise.reject(new Error("nothing is sealed here")),
    shareTable: () => Promise.reject(new Error("nothing is shared anew here")),
    digestOf: () => null,
    async close() {
      await network.idle();
      values.close();
      frames.close();
    },
  };
};

/** While `work` runs, three parties find that there is nothing to verify. */
export async function withoutVerification(work: () => Promise<void>): Promise<void> {
  const own = Object.getOwnPropertyDescriptor(Pending.prototype, "chain")!;
  Object.defineProperty(Pending.prototype, "chain", { configurable: true, get: () => [] });
  try {
    await work();
  } finally {
    Object.defineProperty(Pending.prototype, "chain", own);
  }
}
