/** Lines about what others can cause at will: one for each of them in a while, or anyone could fill the log. */
const EVERY_MS = 10_000;

export class Sparse<Key> {
  readonly #seen = new Map<Key, { readonly loggedAtMs: number; readonly unlogged: number }>();

  /** How many occurrences a line would stand for, this one included; 0 when none is due. */
  due(key: Key): number {
    const now = performance.now();
    const { loggedAtMs, unlogged } = this.#seen.get(key) ?? { loggedAtMs: Number.NEGATIVE_INFINITY, unlogged: 0 };
    const isDue = now - loggedAtMs >= EVERY_MS;
    this.#seen.set(key, isDue ? { loggedAtMs: now, unlogged: 0 } : { loggedAtMs, unlogged: unlogged + 1 });
    return isDue ? unlogged + 1 : 0;
  }
}
