import { Command } from "commander";
import type { Run } from "../run-cli.ts";
import { checkCommand } from "./algorithm/check.ts";
import { costCommand } from "./algorithm/cost.ts";
import { disclosureCommand } from "./algorithm/disclosure.ts";
import { inspectCommand } from "./algorithm/inspect.ts";
import { newCommand } from "./algorithm/new.ts";
import { registerCommand } from "./algorithm/register.ts";
import { runCommand } from "./algorithm/run.ts";

/** For authors, and for whoever reads what they wrote. */
export function algorithmCommand(run: Run): Command {
  const command = new Command("algorithm").description("write an algorithm, check it, try it, register it");
  const verbs = [newCommand, checkCommand, inspectCommand, runCommand, costCommand, disclosureCommand, registerCommand];
  for (const verb of verbs) command.addCommand(verb(run));
  return command;
}
