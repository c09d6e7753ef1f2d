#!/usr/bin/env node
/** The node's command line. Exit codes: 0 done, 1 refused or failed (a sentence on stderr says why), 2 wrong usage. */
import { createInterface } from "node:readline";
import { Command, CommanderError } from "commander";
import { approve, identity, init, programs, revoke, start } from "./commands.ts";
import { describeError } from "./describe-error.ts";
import { environmentName, SETTINGS_FILE, settingsTable } from "./settings.ts";

const FAILED = 1;
const USAGE = 2;

const print = (line: string) => process.stdout.write(`${line}\n`);
const folderOption = ["--folder <folder>", `folder of the node: keys.json, ${SETTINGS_FILE}, node.sqlite`] as const;

/** No line at all is no. */
async function ask(question: string): Promise<boolean> {
  process.stderr.write(`\n${question} Type yes: `);
  for await (const line of createInterface({ input: process.stdin })) return line.trim() === "yes";
  return false;
}

function settingsHelp(): string {
  const lines = Object.entries(settingsTable).map(([name, setting]) => {
    const byDefault = "default" in setting ? `default ${String(setting.default)}` : "required";
    return `  ${name} (${environmentName(name)}): ${setting.description}; ${byDefault}`;
  });
  return `\nSettings in ${SETTINGS_FILE}, or in the environment:\n${lines.join("\n")}`;
}

async function runUntilSignal(folder: string): Promise<void> {
  const node = await start(folder, process.env);
  const stopped = new Promise<null>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve(null));
  });
  const crash = await Promise.race([stopped, node.crashed]);
  await node.stop();
  // Whatever supervises the process starts it again.
  if (crash !== null) throw crash;
}

function commandLine(): Command {
  const program = new Command("sharebridge-node");
  program.description("One of the four nodes of a Sharebridge committee").exitOverride();
  program
    .command("init")
    .description("create the node's keys and print its public identity as JSON")
    .requiredOption(...folderOption)
    .action(({ folder }: { folder: string }) => init(folder, print));
  program
    .command("identity")
    .description("print the public identity as JSON, for the committee registry")
    .requiredOption(...folderOption)
    .action(({ folder }: { folder: string }) => identity(folder, print));
  program
    .command("start")
    .description("run the node until SIGINT or SIGTERM")
    .requiredOption(...folderOption)
    .addHelpText("after", settingsHelp())
    .action(({ folder }: { folder: string }) => runUntilSignal(folder));
  program
    .command("approve <program-file>")
    .description(
      "print a program with its disclosure, cost and author, ask, then approve it on chain and let this node compute it",
    )
    .requiredOption(...folderOption)
    .option("--dry-run", "only print", false)
    .option("--yes", "do not ask", false)
    .action((file: string, { folder, dryRun, yes }: { folder: string; dryRun: boolean; yes: boolean }) => {
      const confirm = yes ? async () => true : ask;
      return approve(folder, file, { dryRun, environment: process.env, confirm }, print);
    });
  program
    .command("revoke <hash>")
    .description("withdraw an approval here and on chain")
    .requiredOption(...folderOption)
    .action((hash: string, { folder }: { folder: string }) => revoke(folder, hash, process.env, print));
  program
    .command("list")
    .alias("programs")
    .description("list the programs that this node computes, approved by hash or allowed by a rule")
    .requiredOption(...folderOption)
    .action(({ folder }: { folder: string }) => programs(folder, print));
  return program;
}

try {
  await commandLine().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : USAGE;
  } else {
    process.stderr.write(`${describeError(error)}\n`);
    process.exitCode = FAILED;
  }
}
