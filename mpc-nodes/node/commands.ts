/** What the command line does, without the command line: each command takes a folder and writes to `print`. */
import { readFileSync } from "node:fs";
import { decodeProgram } from "@sharebridge/algorithms/language/encode.ts";
import { MAX_PROGRAM_BYTES } from "@sharebridge/algorithms/language/program.ts";
import type { ChainReader } from "../chain/chain-reader.ts";
import { createProvider } from "../chain/rpc-chain-reader.ts";
import { approveByRule, approveProgram, checkRegistration, type Operator, revokeProgram } from "./approval.ts";
import { ApprovalError } from "./approval-error.ts";
import { type ApprovalRule, allowedPrograms, RULES_FILE, readRules } from "./approval-rules.ts";
import { FileError } from "./file-error.ts";
import { openChainFor, openStore } from "./folder.ts";
import { requireBytes32 } from "./ids.ts";
import { createKeys, loadKeys, publicIdentity } from "./keys.ts";
import { createLog, type Log } from "./log.ts";
import { type RunningNode, startNode } from "./node.ts";
import { connectToPeers } from "./peers.ts";
import { reviewProgram } from "./review.ts";
import { RuleApprovals } from "./rule-approvals.ts";
import { readSettings, type Settings } from "./settings.ts";

export type Print = (line: string) => void;
type Environment = Readonly<Record<string, string | undefined>>;

/** Creates keys in the folder and prints what the committee registry is told about this node, as JSON. */
export async function init(folder: string, print: Print): Promise<void> {
  print(JSON.stringify(publicIdentity(await createKeys(folder)), null, 2));
}

/** Prints the public identity of keys that exist, as JSON. */
export function identity(folder: string, print: Print): void {
  print(JSON.stringify(publicIdentity(loadKeys(folder)), null, 2));
}

export async function start(folder: string, environment: Environment): Promise<RunningNode> {
  const settings = readSettings(folder, environment);
  const rules = readRules(folder);
  const keys = loadKeys(folder);
  const log = createLog(settings.logLevel);
  const store = openStore(folder, keys);
  const chain = await openChainFor(settings).catch(async (error: unknown) => {
    await store.close();
    throw error;
  });
  const connect = connectToPeers.bind(null, settings, keys, log);
  const approvals = await ruleApprovals(rules, { settings, keys, chain, store, log });
  return startNode({ settings, keys, chain, store, log, connect, rules: approvals });
}

/** Undefined when there are no rules: no transaction is ever sent then. */
async function ruleApprovals(
  rules: readonly ApprovalRule[],
  parts: Pick<Operator, "keys" | "chain" | "store"> & { readonly settings: Settings; readonly log: Log },
): Promise<RuleApprovals | undefined> {
  if (rules.length === 0) return undefined;
  const { settings, keys, chain, store, log } = parts;
  const { committeeId } = settings;
  return new RuleApprovals({
    allowed: await allowedPrograms(rules),
    async approve(program, signal) {
      const provider = createProvider(settings.rpcUrl, BigInt(settings.chainId));
      signal.addEventListener("abort", () => provider.destroy(), { once: true });
      try {
        await approveByRule({ keys, committeeId, chain, provider }, program);
      } finally {
        provider.destroy();
      }
    },
    isRevoked: (hash) => store.isRevoked(hash),
    log,
  });
}

/**
 * Prints the program for review and who registered it, asks, then approves it on chain and in the store; with `dryRun` only
 * prints. Throws `Declined` when the answer is no.
 */
export async function approve(
  folder: string,
  file: string,
  options: {
    readonly dryRun: boolean;
    readonly environment: Environment;
    readonly confirm: (question: string) => Promise<boolean>;
  },
  print: Print,
): Promise<void> {
  const review = await reviewProgram(readProgramFile(file));
  print(review.text);
  if (options.dryRun) return;
  await withOperator(folder, options.environment, async (operator) => {
    const { author } = await checkRegistration(operator, review);
    print(`\nRegistered by ${author}, who earns the author's share of every answer.`);
    if (!(await options.confirm(`Let this node compute ${review.program.name} (${review.hash})?`))) {
      throw new ApprovalError("Declined", "nothing was approved: the answer was not yes");
    }
    const { seat, sent } = await approveProgram(operator, review, Date.now());
    const how = sent ? "approved on chain" : "was approved on chain before";
    print(`\nProgram ${review.program.name} (${review.hash}) ${how} by seat ${seat}; this node computes it.`);
  });
}

export async function revoke(folder: string, hashText: string, environment: Environment, print: Print): Promise<void> {
  const hash = requireBytes32("a program's hash", hashText);
  await withOperator(folder, environment, async (operator) => {
    const { seat, sent, wasStored } = await revokeProgram(operator, hash);
    const here = wasStored
      ? "this node computes it no more"
      : "this node did not hold it, and no rule allows it from now on";
    const there = sent ? "the approval is revoked on chain" : "there was no approval on chain";
    print(`Program ${hash}: ${here}; ${there} (seat ${seat}).`);
  });
}

/** Lists what this node computes: hash, name, since when or by which rule. Asks no chain. */
export async function programs(folder: string, print: Print): Promise<void> {
  const allowed = await allowedPrograms(readRules(folder));
  const store = openStore(folder, loadKeys(folder));
  try {
    for (const { hash, text, approvedAtUnixMs } of await store.programs()) {
      print(
        `${hash}  ${decodeProgram(new TextEncoder().encode(text)).name}  approved ${new Date(approvedAtUnixMs).toISOString()}`,
      );
      allowed.delete(hash);
    }
    for (const { hash, program, rule } of allowed.values()) {
      if (!(await store.isRevoked(hash))) print(`${hash}  ${program.name}  allowed by rule ${rule} of ${RULES_FILE}`);
    }
  } finally {
    await store.close();
  }
}

async function withOperator(
  folder: string,
  environment: Environment,
  work: (operator: Operator) => Promise<void>,
): Promise<void> {
  const settings = readSettings(folder, environment);
  const keys = loadKeys(folder);
  const store = openStore(folder, keys);
  const provider = createProvider(settings.rpcUrl, BigInt(settings.chainId));
  let chain: ChainReader | undefined;
  try {
    chain = await openChainFor(settings);
    await work({ keys, committeeId: settings.committeeId, chain, store, provider });
  } finally {
    chain?.close();
    provider.destroy();
    await store.close();
  }
}

function readProgramFile(file: string): Uint8Array {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch {
    throw new FileError(`${file} cannot be read: name the file with the program's canonical encoding`);
  }
  // An editor's last line break is not part of the program.
  const end = bytes.at(-1) === 0x0a ? bytes.length - 1 : bytes.length;
  if (end > MAX_PROGRAM_BYTES)
    throw new FileError(`${file} has ${end} bytes; a program has at most ${MAX_PROGRAM_BYTES}`);
  return new Uint8Array(bytes.subarray(0, end));
}
