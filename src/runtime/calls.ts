/**
 * The calls of a model, one after another: they share one state on the GPU. A caller's function may be waited
 * for in one of them.
 */
import { HyperStyleError, throwIfAborted } from '../errors.ts';
import type { Life } from './life.ts';
import type { Patience } from './patience.ts';

/** Milliseconds after which a call that was made while a caller's function runs is taken for one that this function waits for. */
const CIRCLE_MS = 1000;

/** Calls that were made while a caller's function runs. */
interface Outside {
  /** Refuses each of them unless the function ends first. */
  readonly timers: Set<ReturnType<typeof setTimeout>>;
}

/** A queue of calls. */
export class Calls {
  readonly #life: Life;
  #tail: Promise<unknown> = Promise.resolve();
  #outside: Outside | undefined;

  constructor(life: Life) {
    this.#life = life;
  }

  /**
   * Does `work` when everything queued before has ended. The caller hears of an abort, a loss or a disposal at
   * once; the next call still waits until `work` has ended.
   * @throws what `work` throws; `aborted`; `device` when the GPU is lost, the model disposed of or a command
   *   refused; `option` when the call was made in a function that the queue itself waits for
   */
  exclusive<T>(work: () => Promise<T>, patience: Omit<Patience<T>, 'ends'> = {}): Promise<T> {
    const { signal } = patience;
    let circle: HyperStyleError | undefined;
    const turn = this.#tail.then(() => {
      if (circle) throw circle;
      this.#life.ensureAlive();
      throwIfAborted(signal);
      return this.#life.checked(work, patience.discard);
    });
    this.#tail = turn.catch(() => undefined);
    const outside = this.#outside;
    if (!outside) return this.#life.wait(turn, patience);
    const refused = new Promise<never>((_, reject) => {
      const timer = setTimeout(() => {
        circle = new HyperStyleError(
          'option',
          'this call was made inside onStep, which is waited for: ' +
            'it would wait for the inversion, and the inversion for it; make it when invert has ended',
        );
        reject(circle);
      }, CIRCLE_MS);
      outside.timers.add(timer);
    });
    return this.#life.wait(Promise.race([turn, refused]), patience);
  }

  /**
   * Awaits a caller's function in the middle of a call.
   * @throws what it throws; `aborted` and `device` at once, although it may never return
   */
  async outside(callback: () => unknown, signal?: AbortSignal | undefined): Promise<void> {
    const outside: Outside = { timers: new Set() };
    this.#outside = outside;
    try {
      await this.#life.wait(Promise.resolve(callback()), { signal });
    } finally {
      this.#outside = undefined;
      for (const timer of outside.timers) clearTimeout(timer);
    }
  }
}
