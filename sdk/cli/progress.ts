import cliProgress from "cli-progress";
import type { Io } from "./io.ts";

/** Progress on stderr: lines, and a bar while something is counted and stderr is a terminal. */
export class Progress {
  readonly #io: Io;
  #bar: cliProgress.SingleBar | undefined;

  constructor(io: Io) {
    this.#io = io;
  }

  /** Says what happens now. */
  say(message: string): void {
    this.endBar();
    this.#io.stderr(`${message}\n`);
  }

  /** Draws `done` of `total`; without a terminal it is silent. */
  count(label: string, done: number, total: number): void {
    if (!this.#io.isTerminal || this.#io.barStream === undefined) return;
    if (this.#bar === undefined) {
      this.#bar = new cliProgress.SingleBar({
        stream: this.#io.barStream,
        format: "{label} [{bar}] {percentage}%",
        clearOnComplete: true,
        hideCursor: true,
      });
      this.#bar.start(total, done, { label });
    }
    this.#bar.update(done, { label });
  }

  /** Takes the bar away, if there is one; also when something fails. */
  endBar(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}
