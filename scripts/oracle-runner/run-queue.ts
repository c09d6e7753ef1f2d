/** Runs of one job, one at a time, in the order of their requests; a suspended run makes room for the next. */
export class RunQueue {
  #last: Promise<void> = Promise.resolve();
  readonly #underWay = new Set<Promise<void>>();

  /** @param run is given the function to call when it is suspended; it must not reject */
  add(run: (onSuspended: () => void) => Promise<void>): void {
    const before = this.#last;
    const { promise: room, resolve: makeRoom } = Promise.withResolvers<void>();
    this.#last = room;
    const done = before
      .then(() => run(makeRoom))
      .finally(() => {
        makeRoom();
        this.#underWay.delete(done);
      });
    this.#underWay.add(done);
  }

  /** Resolves when every run has ended. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }
}
