import { readFile } from "node:fs/promises";
import { MAX_PROGRAM_BYTES, type Program } from "@sharebridge/algorithms/language/program.ts";
import { library } from "@sharebridge/algorithms/library/index.ts";
import { SdkError } from "../../errors/sdk-error.ts";
import { findProgram } from "../../network/find-program.ts";
import type { CommandContext } from "../command-context.ts";
import { fileSize, pathOf } from "../files.ts";
import { checkedProgram, loadModule } from "./load-module.ts";

/** What a command is told to look at, and how long a module may take. */
export interface ProgramFlags {
  /** Seconds. */
  timeout?: number;
}

/**
 * The program of the standard library with this name; of a module (`.ts`, `.mts`, `.js`, `.mjs`); of a file with its canonical
 * encoding (`.json`); or with a hash: then from the standard library or where the network file says.
 */
export async function readProgram(context: CommandContext, subject: string, flags: ProgramFlags): Promise<Program> {
  const { io } = context;
  const standard = library.get(subject);
  if (standard !== undefined) return standard;
  if (/^0x[0-9a-fA-F]{64}$/.test(subject)) return byHash(context, subject.toLowerCase());
  if (/\.m?[jt]s$/.test(subject)) {
    return loadModule(io, subject, flags.timeout === undefined ? undefined : flags.timeout * 1_000);
  }
  if (!subject.endsWith(".json")) {
    throw new SdkError(
      "Usage",
      `${subject} is none of a name of the standard library, a module (.ts, .js), an encoding (.json) and a hash (0x and 64 digits).`,
    );
  }
  await fileSize(io, subject, "program's encoding", MAX_PROGRAM_BYTES + 1);
  const bytes = await readFile(pathOf(io, subject));
  // An editor's last line break is not part of the program.
  return checkedProgram(new Uint8Array(bytes.subarray(0, bytes.at(-1) === 0x0a ? -1 : bytes.length)));
}

/** The library needs no network. */
async function byHash(context: CommandContext, hash: string): Promise<Program> {
  const inLibrary = await findProgram({ programSource: async () => null }, hash).catch((error: unknown) => {
    if (error instanceof SdkError && error.code === "UnknownProgram") return null;
    throw error;
  });
  return inLibrary ?? findProgram(await context.connection(), hash);
}
