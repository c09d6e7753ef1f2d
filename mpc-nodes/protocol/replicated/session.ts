/** What sessions by four and by three parties have in common: the toss of their keys, their rounds and memory, and the end. */
import { Arena, type Heap } from "../../kernels/heap.ts";
import { ringsOf } from "../../kernels/rings.ts";
import { type RandomSource, systemRandom } from "../../math/random.ts";
import { COIN_TOSS_ROUNDS, requireBinding, tossCoins } from "../coin-toss.ts";
import { ProtocolError } from "../errors.ts";
import { Evidence } from "../evidence.ts";
import { JointRounds } from "../joint-round.ts";
import type { Network } from "../network.ts";
import { Progress } from "../progress.ts";
import { createRandomness, type Keys } from "../randomness.ts";
import { Rounds, type TaskPath } from "../rounds.ts";
import type { Signer } from "../signer.ts";
import { createTagger } from "../tags.ts";
import { type Context, takeScratch } from "./context.ts";

export interface SessionOptions {
  /** With all peers that compute: a seat is left out by not being one. */
  readonly network: Network;
  /** Signs this party's commitments in the toss. */
  readonly signer: Signer;
  readonly heap: Heap;
  /** 32 bytes that name what is computed: chain, market, request, epoch, program, pool, active set, attempt. */
  readonly binding: Uint8Array;
  /** For `Mpc.requestBits`; the same in every attempt at a request. Their holders compare them in the toss. */
  readonly requestKeys?: Keys | null;
  /** Contributions to the keys; the platform's generator unless a test says otherwise. */
  readonly random?: RandomSource;
  /** Kept up to date, for a settlement when the run fails. */
  readonly progress?: Progress;
  /** Lets other computations run. */
  readonly pause?: (() => Promise<void>) | undefined;
}

/** What is left to choose once the keys are tossed. */
export type KeyedOptions = Pick<SessionOptions, "requestKeys" | "progress" | "pause">;

/**
 * Tosses the keys of a session: fresh for every request and attempt, so nothing of an earlier one helps in it (PROTOCOL 3).
 * @throws ProtocolError when a peer cheats in the toss or is bound to something else
 */
export async function openSession<S>(
  options: SessionOptions,
  create: (network: Network, heap: Heap, keys: Keys, options: KeyedOptions) => S,
): Promise<S> {
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
  const keys = await tossCoins({ network, signer, binding, requestKeys, random, progress });
  return create(network, heap, keys, { requestKeys, progress, pause });
}

/** @param keys keys[j] is k_j, 32 bytes, equal at its holders; null at the party's own index. Among three as in `tossCoins`. */
export function sessionBase(
  network: Network,
  heap: Heap,
  keys: Keys,
  { requestKeys = null, progress = new Progress(), pause = nextTurn }: KeyedOptions,
) {
  const [frames, values, own] = [new Arena(heap), new Arena(heap), new Arena(heap)];
  const evidence = new Evidence(keys, frames, network);
  const rounds = new Rounds(new JointRounds({ network, tag: createTagger(keys), evidence, progress, arena: frames }));
  return {
    evidence,
    rounds,
    /** For what lives as long as the session. */
    own,
    /** What all tasks share. */
    fixed: {
      party: network.party,
      heap,
      rings: ringsOf(heap.loops),
      arena: values,
      scratch: takeScratch(own),
      pause,
    },
    /** What the task at `path` has for itself: the streams that it draws from, and its rounds. */
    taskAt: (path: TaskPath): Pick<Context, "randomness" | "requestRandomness" | "exchange"> => ({
      randomness: createRandomness(keys, path.join(".")),
      requestRandomness: requestKeys && createRandomness(requestKeys, path.join(".")),
      exchange: (...parts) => rounds.exchange(path, parts),
    }),
    /** Rounds so far, the toss included. */
    roundCount: () => COIN_TOSS_ROUNDS + rounds.count,
    async close(): Promise<void> {
      rounds.fail(new ProtocolError("SessionAborted", "the session was closed"));
      await network.idle();
      for (const arena of [values, frames, own]) arena.close();
    },
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
