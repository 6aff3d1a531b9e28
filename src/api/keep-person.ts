/** People from what the host has: codes of an identity or a mix, latents and offsets of the authors' files. */
import { type GivenDeltas, GivenOffsets } from '../method/given-offsets.ts';
import { Inversion, type InversionContext } from './inversion.ts';
import { KeptState } from './kept-state.ts';
import type { PersonValues } from './public.ts';

/**
 * A person of codes that the host has. Runs inside the engine's `exclusive`.
 * @throws `memory`, `device` errors
 */
export async function keepValues(context: InversionContext, values: PersonValues): Promise<Inversion> {
  const { engine, pictures } = context;
  const { steps: stepCount, history = [] } = values;
  context.current = undefined;
  engine.write(engine.network.state.base, values.base);
  engine.run('unedited');
  engine.tune(values);
  engine.show();
  const state = await KeptState.take(context, { steps: stepCount, earlier: history.length });
  state.keepLatents();
  state.keepSums(stepCount);
  state.writeEarlier(history);
  try {
    const steps = [{ index: stepCount, l2: Number.NaN, picture: await pictures.capture() }];
    return Inversion.of(context, steps, { stepCount, state });
  } catch (error) {
    state.giveUp();
    throw error;
  }
}

/**
 * A person of latents and offsets that were imported. Runs inside the engine's `exclusive`.
 * @param given by layer, each as long as the layer's kernel
 * @throws `memory`, `shader`, `device` errors
 */
export async function keepGiven(context: InversionContext, base: Float32Array, given: GivenDeltas): Promise<Inversion> {
  const { engine, pictures } = context;
  context.given ??= await GivenOffsets.mount(engine);
  context.current = undefined;
  engine.write(engine.network.state.base, base);
  engine.run('forget', 'unedited', 'untune');
  engine.show();
  const steps = [{ index: 0, l2: Number.NaN, picture: await pictures.capture() }]; // y_0; `edit` shows the person
  const stepCount = given.size > 0 ? 1 : 0;
  const state = await KeptState.take(context, { steps: stepCount, earlier: 0 });
  state.keepLatents();
  state.keepSums(stepCount);
  const inversion = Inversion.of(context, steps, { stepCount, state, given });
  context.current = undefined; // its weights are not applied yet
  return inversion;
}
