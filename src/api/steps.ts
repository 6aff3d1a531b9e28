/**
 * The steps of an inversion one by one: `for await (const step of hs.steps(photo))`. The next is computed when
 * the loop asks for it.
 */
import { ensureOptions, ensureSignal } from '../errors.ts';
import type { PictureSource } from './picture-source.ts';
import type { InversionStep, InvertOptions, Model, Person } from './public.ts';

/** An inversion that is looped over. Leaving the loop early stops it and gives all of it back. */
export interface Steps extends AsyncIterable<InversionStep> {
  /**
   * The person, the caller's to dispose of, when all steps are made; starts the inversion where no loop has.
   * Rejects as `invert` does.
   */
  readonly person: Promise<Person>;
}

/** Hands values from a producer that waits to a consumer that waits. */
class Relay {
  #value: InversionStep | undefined;
  #arrived: () => void = () => undefined;
  #taken: () => void = () => undefined;

  /** Offers a step; resolves when the one after it is asked for. */
  offer(step: InversionStep): Promise<void> {
    this.#value = step;
    const taken = new Promise<void>((resolve) => {
      this.#taken = resolve;
    });
    this.#arrived();
    return taken;
  }

  /** The next step, or undefined when `end` comes before one. */
  async next(end: Promise<unknown>): Promise<InversionStep | undefined> {
    if (!this.#value) {
      const arrival = new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
      this.#taken();
      await Promise.race([arrival, end]);
    }
    const step = this.#value;
    this.#value = undefined;
    return step;
  }

  /** Lets a producer go on that nobody takes from any more. */
  release(): void {
    this.#taken();
    this.offer = async () => undefined;
  }
}

/** Loops over an inversion of `model`. @throws `option` error for options that are none; everything else is told by the loop */
export function stepsOf(
  model: Pick<Model, 'invert'>,
  photo: PictureSource,
  options: Omit<InvertOptions, 'onStep'> = {},
): Steps {
  ensureOptions('steps', options);
  ensureSignal(options.signal);
  const stop = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
  const relay = new Relay();
  let looped = false;
  let inversion: Promise<Person> | undefined;
  const start = (): Promise<Person> => {
    inversion ??= model.invert(photo, {
      ...options,
      signal,
      onStep: (step) => (looped ? relay.offer(step) : undefined),
    });
    inversion.catch(() => undefined); // told to whoever waits for it
    return inversion;
  };
  return {
    get person() {
      return start();
    },
    async *[Symbol.asyncIterator]() {
      looped = true;
      let whole = false;
      try {
        const person = start();
        for (;;) {
          const step = await relay.next(person.catch(() => undefined));
          if (!step) break;
          yield step;
        }
        await person; // throws what stopped it
        whole = true;
      } finally {
        relay.release();
        if (!whole) {
          stop.abort();
          inversion?.then((person) => person.dispose()).catch(() => undefined);
        }
      }
    },
  };
}
