/** The local chain: Hardhat's node as a process of its own. */
import { fileURLToPath } from "node:url";
import { HDNodeWallet, JsonRpcProvider, Mnemonic } from "ethers";
import type { Processes } from "./processes.ts";

export const DEVNET_CHAIN_ID = 31337n;

/** Hardhat's well-known development mnemonic: its accounts hold 10,000 ETH each on a local chain, and nothing anywhere else. */
const DEVELOPMENT_MNEMONIC = Mnemonic.fromPhrase("test test test test test test test test test test test junk");

export function developmentAccount(index: number): HDNodeWallet {
  return HDNodeWallet.fromMnemonic(DEVELOPMENT_MNEMONIC, `m/44'/60'/0'/0/${index}`);
}

export async function startChain(processes: Processes, port: number): Promise<JsonRpcProvider> {
  const rpcUrl = `http://127.0.0.1:${port}`;
  const hardhat = fileURLToPath(new URL("./cli.js", import.meta.resolve("hardhat")));
  await processes.start({
    name: "chain",
    script: hardhat,
    args: ["node", "--hostname", "127.0.0.1", "--port", String(port)],
    probe: async () => {
      const response = await fetch(rpcUrl, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] }),
        signal: AbortSignal.timeout(2_000),
      });
      const { result } = (await response.json()) as { result: string };
      if (BigInt(result) !== DEVNET_CHAIN_ID) throw new Error(`chain id ${result}`);
    },
  });
  // Hardhat's node mines a block per transaction: no need to wait between polls or to batch calls.
  const provider = new JsonRpcProvider(rpcUrl, DEVNET_CHAIN_ID, {
    staticNetwork: true,
    pollingInterval: 50,
    cacheTimeout: -1,
  });
  return provider;
}
