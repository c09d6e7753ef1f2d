/** Child processes of the devnet: each with its own log file, all stopped together. */
import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

export const projectRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What every child gets: our environment, and one cache of compiled modules for all, which halves a process's start. */
const childEnvironment: NodeJS.ProcessEnv = {
  ...process.env,
  NODE_COMPILE_CACHE: join(projectRoot, "node_modules/.cache/compile"),
};

const STOP_GRACE_MS = 5_000;

/** `count` TCP ports of the loopback interface that are free now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports: number[] = [];
  for (const server of servers) {
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no TCP port");
    ports.push(address.port);
  }
  for (const server of servers) await new Promise((closed) => server.close(closed));
  return ports;
}

/** Waits until `probe` succeeds; gives up when the process has ended or `timeoutMs` have passed. */
async function untilReady(child: Running, probe: () => Promise<unknown>, timeoutMs: number): Promise<void> {
  const giveUpAt = performance.now() + timeoutMs;
  for (;;) {
    try {
      await probe();
      return;
    } catch (notYet) {
      if (child.hasEnded()) throw new Error(`${child.name} ended while starting:\n${child.lastLines()}`);
      if (performance.now() > giveUpAt) {
        throw new Error(
          `${child.name} was not ready within ${timeoutMs} ms (${String(notYet)}):\n${child.lastLines()}`,
        );
      }
      await new Promise((next) => setTimeout(next, 50));
    }
  }
}

interface Running {
  readonly name: string;
  hasEnded(): boolean;
  lastLines(): string;
}

export interface ProcessToStart {
  name: string;
  /** A script (run by this Node) and its arguments. */
  script: string;
  args: readonly string[];
  environment?: Readonly<Record<string, string>>;
  /** Resolves when the process serves. */
  probe: () => Promise<unknown>;
  timeoutMs?: number;
}

export class Processes {
  readonly #children: { name: string; child: ChildProcess }[] = [];
  readonly #logFolder: string;
  #isStopped = false;

  constructor(logFolder: string) {
    this.#logFolder = logFolder;
    mkdirSync(logFolder, { recursive: true });
  }

  /** Starts a process and resolves when its probe succeeds. */
  async start({ name, script, args, environment, probe, timeoutMs = 60_000 }: ProcessToStart): Promise<number> {
    const logFile = join(this.#logFolder, `${name}.log`);
    const child = this.#spawn(name, script, args, environment);
    const log = createWriteStream(logFile);
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    child.once("close", () => log.end());

    const running: Running = {
      name,
      hasEnded: () => child.exitCode !== null || child.signalCode !== null,
      lastLines: () => readFileSync(logFile, "utf8").split("\n").slice(-20).join("\n"),
    };
    await untilReady(running, probe, timeoutMs);
    return child.pid ?? 0;
  }

  /**
   * Runs a command to its end.
   *
   * @returns what it printed
   * @throws Error with what it complained about when it fails
   */
  async run(script: string, args: readonly string[]): Promise<string> {
    const child = this.#spawn(args[0] ?? script, script, args);
    const ended = new Promise((exit) => child.once("exit", exit));
    const [output, complaints] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    if (child.exitCode !== 0) throw new Error(`${script} ${args.join(" ")} failed:\n${complaints}`);
    return output;
  }

  /** Ends one process at once. */
  async kill(name: string): Promise<void> {
    const found = this.#children.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no process ${name} was started`);
    const ended = new Promise((exit) => found.child.once("exit", exit));
    found.child.kill("SIGKILL");
    await ended;
  }

  /** In a process group of its own, so that Ctrl-C in the terminal reaches us alone, who stop the children in order. */
  #spawn(name: string, script: string, args: readonly string[], environment?: Readonly<Record<string, string>>) {
    if (this.#isStopped) throw new Error(`${name} was not started: everything is being stopped`);
    const child = spawn(process.execPath, [script, ...args], {
      cwd: projectRoot,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...childEnvironment, ...environment },
      detached: true,
    });
    this.#children.push({ name, child });
    return child;
  }

  /** Stops everything that was started, last first; nothing can be started afterwards. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const { child } of this.#children.toReversed()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = new Promise((exit) => child.once("exit", exit));
      child.kill("SIGTERM");
      const killer = setTimeout(() => child.kill("SIGKILL"), STOP_GRACE_MS);
      await ended;
      clearTimeout(killer);
    }
    this.#children.length = 0;
  }
}

/** A probe: something answers HTTP at `url`, whatever it says. */
export const httpAnswers = (url: string) => () => fetch(url, { signal: AbortSignal.timeout(2_000) });
