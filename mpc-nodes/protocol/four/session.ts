/** One party's end of one computation by four: keys, rounds and memory, from which the first task's `Mpc` is made. */
import { Arena, type Heap } from "../../kernels/heap.ts";
import { ringsOf } from "../../kernels/rings.ts";
import type { PartyId } from "../../math/party.ts";
import { type RandomSource, systemRandom } from "../../math/random.ts";
import { commitOutputs } from "../../sharing/opening.ts";
import { heldShares, sharedVector, shareOf } from "../../sharing/shared-vector.ts";
import { COIN_TOSS_ROUNDS, requireBinding, tossCoins } from "../coin-toss.ts";
import { ProtocolError } from "../errors.ts";
import { Evidence } from "../evidence.ts";
import { JointRounds } from "../joint-round.ts";
import type { Network } from "../network.ts";
import { Progress } from "../progress.ts";
import { createRandomness, type Keys } from "../randomness.ts";
import { type Context, takeScratch } from "../replicated/context.ts";
import { ReplicatedMpc } from "../replicated/door.ts";
import { importShares, shareWords } from "../replicated/linear.ts";
import { agreeOnCommitments, outputSalts } from "../replicated/outputs.ts";
import { createTasks } from "../replicated/tasks.ts";
import { Rounds, type TaskPath } from "../rounds.ts";
import type { Session } from "../session.ts";
import type { Signer } from "../signer.ts";
import { createTagger } from "../tags.ts";
import { TELL_MISSING } from "./joint-sharing.ts";
import { FOUR } from "./operations.ts";
import { refresh } from "./refresh.ts";
import type { FourVector } from "./values.ts";
import { asVector } from "./values.ts";

const PUBLIC_SHARE: PartyId = 0;

export interface FourSession extends Session {
  readonly mpc: ReplicatedMpc<Context, FourVector>;
}

export interface FourSessionOptions {
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

/**
 * Tosses the keys of this session, fresh for every request and attempt (PROTOCOL 3).
 * @throws ProtocolError when a peer cheats in the toss or is bound to something else
 */
export async function openFourSession(options: FourSessionOptions): Promise<FourSession> {
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
  return createFourSession(network, heap, keys, { requestKeys, progress, pause });
}

/** @param keys keys[j] is k_j, 32 bytes, equal at its three holders; null at the party's own index */
export function createFourSession(
  network: Network,
  heap: Heap,
  keys: Keys,
  {
    requestKeys = null,
    progress = new Progress(),
    pause = nextTurn,
  }: Pick<FourSessionOptions, "requestKeys" | "progress" | "pause"> = {},
): FourSession {
  const { party } = network;
  const [frames, values, scratches] = [new Arena(heap), new Arena(heap), new Arena(heap)];
  const evidence = new Evidence(keys, frames, network);
  const rounds = new Rounds(new JointRounds({ network, tag: createTagger(keys), evidence, progress, arena: frames }));
  const scratch = takeScratch(scratches);
  const fixed = {
    party,
    held: heldShares(party),
    publicShare: PUBLIC_SHARE,
    tellings: TELL_MISSING,
    heap,
    rings: ringsOf(heap.loops),
    scratch,
    pause,
  };

  const contextOf = (path: TaskPath, arena: Arena): Context => ({
    ...fixed,
    arena,
    randomness: createRandomness(keys, path.join(".")),
    requestRandomness: requestKeys && createRandomness(requestKeys, path.join(".")),
    exchange: (...parts) => rounds.exchange(path, parts),
  });
  const root = contextOf([], values);
  const tasks = createTasks({ rounds, root, childOf: ({ arena }, path) => contextOf(path, arena) });
  return {
    mpc: new ReplicatedMpc(root, tasks, FOUR),
    network,
    get rounds() {
      return COIN_TOSS_ROUNDS + rounds.count;
    },
    importColumn: (column) => importShares(root, 64, column.length, (j) => shareOf(column, j)),
    async seal(outputs, context) {
      const fresh = await refresh(root, asVector(outputs));
      const shares = sharedVector(party, fresh.length, (j) => shareWords(root, fresh, j).slice());
      const salts = outputSalts(root);
      const commitments = await agreeOnCommitments(root, commitOutputs(salts, shares, context));
      return { shares, salts, commitments };
    },
    digestOf: (roles, round, step) => evidence.digestOf(roles, round, step),
    async close() {
      rounds.fail(new ProtocolError("SessionAborted", "the session was closed"));
      await network.idle();
      for (const arena of [values, frames, scratches]) arena.close();
    },
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
