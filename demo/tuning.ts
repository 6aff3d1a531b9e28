/**
 * The panel that tunes the generator to the picture: one button begins, and later goes back to the inversion; another ends a run early
 * and keeps what it has found. `studio.ts` says when, and shows what comes of it.
 */
import type { HyperStyle, Inversion, Picture, PivotedPerson, TuningProgress } from '../src/index.ts';
import { byId, handler } from './dom.ts';

/** Steps at most: the picture has long settled. */
const STEPS = 150;
/** Steps between two live pictures. */
const EVERY = 2;

/** What the first button does: begin, go back to the inversion, or nothing. */
export type TuningOffer = 'tune' | 'back' | null;

/** What a run needs. */
export interface TuningRun {
  readonly model: HyperStyle;
  readonly inversion: Inversion;
  readonly photo: ImageBitmap;
  /** Calls the run off; nothing of it is kept. */
  readonly signal: AbortSignal;
  readonly show: (picture: Picture, tag: string) => Promise<void>;
  readonly status: (text: string) => void;
}

/** Parts of the page that the panel uses. */
export interface TuningParts {
  readonly tune: () => Promise<void>;
  readonly back: () => Promise<void>;
  readonly report: (error: unknown) => void;
}

/** The panel `#tuning`. */
export class TuningPanel {
  readonly #begin = byId('tune', HTMLButtonElement);
  readonly #stop = byId('stop-tuning', HTMLButtonElement);
  #offer: TuningOffer = null;
  #stopping = new AbortController();

  constructor({ tune, back, report }: TuningParts) {
    this.#begin.addEventListener(
      'click',
      handler(report, () => (this.#offer === 'back' ? back() : tune())),
    );
    this.#stop.addEventListener('click', () => this.#stopping.abort());
  }

  /** What the first button does from now on. */
  offer(offer: TuningOffer): void {
    this.#offer = offer;
    this.#begin.disabled = offer === null;
    this.#begin.textContent = offer === 'back' ? 'Back to the inversion' : 'Tune to the picture';
  }

  /** Tunes the generator from the inversion on, with live pictures. Errors as `HyperStyle.pivot`. */
  async run({ model, inversion, photo, signal, show, status }: TuningRun): Promise<PivotedPerson> {
    this.#stopping = new AbortController();
    this.#running(true);
    status('Tuning: preparing the gradients …');
    const onProgress = async ({ step, losses, picture }: TuningProgress): Promise<void> => {
      await show(picture, `Tuning ${step}`);
      status(`Tuning, step ${step} of ${STEPS}: error ${(losses.l2 ?? 0).toFixed(4)}`);
    };
    try {
      const options = { from: inversion, steps: STEPS, every: EVERY, signal, stop: this.#stopping.signal };
      return await model.pivot(photo, { ...options, onProgress });
    } finally {
      this.#running(false);
    }
  }

  #running(on: boolean): void {
    this.#begin.hidden = on;
    this.#stop.hidden = !on;
  }
}
