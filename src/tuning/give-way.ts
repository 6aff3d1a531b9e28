/** Long work on the host in pieces, so that a page stays alive and a stop is heard. */

/** Milliseconds of work after which others get their turn. */
const PIECE_MS = 8;

/** Lets others run now and then. */
export class GiveWay {
  #since = performance.now();
  #last: Promise<unknown> = Promise.resolve();

  /** To be awaited between pieces of work; returns at once until enough has been done. */
  async between(): Promise<void> {
    if (performance.now() - this.#since < PIECE_MS) return;
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    this.#since = performance.now();
  }

  /**
   * Does one of several pieces that became due at the same time, after those that were given before it. Each of them waiting in
   * {@link between} would not do: all would be woken in one turn. @throws what `work` throws
   */
  piece<T>(work: () => T): Promise<T> {
    const done = this.#last.then(async () => {
      await this.between();
      return work();
    });
    this.#last = done.catch(() => undefined);
    return done;
  }
}
