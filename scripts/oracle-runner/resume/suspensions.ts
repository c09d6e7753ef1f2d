/** Runs that wait for a PATCH, by the UUID in their `responseURL`. Kept in memory: this runner is for development. */
import { randomUUID } from "node:crypto";
import { messageOf, RunnerError } from "../errors.ts";

export interface Suspension {
  readonly responseUrl: string;
  /** The run waits from now on; resolves with the JSON text of the value that it is resumed with. */
  suspend(): Promise<string>;
  /** Nobody needs to resume this one. */
  discard(): void;
}

export type Resumption = { readonly value: unknown } | { readonly error: string };

interface Waiting {
  resolve(value: string): void;
  reject(error: Error): void;
}

export class Suspensions {
  #baseUrl = "";
  readonly #waiting = new Map<string, Waiting>();

  /** @param baseUrl where the resume server can be reached, once it listens */
  setBaseUrl(baseUrl: string): void {
    this.#baseUrl = baseUrl;
  }

  get count(): number {
    return this.#waiting.size;
  }

  prepare(): Suspension {
    const uuid = randomUUID();
    return {
      responseUrl: `${this.#baseUrl}/v2/resume/${uuid}`,
      suspend: () => new Promise((resolve, reject) => this.#waiting.set(uuid, { resolve, reject })),
      discard: () => this.#waiting.delete(uuid),
    };
  }

  /** @returns false when no run waits under this UUID: not yet, or no more */
  resume(uuid: string, resumption: Resumption): boolean {
    const waiting = this.#waiting.get(uuid);
    if (waiting === undefined) return false;
    this.#waiting.delete(uuid);
    if ("error" in resumption) waiting.reject(new RunnerError("ResumedWithError", resumption.error));
    else waiting.resolve(JSON.stringify(resumption.value));
    return true;
  }

  /** Ends every suspended run. */
  close(reason: unknown): void {
    for (const { reject } of this.#waiting.values()) {
      reject(reason instanceof Error ? reason : new RunnerError("RunnerStopped", messageOf(reason)));
    }
    this.#waiting.clear();
  }
}
