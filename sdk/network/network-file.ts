import { getAddress, isAddress } from "ethers";
import { z } from "zod";
import { SdkError } from "../errors/sdk-error.ts";

const address = z
  .string()
  .refine((text) => isAddress(text), "must be an address (0x and 40 hexadecimal digits)")
  .transform((text) => getAddress(text));

/** Names in the file are for people; anything that it holds beyond these members is left alone. */
const networkFileSchema = z.object({
  /** JSON-RPC of the chain, http or https. */
  rpcUrl: z.url({ protocol: /^https?$/ }),
  chainId: z.int().positive(),
  /** The root: registries are read from it, and checked against the file where it names them. */
  factory: address,
  datasets: address.optional(),
  algorithms: address.optional(),
  committees: address.optional(),
  /** The LINK token, where the gateway takes an oracle fee. */
  link: address.optional(),
  token: address.optional(),
  /** The oracle gateway that buyers' LINK may go to: a market names its own, and could name any contract. */
  gateway: address.optional(),
  committeeId: z.union([z.int().min(0), z.string().regex(/^\d+$/)]).optional(),
  /** Markets by a name that commands accept in place of the address. */
  markets: z.record(z.string(), address).default({}),
  /** Block of the deployment: events are read from here on. */
  fromBlock: z.int().min(0).default(0),
  /** Test accounts by name. Only for development: a real key belongs in SHAREBRIDGE_PRIVATE_KEY or a wallet. */
  accounts: z
    .record(z.string(), z.object({ address, privateKey: z.string().regex(/^0x[0-9a-fA-F]{64}$/, "must be 32 bytes") }))
    .default({}),
  /** Where programs lie as `<hash>.json`: a URL, or a folder (relative to the file). */
  programs: z.string().optional(),
});

/** A deployment, as `npm run devnet` writes it to devnet.json. */
export type NetworkDescription = z.infer<typeof networkFileSchema>;

/**
 * Checks a network description, wherever it comes from.
 *
 * @example
 * const description = loadNetwork(JSON.parse(await readFile("devnet.json", "utf8")));
 *
 * @throws SdkError InvalidNetworkFile, naming each wrong member.
 */
export function loadNetwork(value: unknown): NetworkDescription {
  const parsed = networkFileSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `${issue.path.join(".") || "the file"}: ${issue.message}`);
  throw new SdkError(
    "InvalidNetworkFile",
    `The network file is not valid. ${issues.slice(0, 8).join("; ")}. Run "npm run devnet" to write one.`,
  );
}

/** The address that a name or an address stands for. Throws UnknownMarket with the names that there are. */
export function marketAddress(description: NetworkDescription, nameOrAddress: string): string {
  const text: string = nameOrAddress;
  const named = Object.hasOwn(description.markets, nameOrAddress) ? description.markets[nameOrAddress] : undefined;
  if (named !== undefined) return named;
  if (isAddress(nameOrAddress)) return getAddress(nameOrAddress);
  const names = Object.keys(description.markets).join(", ") || "none";
  throw new SdkError(
    "UnknownMarket",
    `"${text.slice(0, 80)}" is neither an address nor a market of the network file (it names: ${names}).`,
  );
}
