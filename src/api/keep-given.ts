/** People from latents and offsets of the authors' files, which have no codes; `keep-person.ts` has those of codes. */
import { type GivenDeltas, GivenOffsets } from '../method/given-offsets.ts';
import { Inversion } from './inversion.ts';
import { KeptState } from './kept-state.ts';
import type { InversionContext } from './model-context.ts';

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
  const stepCount = given.size > 0 ? 1 : 0;
  const state = await KeptState.take(context, { steps: stepCount, earlier: 0 });
  state.keepLatents();
  state.keepSums(stepCount);
  try {
    const steps = [{ index: 0, l2: Number.NaN, picture: await pictures.capture() }]; // y_0; `edit` shows the person
    const inversion = Inversion.of(context, steps, { stepCount, state, given });
    context.current = undefined; // its weights are not applied yet
    return inversion;
  } catch (error) {
    state.giveUp();
    throw error;
  }
}
