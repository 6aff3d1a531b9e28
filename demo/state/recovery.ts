/**
 * Gets the GPU back after it was lost: the model is loaded again from this machine, and what the stage showed is made again.
 * The library's `loadRecovering` does that for `Model`; the engine here has all of `HyperStyle`, tuning and discovery too.
 */
import type { Address } from './address.ts';
import type { Again, Desk } from './desk.ts';
import type { KeptLook } from './look.ts';
import { isAbort } from './notices.ts';

/** What is there before a loss and is to be there afterwards. */
interface Kept {
  /** What makes the person; when it is another by then, the visitor has chosen anew, and the look is not for that one. */
  readonly again: Again | null;
  readonly look: KeptLook;
  readonly showsErrors: boolean;
}

/** Brings back what a lost GPU has taken. */
export class Recovery {
  readonly #desk: Desk;
  readonly #address: Address;
  readonly #redraw: () => Promise<void>;
  readonly #showErrors: (on: boolean) => Promise<void>;
  #round = 0;
  /** From the first loss until all is back: a loss in between finds a stage that is half made. */
  #kept: Kept | null = null;
  #message = '';

  /** @param address how the model is loaded; the two calls draw the person on the stage, and the map of its errors */
  constructor(
    desk: Desk,
    address: Address,
    {
      redraw,
      showErrors,
    }: { readonly redraw: () => Promise<void>; readonly showErrors: (on: boolean) => Promise<void> },
  ) {
    this.#desk = desk;
    this.#address = address;
    this.#redraw = redraw;
    this.#showErrors = showErrors;
  }

  /** The button that begins it once more. */
  readonly retry = { label: 'Get the GPU back', work: (): void => void this.recover(this.#message) };

  /**
   * Loads the model again and shows what was shown. A loss meanwhile begins anew, and the round before steps aside.
   * @param message the browser's word on why
   */
  async recover(message: string): Promise<void> {
    const { notices, model, stage, look, again } = this.#desk;
    const round = ++this.#round;
    this.#message = message;
    this.#kept ??= { again, look: look.kept(), showsErrors: stage.showsErrors.value };
    notices.quietAbout = 'device'; // everything that was under way ends with that
    notices.show(`The GPU was lost${message ? ` (${message})` : ''}; getting it back …`);
    try {
      await model.reload(this.#address);
      if (round !== this.#round) return;
      const whole = await this.#showAgain(this.#kept);
      if (round !== this.#round) return;
      this.#kept = null;
      if (whole) notices.show('The GPU was lost and is back; everything is as before.');
    } catch (error) {
      if (round === this.#round) this.#failed(error);
    } finally {
      if (round === this.#round) notices.quietAbout = null;
    }
  }

  /** @returns whether all is as before; what went wrong has been said */
  async #showAgain({ again, look: kept, showsErrors }: Kept): Promise<boolean> {
    const { look, notices, model } = this.#desk;
    const waiting = notices.current.value;
    const wanted = this.#desk.again;
    const shown = wanted === null || (await wanted());
    if (model.lost.value) return false;
    if (!shown || wanted !== again) {
      // called off, or the visitor has chosen something else meanwhile: the look was not for that
      if (notices.current.value === waiting) notices.clear();
      return false;
    }
    look.take(kept);
    await this.#redraw();
    if (showsErrors) await this.#showErrors(true);
    return !model.lost.value;
  }

  #failed(error: unknown): void {
    const { notices, model } = this.#desk;
    notices.quietAbout = null;
    if (!isAbort(error)) notices.report(error, this.retry);
    else if (!model.loading.value) notices.show('The GPU was lost, and you called off getting it back.', this.retry);
    // else another model is on its way
  }
}
