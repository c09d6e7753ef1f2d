/** A node's context for tests: real keys, store and in-memory transport, a chain that the test controls. */
import { mkdirSync } from "node:fs";
import type { ChainDataset } from "@sharebridge/mpc-nodes/chain/chain-reader.ts";
import { LocalEngine } from "@sharebridge/mpc-nodes/engine/local-engine.ts";
import type { PartyId } from "@sharebridge/mpc-nodes/math/party.ts";
import type { NodeContext } from "@sharebridge/mpc-nodes/node/context.ts";
import { openStore } from "@sharebridge/mpc-nodes/node/folder.ts";
import { type NodeKeys, publicIdentity } from "@sharebridge/mpc-nodes/node/keys.ts";
import { createLog } from "@sharebridge/mpc-nodes/node/log.ts";
import { noRules } from "@sharebridge/mpc-nodes/node/programs.ts";
import { parseSettings, type Settings } from "@sharebridge/mpc-nodes/node/settings.ts";
import { UploadSlots } from "@sharebridge/mpc-nodes/node/upload-slots.ts";
import { createMemoryTransports } from "@sharebridge/mpc-nodes/transport/memory.ts";
import type { Transport } from "@sharebridge/mpc-nodes/transport/transport.ts";
import { FAKE_CHAIN_ID, FakeChain } from "./fake-chain.ts";

export interface TestContext extends NodeContext {
  readonly chain: FakeChain;
  /** The engine's. */
  readonly transport: Transport;
}

/** In place of `RowChecks`: all rows are valid. */
export const allValid = {
  validRowsOf: async ({ rows: validRows, commitment }: ChainDataset) => ({ validRows, commitment }),
};

export function testSettings(changes: Record<string, unknown> = {}): Settings {
  const factory = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
  const required = { rpcUrl: "http://127.0.0.1:1", chainId: Number(FAKE_CHAIN_ID), factory, committeeId: 1 };
  return parseSettings({ ...required, confirmations: 0, http: { port: 0 }, logLevel: "silent", ...changes });
}

export interface ContextOptions {
  readonly seat?: PartyId;
  readonly settings?: Record<string, unknown>;
  readonly transport?: Transport;
  readonly chain?: FakeChain;
}

/** @param node Keys in a folder of their own, which also gets the store. */
export function testContext(node: { folder: string; keys: NodeKeys }, options: ContextOptions = {}): TestContext {
  const { seat = 0 } = options;
  mkdirSync(node.folder, { recursive: true });
  const chain = options.chain ?? new FakeChain();
  const transport = options.transport ?? createMemoryTransports()[seat];
  const store = openStore(node.folder, node.keys);
  const settings = testSettings(options.settings);
  return {
    ...{ seat, chain, keys: node.keys, identity: publicIdentity(node.keys), committeeId: 1n, epoch: 1n },
    ...{ settings, store, rules: noRules, slots: new UploadSlots(store, settings) },
    transport,
    engine: new LocalEngine(transport),
    log: createLog("silent"),
    // Before every deadline that a test sets: time is the fake chain's.
    nowUnixMs: () => 0,
  };
}
