import { mkdirSync } from "node:fs";
import { AdapterConfig } from "@chainlink/external-adapter-framework/config/index.js";
import { getAddress, isAddress } from "ethers";
import { frameworkDefaults, settingsDefinition } from "./definition.ts";

export type Definition = typeof settingsDefinition;

/** The settings as the adapter uses them: parsed, in their units. */
export interface Settings {
  readonly rpcUrl: string;
  readonly chainId: bigint;
  readonly factoryAddress: string;
  readonly committeeIds: ReadonlySet<bigint>;
  readonly dataDir: string;
  readonly resumeAllowedOrigins: ReadonlySet<string>;
  /** Secret; empty when callers need none. */
  readonly requiredAuthorization: string;
  readonly fromBlock: number;
  readonly logRangeBlocks: number;
  readonly requestLookupMs: number;
  readonly syncWaitMs: number;
  readonly computationTimeoutMs: number;
  readonly nodeTimeoutMs: number;
  readonly nodePollMs: number;
  readonly queueLimit: number;
  readonly answersKept: number;
  readonly deliveryTimeoutMs: number;
  readonly deliveryBackoffMs: number;
  readonly deliveryBackoffMaxMs: number;
  readonly deliveryRetryForMs: number;
  readonly deliveryNotFoundForMs: number;
}

/** Thrown at start with every bad setting in `problems`, by name; never with a value that is secret. */
export class SettingsError extends Error {
  readonly code = "BadSettings";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `the adapter cannot start; set these environment variables right:\n${problems.map((p) => `  ${p}`).join("\n")}`,
    );
    this.name = "SettingsError";
    this.problems = problems;
  }
}

const listOf = (text: string): string[] =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");

function isOrigin(text: string): boolean {
  try {
    const url = new URL(text);
    return (
      (url.protocol === "http:" || url.protocol === "https:") && (text === url.origin || text === `${url.origin}/`)
    );
  } catch {
    return false;
  }
}

/** The framework skips 0 and NaN when it validates, so every rule is applied here again. */
function problemsOf(values: Record<string, unknown>): string[] {
  const problems: string[] = [];
  for (const [name, setting] of Object.entries(settingsDefinition)) {
    const value = values[name];
    if (value === undefined || value === null) {
      if ("required" in setting) problems.push(`${name}: is required (${setting.description})`);
    } else if (setting.type === "number" && !Number.isSafeInteger(value)) {
      problems.push(`${name}: must be a whole number`);
    } else if ("validate" in setting) {
      const problem = setting.validate.fn(value as never);
      // The framework's sentence quotes the value.
      if (problem)
        problems.push(`${name}: ${"sensitive" in setting && setting.sensitive ? "is not of the right form" : problem}`);
    }
  }
  if (typeof values.FACTORY_ADDRESS === "string" && !isAddress(values.FACTORY_ADDRESS)) {
    problems.push("FACTORY_ADDRESS: must be an address, 0x and 40 hexadecimal digits");
  }
  if (typeof values.COMMITTEE_IDS === "string") {
    const ids = listOf(values.COMMITTEE_IDS);
    if (ids.length === 0 || !ids.every((id) => /^[0-9]{1,78}$/.test(id))) {
      problems.push("COMMITTEE_IDS: must be at least one number, comma separated, e.g. 1,2");
    }
  }
  if (typeof values.RESUME_ALLOWED_ORIGINS === "string" && !listOf(values.RESUME_ALLOWED_ORIGINS).every(isOrigin)) {
    problems.push("RESUME_ALLOWED_ORIGINS: must be origins (scheme, host, port; no path), e.g. http://chainlink:6688");
  }
  if (typeof values.REQUIRED_AUTHORIZATION === "string" && !isHeaderSecret(values.REQUIRED_AUTHORIZATION)) {
    problems.push("REQUIRED_AUTHORIZATION: must be 16 to 1,000 printable ASCII characters, without spaces at its ends");
  }
  return problems;
}

/** What an HTTP header can hold and nobody guesses; or nothing. */
const isHeaderSecret = (text: string): boolean => text === "" || /^[!-~][ -~]{14,998}[!-~]$/.test(text);

/**
 * Reads the environment.
 *
 * @returns the framework's config object, and the settings as the adapter uses them
 * @throws SettingsError with all bad settings at once
 */
export function readSettings(): { config: AdapterConfig<Definition>; settings: Settings } {
  const config = new AdapterConfig<Definition>(settingsDefinition, { envDefaultOverrides: frameworkDefaults });
  config.initialize();
  const values = config.settings;
  const problems = problemsOf(values as Record<string, unknown>);
  if (problems.length > 0) throw new SettingsError(problems);
  try {
    mkdirSync(values.DATA_DIR, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new SettingsError([`DATA_DIR: the folder cannot be made (${(error as NodeJS.ErrnoException).code})`]);
  }
  return {
    config,
    settings: {
      rpcUrl: values.RPC_URL,
      chainId: BigInt(values.CHAIN_ID),
      factoryAddress: getAddress(values.FACTORY_ADDRESS),
      committeeIds: new Set(listOf(values.COMMITTEE_IDS).map(BigInt)),
      dataDir: values.DATA_DIR,
      resumeAllowedOrigins: new Set(listOf(values.RESUME_ALLOWED_ORIGINS).map((origin) => new URL(origin).origin)),
      requiredAuthorization: values.REQUIRED_AUTHORIZATION,
      fromBlock: values.FROM_BLOCK,
      logRangeBlocks: values.LOG_RANGE_BLOCKS,
      requestLookupMs: values.REQUEST_LOOKUP_MS,
      syncWaitMs: values.SYNC_WAIT_MS,
      computationTimeoutMs: values.COMPUTATION_TIMEOUT_MS,
      nodeTimeoutMs: values.NODE_TIMEOUT_MS,
      nodePollMs: values.NODE_POLL_MS,
      queueLimit: values.QUEUE_LIMIT,
      answersKept: values.ANSWERS_KEPT,
      deliveryTimeoutMs: values.DELIVERY_TIMEOUT_MS,
      deliveryBackoffMs: values.DELIVERY_BACKOFF_MS,
      deliveryBackoffMaxMs: values.DELIVERY_BACKOFF_MAX_MS,
      deliveryRetryForMs: values.DELIVERY_RETRY_FOR_MS,
      deliveryNotFoundForMs: values.DELIVERY_NOT_FOUND_FOR_MS,
    },
  };
}
