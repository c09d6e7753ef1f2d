import { Command, CommanderError } from "commander";
import { explainError } from "../errors/explain-error.ts";
import { SdkError } from "../errors/sdk-error.ts";
import { CommandContext } from "./command-context.ts";
import { algorithmCommand } from "./commands/algorithm.ts";
import { algorithmsCommand } from "./commands/algorithms.ts";
import { cancelCommand } from "./commands/cancel.ts";
import { deliverCommand } from "./commands/deliver.ts";
import { earningsCommand } from "./commands/earnings.ts";
import { leaveCommand } from "./commands/leave.ts";
import { marketCommand } from "./commands/market.ts";
import { policyCommand } from "./commands/policy.ts";
import { publishCommand } from "./commands/publish.ts";
import { removeExhaustedCommand } from "./commands/remove-exhausted.ts";
import { requestCommand } from "./commands/request.ts";
import { resultCommand } from "./commands/result.ts";
import { schemaCommand } from "./commands/schema.ts";
import { verifyCommand } from "./commands/verify.ts";
import { withdrawCommand } from "./commands/withdraw.ts";
import type { Io } from "./io.ts";
import { errorDocument, jsonText } from "./output.ts";

/** Exit codes, documented in --help and in the README. */
export const ExitCode = { ok: 0, failed: 1, usage: 2 } as const;

/** Runs a command's work; what it returns is its document for --json and its exit code. */
export type Run = <T>(command: Command, work: (context: CommandContext) => Promise<Outcome<T>>) => Promise<void>;

export interface Outcome<T> {
  /** What --json prints. */
  readonly document: T;
  /** What is printed otherwise. */
  readonly text: string;
  /** False for an answer that was found but is bad (`verify`): exit code 1. */
  readonly ok?: boolean;
}

/**
 * Runs one command line and returns its exit code. Never throws, never ends the process.
 *
 * @example
 * process.exitCode = await runCli(process.argv.slice(2), io);
 */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  let exitCode: number = ExitCode.ok;
  const run: Run = async (command, work) => {
    const context = new CommandContext(io, command);
    const { json = false, debug = false } = context.options;
    try {
      const { document, text, ok = true } = await work(context);
      context.progress.endBar();
      io.stdout(json ? jsonText(document) : text);
      if (!ok) exitCode = ExitCode.failed;
    } catch (reason) {
      context.progress.endBar();
      const error = explainError(reason);
      exitCode = error.code === "Usage" ? ExitCode.usage : ExitCode.failed;
      if (json) io.stdout(jsonText(errorDocument(error)));
      else io.stderr(errorText(error));
      if (debug) io.stderr(debugText(error));
    } finally {
      context.close();
    }
  };
  try {
    await buildProgram(io, run).parseAsync([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version end with 0; everything else that the parser refuses is a usage error, printed already.
    exitCode = error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
    if (exitCode === ExitCode.usage && args.includes("--json")) {
      io.stdout(jsonText(errorDocument(new SdkError("Usage", error.message))));
    }
  }
  return exitCode;
}

function buildProgram(io: Io, run: Run): Command {
  const program = new Command("sharebridge")
    .description("Sell answers about data that you never show, and buy them.")
    .version("0.1.0")
    .option("--network <file>", "the deployment; also SHAREBRIDGE_NETWORK (default: devnet.json)")
    .option("--account <name>", "sign as this account of the network file; else SHAREBRIDGE_PRIVATE_KEY signs")
    .option("--home <folder>", "keys and state; also SHAREBRIDGE_HOME (default: ~/.sharebridge)")
    .option("--json", "print one JSON document on stdout and nothing else there")
    .option("--debug", "with an error, also print where it came from")
    .addHelpText(
      "after",
      `
Exit codes: 0 done; 1 refused, failed, or an answer that does not verify; 2 the command line is wrong.

Examples:
  $ sharebridge schema infer wages.csv --market payGap > schema.json
  $ sharebridge policy example --market payGap > policy.json
  $ sharebridge publish wages.csv --schema schema.json --policy policy.json --market payGap --account seller2
  $ sharebridge request --market payGap --wait --account buyer
  $ sharebridge verify 0x…
  $ sharebridge algorithm new mean_wage

Operators: sharebridge node approve|revoke|list|start … (sharebridge node --help).`,
    );
  const commands = [
    schemaCommand,
    policyCommand,
    algorithmsCommand,
    algorithmCommand,
    marketCommand,
    publishCommand,
    leaveCommand,
    removeExhaustedCommand,
    earningsCommand,
    withdrawCommand,
    requestCommand,
    resultCommand,
    verifyCommand,
    cancelCommand,
    deliverCommand,
  ];
  for (const command of commands) program.addCommand(command(run));
  inherit(program, (command) => {
    command.exitOverride();
    command.configureOutput({ writeOut: (text) => io.stdout(text), writeErr: (text) => io.stderr(text) });
    command.showHelpAfterError("(--help shows how it is used)");
  });
  return program;
}

function inherit(command: Command, settings: (command: Command) => void): void {
  settings(command);
  for (const child of command.commands) inherit(child, settings);
}

/** The sentence, and on the user's own terminal also the table's text that it is about. */
function errorText(error: SdkError): string {
  const shown =
    error.privateText === undefined ? "" : `The cell holds: ${JSON.stringify(error.privateText.slice(0, 80))}\n`;
  return `Error: ${error.message}\n${shown}`;
}

function debugText(error: Error): string {
  const cause = error.cause instanceof Error ? `Caused by: ${error.cause.stack ?? error.cause.message}\n` : "";
  return `${error.stack ?? error.message}\n${cause}`;
}
