/** Four nodes over memory, of which some hold a dataset and one lacks it. */
import { PARTIES, type PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import { Datasets } from "@sharebridge/mpc-nodes/node/datasets.ts";
import { ShareDesk } from "@sharebridge/mpc-nodes/node/share-desk.ts";
import { encodePackage } from "@sharebridge/mpc-nodes/sharing/package.ts";
import { createMemoryTransports } from "@sharebridge/mpc-nodes/transport/memory.ts";
import { id } from "ethers";
import { bodyOf } from "./body.ts";
import { type TestContext, testContext } from "./context.ts";
import { FakeChain } from "./fake-chain.ts";
import type { Folders } from "./keys.ts";
import { register, registerPool, SELLER } from "./pool-of-one.ts";
import { type Committed, commitWords, makeUpload, type Workers } from "./seller.ts";

export interface Lacking {
  readonly chain: FakeChain;
  readonly committed: Committed;
  readonly contexts: readonly TestContext[];
  readonly desks: readonly ShareDesk[];
  stop(): Promise<void>;
}

export async function lackingAt(
  folders: Folders,
  seats: readonly PartyId[],
  options: {
    readonly workers?: Workers;
    /** In their place, words that no honest client shares. */
    readonly words?: readonly BigUint64Array[];
    readonly settings?: Record<string, unknown>;
    readonly receiveMs?: number;
  } = {},
): Promise<Lacking> {
  const chain = new FakeChain();
  const { words, workers } = options;
  const committed =
    words === undefined ? await registerPool(chain, workers) : register(chain, await commitWords(id("dataset"), words));
  const transports = createMemoryTransports({ timeouts: { receiveMs: options.receiveMs ?? 20_000 } });
  const keys = await folders.keys(4);
  const contexts = PARTIES.map((seat) =>
    testContext(keys[seat], { seat, chain, transport: transports[seat], settings: options.settings ?? {} }),
  );
  const desks = contexts.map((context) => new ShareDesk(context));
  for (const [seat, context] of contexts.entries()) {
    context.engine.onQuestion = (question, from) => desks[seat].answer(question, from);
    if (!seats.includes(context.seat)) await upload(context, committed);
  }
  return {
    ...{ chain, committed, contexts, desks },
    async stop() {
      await Promise.all(contexts.map(({ engine }) => engine.close()));
      for (const desk of desks) desk.stop();
      await Promise.all(contexts.map(({ store }) => store.close()));
    },
  };
}

/** The seller's upload to one node. */
export async function upload(context: TestContext, committed: Committed): Promise<void> {
  const { chain, keys, seat } = context;
  const target = {
    chainId: chain.chainId,
    registry: chain.deployment.datasets,
    seat,
    sealingKey: keys.sealingPublicKey,
  };
  await new Datasets(context).upload(committed.datasetId, bodyOf(await makeUpload(SELLER, committed, target)));
}

/** What the seller's own upload to a seat would have left there. */
export const packageOf = ({ shared }: Committed, seat: PartyId): Uint8Array => encodePackage(shared.packages[seat]);
