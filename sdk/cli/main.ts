#!/usr/bin/env node
import { homedir } from "node:os";
import { runCli } from "./run-cli.ts";
import { runNode } from "./run-node.ts";

const interrupted = new AbortController();
// The first Ctrl-C ends what the command waits for; a second one ends the process.
process.once("SIGINT", () => interrupted.abort());

// npm runs a script in the project's folder; paths are meant from where the user called it.
const calledByNpm = process.env.npm_lifecycle_event === "sharebridge" ? process.env.INIT_CWD : undefined;
const workingFolder = calledByNpm ?? process.cwd();

const [command, ...others] = process.argv.slice(2);
if (command === "node") process.exitCode = await runNode(others, workingFolder);
else {
  process.exitCode = await runCli(process.argv.slice(2), {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    env: process.env,
    home: homedir(),
    workingFolder,
    isTerminal: process.stderr.isTTY === true,
    signal: interrupted.signal,
    barStream: process.stderr,
  });
}
