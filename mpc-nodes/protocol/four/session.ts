/** One party's end of one computation by four: keys, rounds and memory, from which the first task's `Mpc` is made. */
import type { Heap } from "../../kernels/heap.ts";
import type { PartyId } from "../../math/party.ts";
import { commitOutputs } from "../../sharing/opening.ts";
import { heldShares, sharedVector, shareOf } from "../../sharing/shared-vector.ts";
import type { Vector } from "../mpc.ts";
import type { Network } from "../network.ts";
import { requireWord } from "../operands.ts";
import type { Keys } from "../randomness.ts";
import type { Context } from "../replicated/context.ts";
import { ReplicatedMpc } from "../replicated/door.ts";
import { importShares, shareWords } from "../replicated/linear.ts";
import { agreeOnCommitments, outputSalts } from "../replicated/outputs.ts";
import { type KeyedOptions, openSession, type SessionOptions, sessionBase } from "../replicated/session.ts";
import { shareTable } from "../replicated/share-table.ts";
import { createTasks } from "../replicated/tasks.ts";
import type { ReplicatedVector } from "../replicated/values.ts";
import type { Session } from "../session.ts";
import { TELL_MISSING } from "./joint-sharing.ts";
import { FOUR } from "./operations.ts";
import { refresh } from "./refresh.ts";
import type { FourVector } from "./values.ts";
import { asVector } from "./values.ts";

const PUBLIC_SHARE: PartyId = 0;

export interface FourSession extends Session {
  readonly mpc: ReplicatedMpc<Context, FourVector>;
}

async function* wordsOf(columns: AsyncIterable<Vector>): AsyncGenerator<ReplicatedVector<64>> {
  for await (const column of columns) {
    requireWord(column, 64);
    yield asVector(column) as ReplicatedVector<64>;
  }
}

/** @throws ProtocolError as `openSession` */
export function openFourSession(options: SessionOptions): Promise<FourSession> {
  return openSession(options, createFourSession);
}

/** @param keys keys[j] is k_j, 32 bytes, equal at its three holders; null at the party's own index */
export function createFourSession(network: Network, heap: Heap, keys: Keys, options: KeyedOptions = {}): FourSession {
  const { party } = network;
  const { evidence, rounds, fixed, taskAt, roundCount, close } = sessionBase(network, heap, keys, options);
  const root: Context = {
    ...fixed,
    ...taskAt([]),
    held: heldShares(party),
    publicShare: PUBLIC_SHARE,
    tellings: TELL_MISSING,
  };
  const tasks = createTasks({ rounds, root, childOf: (parent, path) => ({ ...parent, ...taskAt(path) }) });
  return {
    mpc: new ReplicatedMpc(root, tasks, FOUR),
    network,
    get rounds() {
      return roundCount();
    },
    importColumn: (column) => importShares(root, 64, column.length, (j) => shareOf(column, j)),
    async seal(outputs, context) {
      const fresh = await refresh(root, asVector(outputs));
      const shares = sharedVector(party, fresh.length, (j) => shareWords(root, fresh, j).slice());
      const salts = outputSalts(root);
      const commitments = await agreeOnCommitments(root, commitOutputs(salts, shares, context));
      return { shares, salts, commitments };
    },
    shareTable: (columns, context) => shareTable(root, wordsOf(columns), context),
    digestOf: (roles, round, step) => evidence.digestOf(roles, round, step),
    close,
  };
}
