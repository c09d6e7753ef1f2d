/** What an operator's folder holds: `node.json` (settings), `keys.json` (keys), `node.sqlite` (store). */
import { join } from "node:path";
import type { ChainReader } from "../chain/chain-reader.ts";
import { createProvider, openChain } from "../chain/rpc-chain-reader.ts";
import { SqliteStore } from "../store/sqlite.ts";
import type { Store } from "../store/store.ts";
import type { NodeKeys } from "./keys.ts";
import type { Settings } from "./settings.ts";

export const STORE_FILE = "node.sqlite";

export function openStore(folder: string, keys: NodeKeys): Store {
  return new SqliteStore({ file: join(folder, STORE_FILE), storageKey: keys.storageKey });
}

/** Throws `WrongChain`, `NoFactory`, `ChainUnreachable`. */
export async function openChainFor(settings: Settings): Promise<ChainReader> {
  const chainId = BigInt(settings.chainId);
  const provider = createProvider(settings.rpcUrl, chainId);
  try {
    const { factory, fromBlock, confirmations, maxLogRange } = settings;
    return await openChain(provider, { chainId, factory, fromBlock, confirmations, maxLogRange });
  } catch (error) {
    provider.destroy();
    throw error;
  }
}
