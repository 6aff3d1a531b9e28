/** Checkpoints of exactly the published structure with made-up values, streamed to disk as torch.save writes them. */
import { rename, rm } from 'node:fs/promises';
import { type Architecture, generatorLayers } from '../../src/architecture.ts';
import {
  isUsed,
  type LayoutTensor,
  layoutTensors,
  PUBLISHED_WIDTHS,
  type RefinementWidths,
} from '../../src/weights/layout.ts';
import { contiguousStrides } from '../../src/weights/stored-tensor.ts';
import { fakeValues } from './fake-values.ts';
import { type Picklable, PickledTensor, pickle } from './pickle-writer.ts';
import { writeZipFile, type ZipWriter } from './zip-writer.ts';

/** A published model's structure, or a tiny one for tests. */
export interface FakeModel {
  readonly architecture: Architecture;
  readonly widths: RefinementWidths;
  readonly opts: Readonly<Record<string, Picklable>>;
}

const CHANNELS = { '4': 512, '8': 512, '16': 512, '32': 512, '64': 512, '128': 256, '256': 128, '512': 64, '1024': 32 };

/** The domains of `--domain`. */
export const DOMAINS = ['ffhq', 'cars', 'wild', 'tiny'] as const;

/** The structure of a domain's published model (HyperStyle, options of the released checkpoints). */
export function fakeModel(domain: (typeof DOMAINS)[number]): FakeModel {
  if (domain === 'tiny') return tinyModel();
  const size = domain === 'ffhq' ? 1024 : 512;
  const channels = Object.fromEntries(Object.entries(CHANNELS).filter(([side]) => Number(side) <= size));
  const layers = generatorLayers({ size, channels }).filter((layer) => layer.kind !== 'rgb');
  const tunedLayers = layers.map((layer) => layer.index);
  const units = { stem: 64, widths: [64, 128, 256, 512] };
  return {
    architecture: {
      size,
      styleDim: 512,
      mappingLayers: 8,
      latentCount: 2 * Math.log2(size) - 2,
      channels,
      inputSize: 256,
      cropRows: domain === 'cars' ? [32, 224] : null,
      encoder: { ...units, units: [3, 4, 14, 3] },
      hypernetwork: {
        ...units,
        units: [3, 4, 6, 3],
        tunedLayers,
        sharedLayers: layers
          .filter((layer) => layer.inChannels === 512 && layer.outChannels === 512)
          .map((layer) => layer.index),
        sharedTaps: 3,
        separable: false,
      },
    },
    widths: PUBLISHED_WIDTHS,
    opts: {
      dataset_type: { ffhq: 'ffhq_hypernet', cars: 'cars_hypernet', wild: 'afhq_wild_hypernet' }[domain],
      output_size: size,
      input_nc: 6,
      encoder_type: 'SharedWeightsHyperNetResNet',
      layers_to_tune: tunedLayers.join(','),
      n_iters_per_batch: 5,
    },
  };
}

function tinyModel(): FakeModel {
  const encoder = { stem: 16, widths: [16, 32], units: [1, 2] };
  const hypernetwork = { stem: 8, widths: [8, 16], units: [1, 1] };
  return {
    architecture: {
      size: 16,
      styleDim: 16,
      mappingLayers: 2,
      latentCount: 6,
      channels: { '4': 16, '8': 16, '16': 8 },
      inputSize: 32,
      cropRows: null,
      encoder,
      hypernetwork: {
        ...hypernetwork,
        tunedLayers: [0, 2, 3, 5, 6],
        sharedLayers: [0, 2, 3],
        sharedTaps: 3,
        separable: false,
      },
    },
    widths: { sharedInner: 8, inner: 12, code: 16 },
    opts: {
      dataset_type: 'tiny_hypernet',
      arch: { input_size: 32, crop_rows: null, enc_units: encoder.units, hyper_units: hypernetwork.units },
    },
  };
}

/** A checkpoint's tensors: the HyperStyle file has hypernetwork and decoder, the W encoder's encoder and decoder. */
export function fakeTensors(model: FakeModel, file: 'hyperstyle' | 'w_encoder'): LayoutTensor[] {
  const other = file === 'hyperstyle' ? 'encoder.' : 'hypernet.';
  return [...layoutTensors(model.architecture, model.widths)].filter((tensor) => !tensor.name.startsWith(other));
}

/** Bytes that {@link writeFakeCheckpoint} writes, headers not counted. */
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

/**
 * Writes one checkpoint; it appears under its name only when it is complete.
 * @param onBytes called with the bytes of each part that was written
 */
export async function writeFakeCheckpoint(
  path: string,
  model: FakeModel,
  file: 'hyperstyle' | 'w_encoder',
  seed: number,
  onBytes: (bytes: number) => void = () => {},
): Promise<void> {
  const partial = `${path}.partial`;
  try {
    await writeZipFile(partial, (zip) => fillCheckpoint(zip, model, fakeTensors(model, file), seed, onBytes));
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true });
    throw cause;
  }
}

/** Puts `data.pkl`, one entry a storage and the version into an archive. */
export async function fillCheckpoint(
  zip: ZipWriter,
  model: FakeModel,
  tensors: readonly LayoutTensor[],
  seed: number,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const { latentCount, styleDim } = model.architecture;
  const average: LayoutTensor = { name: 'latent_avg', shape: [latentCount, styleDim], role: 'equalized' };
  const storages = new Map<string, string>();
  const describe = (tensor: LayoutTensor): PickledTensor => {
    const owner = tensor.aliasOf ?? tensor.name;
    const key = storages.get(owner) ?? String(storages.size);
    storages.set(owner, key);
    const elements = tensor.shape.reduce((product, n) => product * n, 1);
    return new PickledTensor(
      key,
      tensor.role === 'counter' ? 'i64' : 'f32',
      elements,
      tensor.shape,
      contiguousStrides(tensor.shape),
    );
  };
  const state = new Map(tensors.map((tensor) => [tensor.name, describe(tensor)]));
  await zip.add('archive/data.pkl', [pickle({ state_dict: state, latent_avg: describe(average), opts: model.opts })]);
  for (const tensor of [...tensors, average]) {
    if (tensor.aliasOf !== undefined) continue;
    await zip.add(`archive/data/${storages.get(tensor.name)}`, counted(fakeValues(tensor, seed), onBytes));
  }
  await zip.add('archive/version', [new TextEncoder().encode('3\n')]);
}

function* counted(parts: Iterable<Uint8Array>, onBytes: (bytes: number) => void): Generator<Uint8Array> {
  for (const part of parts) {
    yield part;
    onBytes(part.length);
  }
}
