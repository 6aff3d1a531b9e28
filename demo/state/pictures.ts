/** Signals that hold bitmaps: what is not shown any more is closed, since bitmaps hold their memory until then. */
import { type Signal, signal } from '@preact/signals';

/** A bitmap or nothing. */
export type Bitmap = ImageBitmap | null;

/** A signal with a bitmap, {@link swap} puts another in its place. */
export function bitmapSignal(): Signal<Bitmap> {
  return signal<Bitmap>(null);
}

/** Puts `next` into `holder` and closes what was there. */
export function swap(holder: Signal<Bitmap>, next: Bitmap): void {
  const before = holder.peek();
  holder.value = next;
  if (before && before !== next) before.close();
}

/** Does `work` again and again while it is asked for; of several requests during one run only the newest counts. */
export class Newest<T> {
  readonly #work: (request: T) => Promise<void>;
  #next: { readonly request: T } | null = null;
  #running: Promise<void> | null = null;

  constructor(work: (request: T) => Promise<void>) {
    this.#work = work;
  }

  /** Asks for a run; resolves when nothing is left to do. */
  ask(request: T): Promise<void> {
    this.#next = { request };
    this.#running ??= this.#drain().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #drain(): Promise<void> {
    while (this.#next) {
      const { request } = this.#next;
      this.#next = null;
      await this.#work(request);
    }
  }
}
