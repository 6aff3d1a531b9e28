/** StyleCLIP's `S_mean_std`: a pickle of [means, deviations], each a list of one array a layer, toRGB layers included. */
import { ensure } from '../errors.ts';
import { numpyAllowList, numpyArray } from '../weights/numpy-objects.ts';
import { readPickle } from '../weights/pickle.ts';
import { sequence } from '../weights/pickle-values.ts';
import type { ByteSource } from '../weights/random-access.ts';
import type { EditSpace } from './edit-space.ts';

/**
 * The deviations σ of all styles `[S]`.
 * @throws `pickle` error when it is no such pickle, `tensor` error when it is another generator's
 */
export async function readStyleDeviations(source: ByteSource, space: EditSpace): Promise<Float32Array<ArrayBuffer>> {
  const { layers, styleCount } = space;
  const { value } = await readPickle(source, numpyAllowList);
  const deviations = sequence(sequence(value)?.[1]);
  ensure(
    deviations,
    'pickle',
    () => `${source.name}: expected [means, deviations], a list of arrays each; give StyleCLIP's S_mean_std itself`,
  );
  ensure(
    deviations.length === layers.length,
    'tensor',
    () =>
      `${source.name}: has deviations of ${deviations.length} layers, this model has ${layers.length}; ` +
      'it was made for another generator',
  );
  const all = new Float32Array(styleCount);
  for (const { index, firstStyle, inChannels } of layers) {
    const array = await numpyArray(`${source.name}, layer ${index}`, deviations[index]);
    ensure(
      array?.data.length === inChannels,
      'tensor',
      () =>
        `${source.name}: layer ${index} has ${array?.data.length ?? 'no'} deviations, ` +
        `this model's has ${inChannels} channels; it was made for another generator`,
    );
    all.set(array.data, firstStyle);
  }
  return all;
}
