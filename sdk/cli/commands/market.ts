import { Command } from "commander";
import type { Run } from "../run-cli.ts";
import { createMarketCommand } from "./market/create.ts";

export function marketCommand(run: Run): Command {
  return new Command("market")
    .description("make markets (those that there are: sharebridge algorithms)")
    .addCommand(createMarketCommand(run));
}
