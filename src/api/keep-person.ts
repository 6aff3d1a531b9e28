/** People from codes that the host has: those of an identity or a mix. `keep-given.ts` has people of offsets. */
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
