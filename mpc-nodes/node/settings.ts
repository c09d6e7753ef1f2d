/**
 * The settings of a node, as one table: what `node.json` and the environment may say, what each means, what it must be.
 *
 * A value comes from the environment, else from `node.json`, else from the default. All bad settings are reported
 * together; none is repaired.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { SettingsError } from "./settings-error.ts";

interface Setting<Schema extends z.ZodType> {
  readonly schema: Schema;
  /** Undefined when the operator must say it. */
  readonly default?: z.input<Schema>;
  readonly description: string;
  /** True when the value must not be printed or logged. */
  readonly secret: boolean;
}

const setting = <Schema extends z.ZodType>(
  schema: Schema,
  description: string,
  rest: { default?: z.input<Schema>; secret?: boolean } = {},
): Setting<Schema> => ({ schema, description, secret: false, ...rest });

const integer = (minimum: number, maximum: number) =>
  z.int(`must be a whole number from ${minimum} to ${maximum}`).min(minimum).max(maximum);
const host = z.string().min(1, "must name a host or an IP address").max(253);
const port = integer(0, 65_535);
const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/, "must be an address, 0x and 40 hex digits");
const id = z.union([z.int().min(0), z.string().regex(/^[0-9]{1,78}$/, "must be a whole number")]).transform(BigInt);
const url = z.string().regex(/^https?:\/\/[^\s]+$/, "must be an http or https URL");

export const SETTINGS_FILE = "node.json";
export const ENVIRONMENT_PREFIX = "SHAREBRIDGE_NODE_";

/** Names with a dot are members of an object in `node.json`: `"http": {"host": …}`. */
export const settingsTable = {
  rpcUrl: setting(url, "JSON-RPC endpoint of the chain; it may contain a provider's access key", { secret: true }),
  chainId: setting(
    integer(1, Number.MAX_SAFE_INTEGER),
    "Chain id that the endpoint must serve; with another the node refuses to start",
  ),
  factory: setting(address, "DataMarketFactory: the root from which registries and markets are found"),
  committeeId: setting(id, "Committee in which this node has a seat"),
  fromBlock: setting(
    integer(0, Number.MAX_SAFE_INTEGER),
    "Block of the factory's deployment: nothing earlier is read",
    { default: 0 },
  ),
  confirmations: setting(
    integer(0, 10_000),
    "Blocks that must follow before the node acts on what a block says; 0 acts on the latest block",
    { default: 1 },
  ),
  maxLogRange: setting(integer(1, 10_000_000), "Most blocks that one eth_getLogs call asks for", { default: 10_000 }),
  "http.host": setting(host, "Where the HTTP side listens", { default: "127.0.0.1" }),
  "http.port": setting(port, "Port of the HTTP side", { default: 7_001 }),
  "peer.host": setting(host, "Where the node listens for its peers (TLS 1.3)", { default: "127.0.0.1" }),
  "peer.port": setting(port, "Port for peers", { default: 7_101 }),
  maxUploadBytes: setting(integer(1_024, 1_073_741_824), "Largest body of a dataset upload", { default: 134_217_728 }),
  maxConcurrentUploads: setting(
    integer(1, 1_000),
    "Uploads that are held in memory at once; further ones are told to come back",
    { default: 4 },
  ),
  maxStoredBytes: setting(
    integer(1_024, Number.MAX_SAFE_INTEGER),
    "Most that all stored datasets may take on the disk",
    {
      default: 68_719_476_736,
    },
  ),
  maxStoredBytesPerOwner: setting(
    integer(1_024, Number.MAX_SAFE_INTEGER),
    "Share of these that the datasets of one owner can take",
    { default: 4_294_967_296 },
  ),
  maxQueuedRequests: setting(
    integer(1, 10_000),
    "Requests that are checked or computed at once; further ones are told to come back",
    { default: 16 },
  ),
  maxRequestsPerBuyer: setting(integer(1, 10_000), "Share of these that one buyer can take", { default: 8 }),
  maxShareMemoryBytes: setting(
    integer(67_108_864, 4_294_967_296),
    "Most memory for the shares of all computations under way; one that does not fit fails by name",
    { default: 4_294_967_296 },
  ),
  minimumFee: setting(
    id,
    "Least fee for one request, this seat's quarter of the committee's part of the price, in the smallest unit of the market's token; less is refused",
    { default: 0 },
  ),
  sessionTimeoutMs: setting(integer(100, 3_600_000), "Longest wait for a peer within a computation", {
    default: 60_000,
  }),
  deadlineMarginS: setting(
    integer(0, 86_400),
    "Nothing is begun or signed in the last seconds before a request's deadline",
    { default: 10 },
  ),
  logLevel: setting(
    z.enum(["silent", "fatal", "error", "warn", "info", "debug", "trace"]),
    "Least severity that is logged",
    { default: "info" },
  ),
} as const;

type Table = typeof settingsTable;
export type SettingName = keyof Table;
export type Settings = { readonly [Name in SettingName]: z.output<Table[Name]["schema"]> };

/** `http.port` → `SHAREBRIDGE_NODE_HTTP_PORT`. */
export function environmentName(name: string): string {
  return (
    ENVIRONMENT_PREFIX +
    name
      .replace(/([a-z])([A-Z])/g, "$1_$2")
      .replaceAll(".", "_")
      .toUpperCase()
  );
}

/** Reads `node.json` in the node's folder with the overrides of `environment`. Throws `SettingsError` naming all that is wrong. */
export function readSettings(folder: string, environment: Readonly<Record<string, string | undefined>>): Settings {
  const file = join(folder, SETTINGS_FILE);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    throw new SettingsError([`${file} cannot be read: write the node's settings there`]);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new SettingsError([`${file} is not JSON`]);
  }
  return parseSettings(json, environment);
}

/** @param json What `node.json` holds. */
export function parseSettings(json: unknown, environment: Readonly<Record<string, string | undefined>> = {}): Settings {
  const problems: string[] = [];
  const given = flatten(json, problems);
  for (const [name, value] of overrides(environment, problems)) given.set(name, value);
  const settings: Record<string, unknown> = {};
  for (const [name, { schema, default: byDefault, secret }] of Object.entries(settingsTable) as [
    SettingName,
    Setting<z.ZodType>,
  ][]) {
    const value = given.has(name) ? given.get(name) : byDefault;
    if (value === undefined) {
      problems.push(`${name} is missing (or ${environmentName(name)})`);
      continue;
    }
    const parsed = schema.safeParse(value);
    if (parsed.success) settings[name] = parsed.data;
    else problems.push(`${name} ${parsed.error.issues[0]?.message}${secret ? "" : `, not ${JSON.stringify(value)}`}`);
  }
  if (problems.length > 0) throw new SettingsError(problems);
  return settings as Settings;
}

/** `{http: {port: 1}}` → `http.port: 1`. Names that are not in the table are problems. */
function flatten(json: unknown, problems: string[]): Map<string, unknown> {
  const flat = new Map<string, unknown>();
  const visit = (value: unknown, prefix: string) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      problems.push(`${prefix === "" ? SETTINGS_FILE : prefix} must be an object`);
      return;
    }
    for (const [member, inner] of Object.entries(value)) {
      const name = prefix === "" ? member : `${prefix}.${member}`;
      if (Object.hasOwn(settingsTable, name)) flat.set(name, inner);
      else if (Object.keys(settingsTable).some((known) => known.startsWith(`${name}.`))) visit(inner, name);
      else problems.push(`${name} is not a setting`);
    }
  };
  visit(json, "");
  return flat;
}

/** Numbers arrive as text: what looks like a whole number is one. A name with the prefix that fits no setting is a problem. */
function* overrides(
  environment: Readonly<Record<string, string | undefined>>,
  problems: string[],
): Generator<[string, unknown]> {
  const names = new Map(Object.keys(settingsTable).map((name) => [environmentName(name), name]));
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith(ENVIRONMENT_PREFIX) || text === undefined) continue;
    const name = names.get(variable);
    if (name === undefined) problems.push(`${variable} is not a setting`);
    else yield [name, /^[0-9]{1,15}$/.test(text) ? Number(text) : text];
  }
}
