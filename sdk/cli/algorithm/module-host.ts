/**
 * Runs in a process of its own: imports an author's module and writes what it exports, or why it failed, as one JSON line to
 * file descriptor 3. Who started it decodes the program again: nothing that is written here is trusted.
 */
import { writeSync } from "node:fs";
import { registerHooks } from "node:module";
import { pathToFileURL } from "node:url";
import { type CallSite, callSiteOf } from "@sharebridge/algorithms/language/call-site.ts";
import { encodeProgram } from "@sharebridge/algorithms/language/encode.ts";
import { ProgramError, ValueError } from "@sharebridge/algorithms/language/errors.ts";
import type { Program } from "@sharebridge/algorithms/language/program.ts";

export type HostAnswer =
  | { readonly program: string }
  /** A `ProgramError` or `ValueError`: the language refuses what the module wrote. */
  | { readonly refused: { readonly code: string; readonly message: string; readonly site?: CallSite | undefined } }
  | { readonly failed: { readonly message: string; readonly site?: CallSite | undefined } }
  | { readonly noProgram: string };

const RESULT = 3;

// A module in any folder finds the language: that of this project.
registerHooks({
  resolve: (specifier, context, next) =>
    specifier.startsWith("@sharebridge/")
      ? next(specifier, { ...context, parentURL: import.meta.url })
      : next(specifier, context),
});

async function answerOf(file: string): Promise<HostAnswer> {
  let exported: unknown;
  try {
    exported = ((await import(pathToFileURL(file).href)) as { default?: unknown }).default;
  } catch (error) {
    return failureOf(error);
  }
  if (exported === undefined) return { noProgram: "it has no default export" };
  if (typeof exported !== "object" || exported === null || !("instructions" in exported)) {
    return { noProgram: "its default export is something else" };
  }
  try {
    return { program: new TextDecoder().decode(encodeProgram(exported as Program)) };
  } catch (error) {
    return failureOf(error);
  }
}

function failureOf(error: unknown): HostAnswer {
  if (error instanceof ProgramError || error instanceof ValueError) {
    const { code, message, site } = error;
    return { refused: { code, message, site } };
  }
  if (!(error instanceof Error)) return { failed: { message: `it threw ${String(error).slice(0, 200)}` } };
  return { failed: { message: `${error.name}: ${error.message}`.slice(0, 1_000), site: callSiteOf(error) } };
}

const answer = Buffer.from(`${JSON.stringify(await answerOf(process.argv[2]))}\n`);
for (let written = 0; written < answer.length; ) written += writeSync(RESULT, answer, written);
process.exit(0);
