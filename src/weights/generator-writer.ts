/**
 * Writes a generator as a `g_ema` checkpoint in the published layout (rosinality's model.py), which the Python tools load with
 * `load_state_dict`: of a person after HyperStyle's offsets or pivotal tuning. The inverse of `unify.ts` for one generator.
 */
import type { GeneratorSizes } from '../architecture.ts';
import { ensure } from '../errors.ts';
import { elementCount } from '../tensor.ts';
import { bytesOf } from './bytes.ts';
import { upsamplingFilter } from './fir-filter.ts';
import { decoderTensors, type LayoutTensor } from './layout.ts';
import { writeTorchFile } from './torch-writer.ts';
import { AVERAGE_LATENT, GENERATOR_PREFIX } from './unified-keys.ts';
import { zipBytes } from './zip-writer.ts';

/**
 * The file `{g_ema, latent_avg}`.
 * @param sizes of the generator
 * @param values by unified key (`decoder.*`, `latent_avg`), in the checkpoint's order; fixed filters are added
 * @throws `tensor` error when one is missing or has another number of values; `file` above 4 GiB
 */
export function writeGenerator(
  sizes: GeneratorSizes,
  values: ReadonlyMap<string, Float32Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  const average: LayoutTensor = { name: AVERAGE_LATENT, shape: [sizes.latentCount, sizes.styleDim], role: 'mean' };
  const tensors = [...decoderTensors(sizes), ...(values.has(AVERAGE_LATENT) ? [average] : [])];
  const bytesOfTensor = ({ name, shape, role }: LayoutTensor): [Uint8Array] => {
    const found = role === 'filter' ? upsamplingFilter() : values.get(name);
    const count = elementCount(shape);
    ensure(
      found?.length === count,
      'tensor',
      () => `generator: "${name}" has ${found?.length ?? 'no'} values, its shape [${shape}] needs ${count}`,
    );
    return [bytesOf(found)];
  };
  return zipBytes((zip) =>
    writeTorchFile(
      zip,
      tensors,
      (described) => ({
        g_ema: new Map(
          [...described].flatMap(([name, t]) =>
            name === AVERAGE_LATENT ? [] : [[name.slice(GENERATOR_PREFIX.length), t]],
          ),
        ),
        ...(values.has(AVERAGE_LATENT) ? { [AVERAGE_LATENT]: described.get(AVERAGE_LATENT) ?? null } : {}),
      }),
      bytesOfTensor,
    ),
  );
}
