import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { messageOf, RunnerError } from "./errors.ts";

const httpUrl = z.url({ protocol: /^https?$/ });

/** `runner.json`. Paths are relative to its folder. */
const configFile = z.strictObject({
  /** JSON-RPC endpoint of the chain that the job is for. */
  rpcUrl: httpUrl,
  /** The rendered job, TOML. */
  jobFile: z.string().min(1),
  /** Bridges: the name in the job → the adapter's URL. */
  bridges: z.record(z.string(), httpUrl),
  /** File with the sender's private key: 0x and 64 hexadecimal digits. */
  keyFile: z.string().min(1),
  /** Where runs are resumed: what the `responseURL` of an asynchronous bridge points to. Port 0 takes a free one. */
  listen: z.strictObject({ host: z.string().default("127.0.0.1"), port: z.int().min(0).max(65_535) }),
  /** First block whose requests are served; by default those after the start. */
  fromBlock: z.int().min(0).optional(),
  /** Pause between two looks at the chain. */
  pollMs: z.int().min(1).max(60_000).default(1_000),
});

export interface RunnerConfig {
  readonly rpcUrl: string;
  /** The rendered job's text. */
  readonly job: string;
  readonly bridges: ReadonlyMap<string, string>;
  readonly privateKey: string;
  readonly listen: { readonly host: string; readonly port: number };
  readonly fromBlock: number | null;
  readonly pollMs: number;
}

function read(what: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new RunnerError("BadConfig", `${what} cannot be read: ${path} (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** @throws RunnerError `BadConfig` */
export function readConfig(path: string): RunnerConfig {
  const text = read("the configuration", path);
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new RunnerError("BadConfig", `${path} is not JSON: ${messageOf(error)}`);
  }
  const checked = configFile.safeParse(parsed);
  if (!checked.success) throw new RunnerError("BadConfig", `${path}:\n${z.prettifyError(checked.error)}`);
  const { rpcUrl, jobFile, bridges, keyFile, listen, fromBlock = null, pollMs } = checked.data;
  const folder = dirname(resolve(path));
  const privateKey = read("the key file", resolve(folder, keyFile)).trim();
  if (!/^0x[0-9a-fA-F]{64}$/.test(privateKey)) {
    throw new RunnerError("BadConfig", "the key file must hold 0x and 64 hexadecimal digits");
  }
  const job = read("the job", resolve(folder, jobFile));
  return { rpcUrl, job, bridges: new Map(Object.entries(bridges)), privateKey, listen, fromBlock, pollMs };
}
