import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Command } from "commander";
import { type Signer, Wallet } from "ethers";
import { SdkError } from "../errors/sdk-error.ts";
import { type Connection, connect, type ProgramSource } from "../network/connect.ts";
import { programsAt } from "../network/find-program.ts";
import { loadNetwork, type NetworkDescription } from "../network/network-file.ts";
import { pathOf, readJson } from "./files.ts";
import type { Io } from "./io.ts";
import { Progress } from "./progress.ts";

/** Options that every command takes. */
export interface GlobalOptions {
  network?: string;
  account?: string;
  home?: string;
  keys?: string;
  json?: boolean;
  debug?: boolean;
}

/** What a command works with; connections are made when first asked for, and closed when the command ends. */
export class CommandContext {
  readonly io: Io;
  readonly options: GlobalOptions;
  readonly progress: Progress;
  #connection: Connection | undefined;

  constructor(io: Io, command: Command) {
    this.io = io;
    this.options = command.optsWithGlobals<GlobalOptions>();
    this.progress = new Progress(io);
  }

  /** Folder of the user's secrets and state. */
  get homeFolder(): string {
    return pathOf(this.io, this.options.home ?? this.io.env.SHAREBRIDGE_HOME ?? join(this.io.home, ".sharebridge"));
  }

  get keyFolder(): string {
    return this.options.keys === undefined ? join(this.homeFolder, "keys") : pathOf(this.io, this.options.keys);
  }

  async connection(): Promise<Connection> {
    if (this.#connection !== undefined) return this.#connection;
    const path = this.options.network ?? this.io.env.SHAREBRIDGE_NETWORK ?? "devnet.json";
    const description = loadNetwork(await readJson(this.io, path, "network file"));
    const folder = dirname(pathOf(this.io, path));
    this.#connection = await connect(description, { programSource: programSourceOf(description, folder) });
    return this.#connection;
  }

  /** Who signs: SHAREBRIDGE_PRIVATE_KEY, or an account of the network file by its name. */
  async signer(): Promise<Signer> {
    const { description, provider } = await this.connection();
    const { account } = this.options;
    const key = this.io.env.SHAREBRIDGE_PRIVATE_KEY;
    if (account !== undefined) {
      const named = Object.hasOwn(description.accounts, account) ? description.accounts[account] : undefined;
      if (named !== undefined) return walletOf(named.privateKey, provider);
      const names = Object.keys(description.accounts).join(", ") || "none";
      throw new SdkError("UnknownAccount", `The network file has no account "${account}". Its accounts: ${names}.`);
    }
    if (key !== undefined && key !== "") return walletOf(key, provider);
    throw new SdkError(
      "NoSigner",
      "Who signs? Give --account NAME (of the network file), or set SHAREBRIDGE_PRIVATE_KEY.",
    );
  }

  close(): void {
    this.progress.endBar();
    this.#connection?.close();
  }
}

function walletOf(privateKey: string, provider: Connection["provider"]): Wallet {
  try {
    return new Wallet(privateKey, provider);
  } catch {
    // The library's error may quote the key.
    throw new SdkError("NoSigner", "The private key is not valid: it must be 0x and 64 hexadecimal digits.");
  }
}

/** `programs` of the network file: a URL, or a folder beside the file. */
function programSourceOf({ programs }: NetworkDescription, folder: string): ProgramSource {
  if (programs === undefined) return async () => null;
  if (/^https?:\/\//.test(programs)) return programsAt(programs);
  return async (hash) => {
    try {
      return new Uint8Array(await readFile(join(resolve(folder, programs), `${hash}.json`)));
    } catch {
      return null;
    }
  };
}
