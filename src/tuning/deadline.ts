/** A time that work is not waited for beyond. */

/** Ends a number of seconds after it was made. */
export class Deadline {
  readonly #end: number;

  constructor(seconds: number) {
    this.#end = performance.now() + 1000 * seconds;
  }

  /** Whether time is up. */
  get over(): boolean {
    return performance.now() >= this.#end;
  }

  /** What `work` gives, or undefined when time is up before; the work then goes on, and nobody hears of its failure. */
  async within<T>(work: Promise<T>): Promise<T | undefined> {
    let timeout: ReturnType<typeof setTimeout> | undefined;
    const timeIsUp = new Promise<undefined>((resolve) => {
      timeout = setTimeout(() => resolve(undefined), Math.max(0, this.#end - performance.now()));
    });
    try {
      return await Promise.race([work, timeIsUp]);
    } finally {
      clearTimeout(timeout);
    }
  }
}
