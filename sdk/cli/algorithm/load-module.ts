import { type ChildProcess, spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { analyse } from "@sharebridge/algorithms/language/analysis.ts";
import { decodeProgram } from "@sharebridge/algorithms/language/encode.ts";
import { ProgramError } from "@sharebridge/algorithms/language/errors.ts";
import { MAX_PROGRAM_BYTES, type Program } from "@sharebridge/algorithms/language/program.ts";
import { z } from "zod";
import { SdkError } from "../../errors/sdk-error.ts";
import { fileSize, pathOf } from "../files.ts";
import type { Io } from "../io.ts";
import { placeText, refusedProgram } from "./refused-program.ts";

/** How long a module may take to be imported and traced. */
export const DEFAULT_TIMEOUT_MS = 30_000;

/** An encoding, escaped as a JSON string once more. */
const MAXIMUM_ANSWER_BYTES = 2 * MAX_PROGRAM_BYTES + 4_096;
/** What a module prints is shown up to here. */
const MAXIMUM_PRINTED_BYTES = 65_536;
const MAXIMUM_HEAP_MB = 1_024;

const host = fileURLToPath(import.meta.resolve("./module-host.ts"));
/** Where the language and its libraries lie. */
const project = fileURLToPath(new URL("../../../", import.meta.url));

const site = z.strictObject({ file: z.string(), line: z.int(), column: z.int() }).optional();
const answerSchema = z.union([
  z.strictObject({ program: z.string() }),
  z.strictObject({ refused: z.strictObject({ code: z.string(), message: z.string(), site }) }),
  z.strictObject({ failed: z.strictObject({ message: z.string(), site }) }),
  z.strictObject({ noProgram: z.string() }),
]);

/** Node takes a module for CommonJS where a package.json says so, as `npm init` writes it; the language is not. */
function hintFor(message: string): string {
  if (!/require\(\) ES Module|import statement outside a module/.test(message)) return "";
  return ' The package.json above it makes it a CommonJS module: give it the ending .mts, or set "type": "module" there.';
}

/**
 * The program that a TypeScript or JavaScript module exports by default. The module runs in a process of its own, which gets
 * none of the environment (no key), may read this project and the module's folder, write nothing and start nothing, and is ended
 * after `timeoutMs`. (It may use the network: this is no sandbox for a stranger's module.)
 *
 * @throws SdkError FileUnreadable, ModuleFailed, ModuleTimedOut, NotAProgram, ProgramRefused
 */
export async function loadModule(io: Io, path: string, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<Program> {
  await fileSize(io, path, "module", 4_194_304);
  const answer = await askHost(io, path, timeoutMs);
  if ("failed" in answer) {
    const { message, site } = answer.failed;
    throw new SdkError("ModuleFailed", `The module ${path} failed: ${message}${placeText(site)}${hintFor(message)}`);
  }
  if ("refused" in answer) throw refusedProgram(answer.refused);
  if ("noProgram" in answer) {
    throw new SdkError(
      "NotAProgram",
      `The module ${path} exports no program: ${answer.noProgram}. Write "export default trace(...)".`,
    );
  }
  return checkedProgram(new TextEncoder().encode(answer.program));
}

/** Decodes and analyses: what nodes would refuse is refused here. */
export function checkedProgram(encoding: Uint8Array): Program {
  try {
    const program = decodeProgram(encoding);
    analyse(program);
    return program;
  } catch (error) {
    throw error instanceof ProgramError ? refusedProgram(error) : error;
  }
}

function askHost(io: Io, path: string, timeoutMs: number): Promise<z.infer<typeof answerSchema>> {
  const file = pathOf(io, path);
  const readable = [project, dirname(file)].map((folder) => `--allow-fs-read=${join(folder, "*")}`);
  const flags = ["--permission", ...readable, `--max-old-space-size=${MAXIMUM_HEAP_MB}`];
  const child = spawn(process.execPath, [...flags, host, file], {
    cwd: io.workingFolder,
    env: {},
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  return new Promise((resolve, reject) => {
    let answer = "";
    let failure: SdkError | undefined;
    const fail = (error: SdkError) => {
      failure ??= error;
      child.kill("SIGKILL");
    };
    const timer = setTimeout(
      () =>
        fail(
          new SdkError(
            "ModuleTimedOut",
            `The module ${path} has not ended after ${timeoutMs / 1_000} s. Does it loop for ever? (--timeout gives it longer.)`,
          ),
        ),
      timeoutMs,
    );
    const abort = () => fail(new SdkError("Aborted", "Interrupted while the module ran."));
    io.signal.addEventListener("abort", abort, { once: true });
    showPrinted(io, child);
    child.stdio[3]?.on("data", (chunk: Buffer) => {
      answer += chunk.toString("latin1");
      if (answer.length > MAXIMUM_ANSWER_BYTES) {
        fail(new SdkError("NotAProgram", `The module ${path} exports more than a program can have.`));
      }
    });
    child.once("error", (cause) =>
      fail(new SdkError("ModuleFailed", "The process for the module did not start.", { cause })),
    );
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      io.signal.removeEventListener("abort", abort);
      if (failure !== undefined) return reject(failure);
      try {
        resolve(answerSchema.parse(JSON.parse(Buffer.from(answer, "latin1").toString("utf8"))));
      } catch (cause) {
        const how = signal === null ? `with code ${code}` : `by ${signal}`;
        reject(
          new SdkError(
            "ModuleFailed",
            `The module ${path} ended its process (${how}) before it had exported anything.`,
            {
              cause,
            },
          ),
        );
      }
    });
  });
}

/** What the module prints goes to stderr: stdout has the command's own result. */
function showPrinted(io: Io, child: ChildProcess): void {
  let left = MAXIMUM_PRINTED_BYTES;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      if (left > 0) io.stderr(chunk.subarray(0, left).toString());
      left -= chunk.length;
    });
  }
}
