/**
 * One inversion on a model: the photo into x, latents from an encoder, then passes of the hypernetwork; its pictures
 * and errors are kept.
 */
import { ensure, ensureOneOf, inWords, throwIfAborted } from '../errors.ts';
import { DEFAULT_STEPS, MAX_STEPS } from '../method/schedule.ts';
import { Inversion } from './inversion.ts';
import { KeptState } from './kept-state.ts';
import type { InversionContext } from './model-context.ts';
import type { StoredPicture } from './picture.ts';
import type { InversionStep, InvertOptions } from './public.ts';

/** Encoders that an inversion can begin with. */
const ENCODERS = ['w', 'e4e'] as const;

/**
 * Inverts. Runs inside the engine's `exclusive`.
 * @param load leaves the photo in x
 * @throws `option` error for bad steps or an encoder that is not there, `model` where there is no hypernetwork; what `load`
 *   throws; `aborted`, `device`, `memory`
 */
export async function inverted(
  context: InversionContext,
  options: InvertOptions,
  load: () => Promise<void>,
): Promise<Inversion> {
  const { engine, restyle } = context;
  const { steps = DEFAULT_STEPS, encoder = 'w', signal } = options;
  ensure(
    Number.isInteger(steps) && steps >= 0 && steps <= MAX_STEPS,
    'option',
    () => `steps is ${inWords(steps)}, expected a whole number from 0 to ${MAX_STEPS}`,
  );
  ensure(
    steps === 0 || engine.network.hypernetwork,
    'model',
    'this model has no hypernetwork, only y_0 can be computed: pass steps: 0',
  );
  ensureOneOf('encoder', encoder, ENCODERS);
  ensure(
    encoder === 'w' || context.e4e,
    'option',
    'encoder "e4e" has not been added to this model: call addE4e with its checkpoint or converted folder before',
  );
  throwIfAborted(signal);
  context.current = undefined;
  await load();
  const codes = encoder === 'e4e' ? await context.e4e?.encode() : undefined;
  const pictures: StoredPicture[] = [];
  const state = await KeptState.take(context, { steps, earlier: steps - 1 });
  try {
    const made = await stepsOf(context, { steps, codes, pictures, state }, options);
    const pass = (): void => throwIfAborted(signal);
    const restyled = await restyle?.invert(await engine.read(engine.network.state.x), restyle.steps, pass);
    return Inversion.of(context, made, { stepCount: steps, state, restyled });
  } catch (error) {
    for (const picture of pictures) picture.dispose();
    state.giveUp();
    throw error;
  }
}

/** What an inversion fills. */
interface Making {
  readonly steps: number;
  /** Latents to begin with; the W encoder's when absent. */
  readonly codes: Float32Array | undefined;
  /** Gets each picture as it is made. */
  readonly pictures: StoredPicture[];
  readonly state: KeptState;
}

/**
 * y_0 … y_T of the photo in x. A listener is told each error as soon as it is known; without one all are read at the end, and
 * the GPU never waits for this thread between two steps.
 */
async function stepsOf(
  { engine, pictures: store }: InversionContext,
  { steps, codes, pictures, state }: Making,
  { onStep, signal }: InvertOptions,
): Promise<InversionStep[]> {
  const { error, errors } = engine.network.state;
  const told: InversionStep[] = [];
  let before: Promise<unknown> = Promise.resolve();
  for (let index = 0; index <= steps; index++) {
    throwIfAborted(signal);
    if (index === 0) {
      engine.start(codes);
      state.keepLatents();
    } else engine.step();
    engine.keepError(index);
    state.keepSums(index);
    const picture = await store.capture();
    pictures.push(picture);
    if (onStep) {
      const [l2 = Number.NaN] = await engine.read(error);
      const step = { index, l2, picture };
      told.push(step);
      await engine.runtime.outside(() => onStep(step), signal);
    } else {
      await before; // one step ahead of the GPU is enough, and an abort is noticed
      before = engine.device.queue.onSubmittedWorkDone();
      before.catch(() => undefined); // this call may end before
    }
  }
  if (onStep) return told;
  const all = await engine.read(errors);
  return pictures.map((picture, index) => ({ index, l2: all[index] ?? Number.NaN, picture }));
}
