/** All that a command knows of the terminal and the process, so that tests run commands without either. */
export interface Io {
  stdout(text: string): void;
  stderr(text: string): void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home folder. */
  readonly home: string;
  /** Where relative paths start. */
  readonly workingFolder: string;
  /** True when stderr is a terminal: progress is drawn as a bar then. */
  readonly isTerminal: boolean;
  /** Ends what the command waits for (Ctrl-C). */
  readonly signal: AbortSignal;
  /** A stream for the progress bar; only used when `isTerminal`. */
  readonly barStream?: NodeJS.WritableStream;
}
