/** The command line as a user calls it: a process of its own for each command. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { projectRoot } from "../devnet/processes.ts";

const main = join(projectRoot, "sdk/cli/main.ts");
const MOST_BYTES = 64 * 1024 * 1024;

/** Runs `sharebridge` with these arguments; returns what it printed. Throws with its complaint when it fails. */
export type Sharebridge = (...args: readonly string[]) => Promise<string>;

/** @param folder where the user is: files are named from there, and their keys and state are kept there. */
export function sharebridgeIn(folder: string, networkFile: string, signal: AbortSignal): Sharebridge {
  const { SHAREBRIDGE_PRIVATE_KEY: _key, ...inherited } = process.env;
  const env = {
    ...inherited,
    SHAREBRIDGE_HOME: join(folder, "home"),
    SHAREBRIDGE_NETWORK: networkFile,
    NODE_COMPILE_CACHE: join(projectRoot, "node_modules/.cache/compile"),
  };
  return (...args) =>
    new Promise((resolve, reject) => {
      const options = { cwd: folder, env, maxBuffer: MOST_BYTES, signal };
      execFile(process.execPath, [main, ...args], options, (error, out, complaint) => {
        if (error === null) resolve(out);
        else reject(new Error(`sharebridge ${args.join(" ")}: ${complaint.trim() || out.trim() || error.message}`));
      });
    });
}
