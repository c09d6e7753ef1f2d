/** Counts the payloads of a session that are still referred to, and says when none is. */
export class Held {
  #count = 0;
  #waiters: (() => void)[] = [];

  retain(): void {
    this.#count += 1;
  }

  release(): void {
    this.#count -= 1;
    if (this.#count > 0) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }

  /** Resolves when nothing is held. */
  idle(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }
}
