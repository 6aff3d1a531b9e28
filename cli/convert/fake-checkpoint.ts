/** Checkpoints of exactly the published structure with made-up values, as torch.save writes them; `fake-file.ts` has them on disk. */
import { latentEncoderTensors } from '../../src/weights/latent-encoder-layout.ts';
import { isUsed, type LayoutTensor, layoutTensors } from '../../src/weights/layout.ts';
import type { LatentEncoderKind } from '../../src/weights/networks.ts';
import { writeTorchFile } from '../../src/weights/torch-writer.ts';
import type { ZipWriter } from '../../src/weights/zip-writer.ts';
import { averageTensor, type FakeModel, fakeLatentEncoder } from './fake-model.ts';
import { fakeValues } from './fake-values.ts';

/** The files that a model's networks come in. */
export type FakeFile = 'hyperstyle' | 'w_encoder' | LatentEncoderKind;

const isLatentEncoder = (file: FakeFile): file is LatentEncoderKind => file === 'restyle' || file === 'e4e';

/** A checkpoint's tensors: the HyperStyle file has hypernetwork and decoder, the encoders' files an encoder and decoder. */
export function fakeTensors(model: FakeModel, file: FakeFile): LayoutTensor[] {
  if (isLatentEncoder(file)) {
    const { architecture, headWidth } = fakeLatentEncoder(file, model);
    return [...latentEncoderTensors(file, architecture, headWidth)];
  }
  const other = file === 'hyperstyle' ? 'encoder.' : 'hypernet.';
  return [...layoutTensors(model.architecture, model.widths)].filter((tensor) => !tensor.name.startsWith(other));
}

/** Bytes that {@link fillCheckpoint} writes, headers not counted. */
export function fakeBytes(tensors: readonly LayoutTensor[]): number {
  return tensors
    .filter((t) => t.aliasOf === undefined)
    .reduce((sum, t) => sum + 4 * t.shape.reduce((product, n) => product * n, 1), 0);
}

/** Numbers that a model computes with: no aliases, counters or filters. */
export function fakeParameters(model: FakeModel): number {
  const used = [...layoutTensors(model.architecture, model.widths)].filter(isUsed);
  return used.reduce((sum, tensor) => sum + tensor.shape.reduce((product, n) => product * n, 1), 0);
}

/** Puts `data.pkl`, one entry a storage and the version into an archive. */
export async function fillCheckpoint(
  zip: ZipWriter,
  model: FakeModel,
  file: FakeFile,
  seed: number,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const average = averageTensor(model.architecture);
  const opts = isLatentEncoder(file) ? fakeLatentEncoder(file, model).opts : model.opts;
  const written = [...fakeTensors(model, file), average].map((tensor) => ({
    ...tensor,
    dtype: tensor.role === 'counter' ? ('i64' as const) : ('f32' as const),
  }));
  await writeTorchFile(
    zip,
    written,
    (described) => {
      const state = new Map([...described].filter(([name]) => name !== average.name));
      return { state_dict: state, latent_avg: described.get(average.name) ?? null, opts };
    },
    (tensor) => counted(fakeValues(tensor, seed), onBytes),
  );
}

function* counted(parts: Iterable<Uint8Array>, onBytes: (bytes: number) => void): Generator<Uint8Array> {
  for (const part of parts) {
    yield part;
    onBytes(part.length);
  }
}
