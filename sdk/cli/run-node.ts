/**
 * `sharebridge node approve` and its like: what operators do at their own node. It is the node's own program, in a process of its own: it has the
 * node's keys, in which the SDK has no part.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ExitCode } from "./run-cli.ts";

const NODE_PROGRAM = fileURLToPath(new URL("../../mpc-nodes/node/main.ts", import.meta.url));

/** @returns its exit code */
export function runNode(args: readonly string[], workingFolder: string): Promise<number> {
  const child = spawn(process.execPath, [NODE_PROGRAM, ...args], { cwd: workingFolder, stdio: "inherit" });
  // A terminal interrupts both; whoever stops this process alone means the node.
  const stop = () => child.kill("SIGTERM");
  process.once("SIGTERM", stop);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => {
      process.off("SIGTERM", stop);
      resolve(code ?? ExitCode.failed);
    });
  });
}
