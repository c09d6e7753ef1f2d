/** One party's end of one computation by three (PROTOCOL 6): it ends with the right answer, or without one. */
import { Arena, type Heap } from "../../kernels/heap.ts";
import { ringsOf } from "../../kernels/rings.ts";
import { PARTIES } from "../../math/party.ts";
import { type RandomSource, systemRandom } from "../../math/random.ts";
import { shareOf } from "../../sharing/shared-vector.ts";
import { COIN_TOSS_ROUNDS, requireBinding, tossCoins } from "../coin-toss.ts";
import { ProtocolError } from "../errors.ts";
import { Evidence } from "../evidence.ts";
import { JointRounds } from "../joint-round.ts";
import type { Network } from "../network.ts";
import { Progress } from "../progress.ts";
import { createRandomness, type Keys } from "../randomness.ts";
import { takeScratch } from "../replicated/context.ts";
import { ReplicatedMpc } from "../replicated/door.ts";
import { createTasks } from "../replicated/tasks.ts";
import { Rounds } from "../rounds.ts";
import type { Session } from "../session.ts";
import type { Signer } from "../signer.ts";
import { createTagger } from "../tags.ts";
import { circleOf } from "./circle.ts";
import type { ThreeContext } from "./context.ts";
import { importShares } from "./import-shares.ts";
import { createMacKeys } from "./mac-keys.ts";
import { THREE } from "./operations.ts";
import { Pending } from "./pending.ts";
import { sealOutputs } from "./seal.ts";
import { asVector, type ThreeVector } from "./values.ts";

/** At 48 bytes of memory for a word. */
const MOST_PENDING_WORDS = 1_048_576;

export interface ThreeSession extends Session {
  readonly mpc: ReplicatedMpc<ThreeContext, ThreeVector>;
}

export interface ThreeSessionOptions {
  /** With two peers: the fourth seat is left out. */
  readonly network: Network;
  /** Signs this party's commitments in the toss. */
  readonly signer: Signer;
  readonly heap: Heap;
  /** 32 bytes that name what is computed, active set and attempt included. */
  readonly binding: Uint8Array;
  /** For `Mpc.requestBits`; the same in every attempt at a request. Their holders compare them in the toss. */
  readonly requestKeys?: Keys | null;
  /** Contributions to the keys; the platform's generator unless a test says otherwise. */
  readonly random?: RandomSource;
  readonly progress?: Progress;
  /** Lets other computations run. */
  readonly pause?: (() => Promise<void>) | undefined;
}

/**
 * Tosses the keys of this session: fresh, so nothing of an earlier attempt helps in it (PROTOCOL 3).
 * @throws ProtocolError when a peer cheats in the toss or is bound to something else
 */
export async function openThreeSession(options: ThreeSessionOptions): Promise<ThreeSession> {
  const {
    network,
    signer,
    heap,
    binding,
    requestKeys = null,
    random = systemRandom,
    progress = new Progress(),
    pause,
  } = options;
  requireBinding(binding);
  const left = PARTIES.filter((party) => party !== network.party && !network.peers.includes(party));
  if (left.length !== 1) {
    throw new ProtocolError("InvalidOperand", `${network.peers.length + 1} parties were given where three compute`);
  }
  const keys = await tossCoins({ network, signer, binding, requestKeys, random, progress });
  return createThreeSession(network, heap, keys, { requestKeys, progress, pause });
}

/** @param keys keys[j] is k_j, 32 bytes, equal at its holders; null at the party's own index */
export function createThreeSession(
  network: Network,
  heap: Heap,
  keys: Keys,
  {
    requestKeys = null,
    progress = new Progress(),
    pause = nextTurn,
  }: Pick<ThreeSessionOptions, "requestKeys" | "progress" | "pause"> = {},
): ThreeSession {
  const { party, peers } = network;
  const circle = circleOf(party, PARTIES.find((seat) => seat !== party && !peers.includes(seat))!);
  const [frames, values, own] = [new Arena(heap), new Arena(heap), new Arena(heap)];
  const evidence = new Evidence(keys, frames, network);
  const rounds = new Rounds(new JointRounds({ network, tag: createTagger(keys), evidence, progress, arena: frames }));
  const rings = ringsOf(heap.loops);
  const held = [circle.next, circle.last].sort();
  const randomness = createRandomness(keys);
  const root: ThreeContext = {
    party,
    held,
    publicShare: circle.active[0],
    tellings: circle.tellings,
    heap,
    rings,
    arena: values,
    randomness,
    requestRandomness: requestKeys && createRandomness(requestKeys),
    scratch: takeScratch(own),
    pause,
    exchange: (...parts) => rounds.exchange([], parts),
    circle,
    macKeys: createMacKeys(own, rings, held, randomness),
    pending: new Pending(own),
    mostPendingWords: MOST_PENDING_WORDS,
  };
  const tasks = createTasks({
    rounds,
    root,
    childOf: (parent, path) => ({
      ...parent,
      randomness: createRandomness(keys, path.join(".")),
      requestRandomness: requestKeys && createRandomness(requestKeys, path.join(".")),
      exchange: (...parts) => rounds.exchange(path, parts),
      pending: parent.pending.child(),
    }),
    joined(parent, children) {
      for (const { pending } of children) parent.pending.join(parent, pending);
    },
  });
  return {
    mpc: new ReplicatedMpc(root, tasks, THREE),
    network,
    get rounds() {
      return COIN_TOSS_ROUNDS + rounds.count;
    },
    importColumn: (column) => importShares(root, 64, column.length, (j) => shareOf(column, j)),
    seal: (outputs, context) => sealOutputs(root, asVector(outputs), context),
    // Whom an abort is about is not settled: who is left out next is fixed already.
    digestOf: () => null,
    async close() {
      rounds.fail(new ProtocolError("SessionAborted", "the session was closed"));
      await network.idle();
      for (const arena of [values, frames, own]) arena.close();
    },
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
