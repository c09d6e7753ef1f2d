import { ProtocolError } from "./errors.ts";
import type { Carrier, RoundPart } from "./round.ts";

/** Where a task stands in the tree of `parallel` calls: (call, index) of each level. The same at every party. */
export type TaskPath = readonly number[];

interface Waiting {
  readonly path: TaskPath;
  readonly parts: readonly RoundPart[];
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Merges the rounds of tasks that run side by side: when every live task waits for a round, all that they hand in goes out as one.
 * Which tasks there are and what they hand in follows from the program alone, so every party merges the same rounds.
 */
export class Rounds {
  readonly #carrier: Carrier;
  #live = 1;
  #waiting: Waiting[] = [];
  /** The tasks of the round that the carrier has. */
  #underway: readonly Waiting[] = [];
  #failure: unknown = null;
  #count = 0;

  constructor(carrier: Carrier) {
    this.#carrier = carrier;
  }

  /** Rounds so far. */
  get count(): number {
    return this.#count;
  }

  /**
   * One round for the task at `path`. Nothing is sent for parts without units.
   * @throws ProtocolError SessionAborted after any failure; else what the carrier throws
   */
  exchange(path: TaskPath, parts: readonly RoundPart[]): Promise<void> {
    if (this.#failure !== null) return Promise.reject(aborted(this.#failure));
    const filled = parts.filter(({ units }) => units > 0);
    if (filled.length === 0) return Promise.resolve();
    if ([...this.#waiting, ...this.#underway].some((other) => comparePaths(other.path, path) === 0)) {
      const message = "a task began a second round before its first had ended; run independent work with parallel";
      return Promise.reject(new ProtocolError("ConcurrentRounds", message));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ path, parts: filled, resolve, reject });
      this.#go();
    });
  }

  /** Ends every round that waits and every later one. */
  fail(error: unknown): void {
    this.#failure ??= error;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { reject } of waiting) reject(error);
  }

  /** Runs tasks in place of the one that calls. One that fails ends every round that waits and every later one. */
  async parallel<T>(tasks: readonly (() => Promise<T>)[]): Promise<T[]> {
    if (tasks.length === 0) return [];
    this.#live += tasks.length - 1;
    let left = tasks.length;
    return Promise.all(
      tasks.map(async (task) => {
        const result = await this.#run(task);
        left -= 1;
        if (left > 0) {
          this.#live -= 1;
          this.#go();
        }
        return result;
      }),
    );
  }

  /** A task that fails ends all: those beside it would wait for its rounds for ever. */
  async #run<T>(task: () => Promise<T>): Promise<T> {
    try {
      return await task();
    } catch (error) {
      this.fail(error);
      throw error;
    }
  }

  #go(): void {
    if (this.#waiting.length < this.#live || this.#waiting.length === 0) return;
    const merged = this.#waiting.sort((a, b) => comparePaths(a.path, b.path));
    this.#waiting = [];
    this.#underway = merged;
    this.#count += 1;
    this.#carrier.round(merged.flatMap(({ parts }) => parts)).then(
      () => {
        this.#underway = [];
        for (const { resolve } of merged) resolve();
      },
      (error: unknown) => {
        this.#underway = [];
        for (const { reject } of merged) reject(error);
        this.fail(error);
      },
    );
  }
}

function comparePaths(a: TaskPath, b: TaskPath): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

function aborted(cause: unknown): ProtocolError {
  return new ProtocolError("SessionAborted", "the session was aborted by an earlier failure", [], { cause });
}
