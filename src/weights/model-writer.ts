/**
 * Writes a model as a pair of checkpoints in the published layout, which `convert` and the authors' tools read:
 * hypernetwork and decoder in one file, W encoder and decoder in the other, each with `latent_avg` and `opts`. The
 * inverse of `unify.ts`; a generator alone is written by `generator-writer.ts`.
 */
import type { Architecture } from '../architecture.ts';
import { ensure } from '../errors.ts';
import { elementCount } from '../tensor.ts';
import { readWidths, type TensorShapes } from './architecture.ts';
import { bytesOf } from './bytes.ts';
import { upsamplingFilter } from './fir-filter.ts';
import { type LayoutTensor, layoutTensors } from './layout.ts';
import type { Picklable } from './pickle-writer.ts';
import { writeTorchFile } from './torch-writer.ts';
import { AVERAGE_LATENT } from './unified-keys.ts';
import { zipBytes } from './zip-writer.ts';

/** The two files of a model: which networks are in each besides the decoder. */
const MODEL_FILES = { hyperstyle: 'hypernet.', encoder: 'encoder.' } as const;
/** One of {@link MODEL_FILES}. */
export type ModelFile = keyof typeof MODEL_FILES;

/** What a checkpoint's options say of the model, for readers that shapes do not tell it. */
function optionsOf({ size, inputSize, cropRows, encoder, hypernetwork }: Architecture): Record<string, Picklable> {
  return {
    output_size: size,
    ...(hypernetwork && { layers_to_tune: hypernetwork.tunedLayers.join(','), input_nc: 6 }),
    arch: {
      input_size: inputSize,
      crop_rows: cropRows ? [...cropRows] : null,
      ...(encoder && { enc_units: [...encoder.units] }),
      ...(hypernetwork && { hyper_units: [...hypernetwork.units] }),
    },
  };
}

/**
 * One of the files.
 * @param shapes every tensor of the model by unified key
 * @param values the same tensors' values in the checkpoint's order
 * @param notes further options, e.g. how far a training has come
 * @throws `tensor` error when a tensor is missing or has another number of values; `file` above 4 GiB
 */
export function writeModelFile(
  file: ModelFile,
  architecture: Architecture,
  shapes: TensorShapes,
  values: ReadonlyMap<string, Float32Array>,
  notes: Readonly<Record<string, Picklable>> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const other = MODEL_FILES[file === 'hyperstyle' ? 'encoder' : 'hyperstyle'];
  const widths = readWidths(shapes, architecture.hypernetwork);
  const own = [...layoutTensors(architecture, widths)].filter(
    ({ name, role }) => !name.startsWith(other) && (!isOptional(role) || values.has(name)),
  );
  const average = values.get(AVERAGE_LATENT);
  const shape = [architecture.latentCount, architecture.styleDim];
  const tensors: LayoutTensor[] = [
    ...own,
    ...(average ? [{ name: AVERAGE_LATENT, shape, role: 'mean' as const }] : []),
  ];
  const written = tensors.map((tensor) => ({
    ...tensor,
    dtype: tensor.role === 'counter' ? ('i64' as const) : ('f32' as const),
  }));
  return zipBytes((zip) =>
    writeTorchFile(
      zip,
      written,
      (described) => ({
        state_dict: new Map([...described].filter(([name]) => name !== AVERAGE_LATENT)),
        ...(average ? { [AVERAGE_LATENT]: described.get(AVERAGE_LATENT) ?? null } : {}),
        opts: optionsOf(architecture),
        ...notes,
      }),
      (tensor) => [bytesOfTensor(tensor, values)],
    ),
  );
}

/** Noise is missing from some published generators. */
const isOptional = (role: LayoutTensor['role']): boolean => role === 'noise' || role === 'noise-strength';

function bytesOfTensor({ name, shape, role }: LayoutTensor, values: ReadonlyMap<string, Float32Array>): Uint8Array {
  if (role === 'counter') return new Uint8Array(8);
  const found = role === 'filter' ? upsamplingFilter() : values.get(name);
  const count = elementCount(shape);
  ensure(
    found?.length === count,
    'tensor',
    () => `checkpoint: "${name}" has ${found?.length ?? 'no'} values, its shape [${shape}] needs ${count}`,
  );
  return bytesOf(found);
}
