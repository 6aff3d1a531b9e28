/** Long work on the host in pieces, so that a page stays alive and a stop is heard. */

/** Milliseconds of work after which others get their turn. */
const PIECE_MS = 8;

/** Lets others run now and then. */
export class GiveWay {
  #since = performance.now();

  /** To be awaited between pieces of work; returns at once until enough has been done. */
  async between(): Promise<void> {
    if (performance.now() - this.#since < PIECE_MS) return;
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    this.#since = performance.now();
  }
}
