/** People from codes that the host has: those of a file, a mix or a caller. `keep-given.ts` has people of offsets. */
import { imported } from '../errors.ts';
import { DISPOSE_LATE } from '../runtime/patience.ts';
import { givenPerson } from './given-person.ts';
import { Inversion } from './inversion.ts';
import { KeptState } from './kept-state.ts';
import type { InversionContext } from './model-context.ts';
import type { PersonValues } from './public.ts';

/** A person from what a caller has, taken as it is at the moment of the call; errors as `HyperStyle.restore`. */
export async function restored(
  context: InversionContext,
  identity: Uint8Array | ArrayBuffer | PersonValues,
): Promise<Inversion> {
  const { engine, mark } = context;
  const { network } = engine;
  const given = givenPerson(identity);
  const { checkPersonValues, decodeIdentity } = await imported(import('./identity.ts'));
  const checked = given instanceof Uint8Array ? given : checkPersonValues(network, given);
  return engine.exclusive(async () => {
    const values = checked instanceof Uint8Array ? await decodeIdentity(network, mark, checked) : checked;
    return keepValues(context, values);
  }, DISPOSE_LATE);
}

/**
 * A person of codes that the host has. Runs inside the engine's `exclusive`.
 * @throws `memory`, `device` errors
 */
async function keepValues(context: InversionContext, values: PersonValues): Promise<Inversion> {
  const { engine, pictures } = context;
  const { steps: stepCount, history = [], restyled } = values;
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
    return Inversion.of(context, steps, { stepCount, state, restyled });
  } catch (error) {
    state.giveUp();
    throw error;
  }
}
