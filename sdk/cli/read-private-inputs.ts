import { z } from "zod";
import { SdkError } from "../errors/sdk-error.ts";
import { readJson } from "./files.ts";
import type { Io } from "./io.ts";

const file = z.record(z.string(), z.union([z.string(), z.number()]));

/**
 * Private inputs by name, from a JSON file such as `{ "weight": "0.5" }`. They are no option of the command line: its words can be read by every user of
 * the machine, and stay in the shell's history. No error shows what the file holds.
 */
export async function readPrivateInputs(io: Io, path: string | undefined): Promise<Record<string, string>> {
  if (path === undefined) return {};
  const parsed = file.safeParse(await readJson(io, path, "file of private inputs"));
  if (parsed.success) {
    return Object.fromEntries(Object.entries(parsed.data).map(([name, value]) => [name, String(value)]));
  }
  const message = `The file of private inputs ${path} must be a JSON object of names and numbers, such as {"weight": "0.5"}.`;
  throw new SdkError("InvalidPrivateInputs", message);
}
