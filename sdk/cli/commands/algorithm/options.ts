import { type Command, InvalidArgumentError } from "commander";
import { DEFAULT_TIMEOUT_MS } from "../../algorithm/load-module.ts";

/** Argument of commands that look at a program: `readProgram` finds it. */
export const PROGRAM = [
  "<program>",
  "a module (.ts, .js), an encoding (.json), a name of the standard library, or the hash of a program that is known",
] as const;

/** For commands that may run a module. */
export function withTimeout(command: Command): Command {
  const byDefault = `default: ${DEFAULT_TIMEOUT_MS / 1_000}`;
  return command.option("--timeout <seconds>", `how long the module may take (${byDefault})`, positiveNumber);
}

export function positiveNumber(text: string): number {
  const value = /^\d{1,9}(\.\d{1,6})?$/.test(text) ? Number(text) : 0;
  if (value <= 0) throw new InvalidArgumentError("It must be a number above zero.");
  return value;
}
