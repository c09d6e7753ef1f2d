/** One party's end of one computation by three (PROTOCOL 6): it ends with the right answer, or without one. */
import type { Heap } from "../../kernels/heap.ts";
import { PARTIES } from "../../math/party.ts";
import { shareOf } from "../../sharing/shared-vector.ts";
import { ProtocolError } from "../errors.ts";
import type { Network } from "../network.ts";
import type { Keys } from "../randomness.ts";
import { ReplicatedMpc } from "../replicated/door.ts";
import { type KeyedOptions, openSession, type SessionOptions, sessionBase } from "../replicated/session.ts";
import { shareTable } from "../replicated/share-table.ts";
import { createTasks } from "../replicated/tasks.ts";
import type { Session } from "../session.ts";
import { circleOf } from "./circle.ts";
import type { ThreeContext } from "./context.ts";
import { importShares } from "./import-shares.ts";
import { createMacKeys } from "./mac-keys.ts";
import { THREE } from "./operations.ts";
import { Pending } from "./pending.ts";
import { sealOutputs } from "./seal.ts";
import { asVector, type ThreeVector } from "./values.ts";
import { verifiedWords } from "./verified-words.ts";

/** At 48 bytes of memory for a word. */
const MOST_PENDING_WORDS = 1_048_576;

export interface ThreeSession extends Session {
  readonly mpc: ReplicatedMpc<ThreeContext, ThreeVector>;
}

/** @throws ProtocolError as `openSession`; InvalidOperand when the network has not two peers */
export async function openThreeSession(options: SessionOptions): Promise<ThreeSession> {
  const { party, peers } = options.network;
  const left = PARTIES.filter((seat) => party !== seat && !peers.includes(seat));
  if (left.length !== 1) {
    throw new ProtocolError("InvalidOperand", `${peers.length + 1} parties were given where three compute`);
  }
  return openSession(options, createThreeSession);
}

/** @param keys keys[j] is k_j, 32 bytes, equal at its holders; null at the party's own index */
export function createThreeSession(network: Network, heap: Heap, keys: Keys, options: KeyedOptions = {}): ThreeSession {
  const { party, peers } = network;
  const circle = circleOf(party, PARTIES.find((seat) => seat !== party && !peers.includes(seat))!);
  const { rounds, own, fixed, taskAt, roundCount, close } = sessionBase(network, heap, keys, options);
  const held = [circle.next, circle.last].sort();
  const first = taskAt([]);
  const root: ThreeContext = {
    ...fixed,
    ...first,
    held,
    publicShare: circle.active[0],
    tellings: circle.tellings,
    circle,
    macKeys: createMacKeys(own, fixed.rings, held, first.randomness),
    pending: new Pending(own),
    mostPendingWords: MOST_PENDING_WORDS,
  };
  const tasks = createTasks({
    rounds,
    root,
    childOf: (parent, path) => ({ ...parent, ...taskAt(path), pending: parent.pending.child() }),
    joined(parent, children) {
      for (const { pending } of children) parent.pending.join(parent, pending);
    },
  });
  return {
    mpc: new ReplicatedMpc(root, tasks, THREE),
    network,
    get rounds() {
      return roundCount();
    },
    importColumn: (column) => importShares(root, 64, column.length, (j) => shareOf(column, j)),
    seal: (outputs, context) => sealOutputs(root, asVector(outputs), context),
    shareTable: (columns, context) => shareTable(root, verifiedWords(root, columns), context),
    // Whom an abort is about is not settled: who is left out next is fixed already.
    digestOf: () => null,
    close,
  };
}
