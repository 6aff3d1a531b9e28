/**
 * The engine's section that runs the ways to invert a photo one after another, as the method's first table has
 * them: the encoder's w, an optimised latent, pivotal tuning from w, HyperStyle, and HyperStyle then tuning.
 */
import { HyperStyleError, type Inversion, type PivotedPerson, type TuningProgress } from '../../src/index.ts';
import { alignOf, referenceOf } from './cutting.ts';
import { METHODS, type Method, type MethodResult, type OnProgress } from './facts.ts';
import type { Reference } from './measures.ts';
import { METHOD_NAMES } from './method-names.ts';
import { bitmapOf } from './pictures.ts';
import type { Photo, Session } from './session.ts';

/** How long each method may take. */
export interface MethodEffort {
  /** Passes of the hypernetwork. */
  readonly steps: number;
  /** Steps of latent optimisation. */
  readonly optimise: number;
  /** Steps of pivotal tuning from w. */
  readonly pivot: number;
  /** Steps of tuning after HyperStyle. */
  readonly refine: number;
}

/** What every method gets. */
interface Attempt {
  readonly session: Session;
  readonly photo: Photo;
  readonly effort: MethodEffort;
  readonly signal: AbortSignal;
  readonly told: (phase: string) => (progress: TuningProgress) => Promise<void>;
}

type Run = (attempt: Attempt) => Promise<Inversion | PivotedPerson>;

const invert = ({ session, photo, signal }: Attempt, steps: number): Promise<Inversion> =>
  session.model.invert(photo.bitmap, { steps, signal, align: alignOf(session, photo) });

const RUNS: Readonly<Record<Method, Run>> = {
  w: (attempt) => invert(attempt, 0),
  optimised: ({ session, photo, effort, signal, told }) =>
    session.model.optimise(photo.bitmap, {
      align: alignOf(session, photo),
      steps: effort.optimise,
      signal,
      onProgress: told(METHOD_NAMES.optimised),
    }),
  pivot: ({ session, photo, effort, signal, told }) =>
    session.model.pivot(photo.bitmap, {
      align: alignOf(session, photo),
      from: 'w',
      steps: effort.pivot,
      signal,
      onProgress: told(METHOD_NAMES.pivot),
    }),
  hyperstyle: (attempt) => invert(attempt, attempt.effort.steps),
  'hyperstyle-pivot': async (attempt) => {
    const { session, photo, effort, signal, told } = attempt;
    const from = await invert(attempt, effort.steps);
    try {
      return await session.model.pivot(photo.bitmap, {
        align: alignOf(session, photo),
        from,
        steps: effort.refine,
        signal,
        onProgress: told(METHOD_NAMES['hyperstyle-pivot']),
      });
    } finally {
      from.dispose();
    }
  },
};

/** Compares methods on the open photo. */
export class MethodsPart {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Runs every method; `onResult` is given each as it is there. The person on the stage stays. */
  async compare(
    effort: MethodEffort,
    onResult: (result: MethodResult) => void | Promise<void>,
    onProgress: OnProgress,
  ): Promise<void> {
    await this.#session.job(async (signal) => {
      const session = this.#session;
      const { photo } = session;
      if (!photo) throw new HyperStyleError('option', 'there is no photo to compare methods on: choose one first');
      const reference = await referenceOf(session, photo);
      for (const [index, method] of METHODS.entries()) {
        const told = (phase: string) => async (progress: TuningProgress) =>
          onProgress({
            phase: `${index + 1} of ${METHODS.length}: ${phase}`,
            done: progress.step,
            total: progress.steps,
            detail: progress.losses.l2 === undefined ? '' : `error ${progress.losses.l2.toFixed(4)}`,
          });
        await onProgress({ phase: `${index + 1} of ${METHODS.length}: ${METHOD_NAMES[method]}`, done: 0, total: 0 });
        const attempt = { session, photo, effort, signal, told };
        await onResult(await measured(method, attempt, reference));
      }
    });
  }
}

async function measured(method: Method, attempt: Attempt, reference: Reference): Promise<MethodResult> {
  const began = performance.now();
  const person = await RUNS[method](attempt);
  try {
    const seconds = (performance.now() - began) / 1000;
    const picture = await bitmapOf(person.picture);
    const l2 = await reference.l2(picture);
    return { method, picture, seconds, l2, similarity: await reference.similarity(picture) };
  } finally {
    person.dispose();
  }
}
