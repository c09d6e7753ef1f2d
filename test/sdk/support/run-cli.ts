/** A command line in this process, and what it printed. */
import type { Io } from "@sharebridge/sdk/cli/io.ts";
import { runCli } from "@sharebridge/sdk/cli/run-cli.ts";

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** stdout as the one JSON document that it must be with --json. */
  // biome-ignore lint/suspicious/noExplicitAny: a JSON document of any command
  readonly document: any;
}

/** @param folder the user's home, and where they are */
export async function ran(
  line: string,
  folder: string,
  { env = {}, signal = new AbortController().signal }: Partial<Pick<Io, "env" | "signal">> = {},
): Promise<Ran> {
  const printed = { out: "", err: "" };
  const code = await runCli(line.split(" "), {
    stdout: (text) => {
      printed.out += text;
    },
    stderr: (text) => {
      printed.err += text;
    },
    ...{ env, home: folder, workingFolder: folder, isTerminal: false, signal },
  });
  return { code, ...printed, document: line.includes("--json") ? JSON.parse(printed.out) : undefined };
}
