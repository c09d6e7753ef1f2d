import { fileURLToPath } from "node:url";
import hardhatToolboxMochaEthers from "@nomicfoundation/hardhat-toolbox-mocha-ethers";
import { defineConfig } from "hardhat/config";

// Compilers come from npm, so that a fresh clone never downloads one. Paths must be absolute.
const compiler = (specifier: string) => fileURLToPath(import.meta.resolve(specifier));
const optimizer = { enabled: true, runs: 10_000 };

export default defineConfig({
  plugins: [hardhatToolboxMochaEthers],
  solidity: {
    compilers: [
      {
        version: "0.8.37",
        path: compiler("solc/soljson.js"),
        settings: { optimizer, evmVersion: "osaka", viaIR: true },
      },
      {
        // Chainlink's Operator is written for this version and no other.
        version: "0.8.19",
        path: compiler("solc-0.8.19/soljson.js"),
        settings: { optimizer: { enabled: true, runs: 1_000_000 }, evmVersion: "paris" },
      },
    ],
    npmFilesToBuild: [
      "@chainlink/contracts/src/v0.8/operatorforwarder/Operator.sol",
      "@chainlink/contracts/src/v0.8/shared/token/ERC677/LinkToken.sol",
    ],
  },
  paths: { sources: "./contracts", tests: { mocha: "./test", solidity: "./test/contracts" } },
  networks: {
    default: { type: "edr-simulated", chainType: "l1", chainId: 31337 },
  },
});
