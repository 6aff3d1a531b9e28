/** Loads a model that outlives its GPU; `recovering.ts`, which does it, is loaded when it is asked for. */
import { imported } from '../errors.ts';
import type { ModelSource } from '../weights/model-source.ts';
import type { WeightSource } from '../weights/weight-source.ts';
import { checkLoadOptions } from './options.ts';
import type { RecoveringModel, RecoveryOptions } from './recovering.ts';

/**
 * Loads as `HyperStyle.load` and `HyperStyle.fromWeights` do a model that is opened again when its GPU is lost: on a
 * fresh adapter, from the cache, with everybody who was in it. Calls that the loss interrupts are made again; `onLost`
 * is told either way.
 * @throws as `HyperStyle.load`; `option` error for a `device`, or `attempts` that are no whole number from 0 to 10
 */
export async function loadRecovering(
  source: ModelSource | WeightSource,
  options: RecoveryOptions = {},
): Promise<RecoveringModel> {
  checkLoadOptions('loadRecovering', options);
  const { RecoveringModel } = await imported(import('./recovering.ts'));
  return RecoveringModel.load(source, options);
}
