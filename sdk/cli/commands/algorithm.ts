import { Command } from "commander";
import type { Run } from "../run-cli.ts";
import { checkCommand } from "./algorithm/check.ts";
import { costCommand } from "./algorithm/cost.ts";
import { disclosureCommand } from "./algorithm/disclosure.ts";
import { inspectCommand } from "./algorithm/inspect.ts";
import { newCommand } from "./algorithm/new.ts";

/** For authors, and for whoever reads what they wrote. */
export function algorithmCommand(run: Run): Command {
  const command = new Command("algorithm").description("write an algorithm, check it, try it, register it");
  for (const verb of [newCommand, checkCommand, inspectCommand, costCommand, disclosureCommand])
    command.addCommand(verb(run));
  return command;
}
