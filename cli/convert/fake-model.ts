/** Architectures of the published models, and of a tiny one, for `fake-checkpoint` and tests. */
import { type Architecture, generatorLayers, type LatentEncoderArchitecture } from '../../src/architecture.ts';
import { ensure } from '../../src/errors.ts';
import { type LayoutTensor, PUBLISHED_WIDTHS, type RefinementWidths } from '../../src/weights/layout.ts';
import { LATENT_ENCODERS, type LatentEncoderKind } from '../../src/weights/networks.ts';
import type { Picklable } from '../../src/weights/pickle-writer.ts';

/** A published model's structure, or a tiny one for tests. */
export interface FakeModel {
  readonly architecture: Architecture;
  readonly widths: RefinementWidths;
  readonly opts: Readonly<Record<string, Picklable>>;
}

/** The structure of a checkpoint with an encoder into W+: ReStyle-e4e's or e4e's. */
export interface FakeLatentEncoder {
  readonly architecture: LatentEncoderArchitecture;
  /** Outputs of the heads' convolutions. */
  readonly headWidth: number;
  readonly opts: FakeModel['opts'];
}

const CHANNELS = { '4': 512, '8': 512, '16': 512, '32': 512, '64': 512, '128': 256, '256': 128, '512': 64, '1024': 32 };

/** Stages that e4e's pyramid stands on. */
const PYRAMID_STAGES = 3;

/**
 * The encoder into W+ that goes with a model: same generator, a W encoder's trunk, a head for each latent. e4e's trunk has
 * a stage more where the W encoder's has too few for its pyramid.
 * @throws `option` error for a model without an encoder
 */
export function fakeLatentEncoder(
  kind: LatentEncoderKind,
  { architecture, widths, opts }: FakeModel,
): FakeLatentEncoder {
  const { encoder: own, hypernetwork: _none, ...generator } = architecture;
  ensure(own, 'option', 'a model without an encoder has no encoder into W+: choose another');
  const isShort = kind === 'e4e' && own.units.length < PYRAMID_STAGES;
  const encoder = isShort ? { ...own, widths: [own.stem, ...own.widths], units: [1, ...own.units] } : own;
  const { arch, dataset_type: domain } = opts;
  const { channels, encoderType } = LATENT_ENCODERS[kind];
  return {
    architecture: { ...generator, encoder },
    headWidth: widths.code,
    opts: {
      ...(typeof arch === 'object' && arch !== null && { arch: { ...arch, enc_units: encoder.units } }),
      dataset_type: String(domain).replace('_hypernet', '_encode'),
      encoder_type: encoderType,
      start_from_latent_avg: true,
      ...(kind === 'e4e'
        ? { stylegan_size: architecture.size }
        : { output_size: architecture.size, input_nc: channels }),
    },
  };
}

/** The domains of `--domain`. */
export const DOMAINS = ['ffhq', 'cars', 'wild', 'tiny'] as const;

/** The width of pictures that a domain's published generator makes. */
const PUBLISHED_SIZE = { ffhq: 1024, cars: 512, wild: 512 };

/**
 * The structure of a domain's published model (HyperStyle, options of the released checkpoints); with another `size`, a
 * power of two from 64 to 1024, the same widths with fewer or more layers.
 * @throws `option` error for a size of the tiny model, which has one
 */
export function fakeModel(domain: (typeof DOMAINS)[number], size?: number): FakeModel {
  if (domain !== 'tiny') return publishedModel(domain, size ?? PUBLISHED_SIZE[domain]);
  const tiny = tinyModel();
  const { size: only } = tiny.architecture;
  ensure(
    size === undefined || size === only,
    'option',
    () => `size ${size}: the tiny model makes pictures of ${only} pixels; leave --size out or choose another --domain`,
  );
  return tiny;
}

function publishedModel(domain: 'ffhq' | 'cars' | 'wild', size: number): FakeModel {
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

/** The latent average that both files of a pair carry beside their state_dict. */
export function averageTensor({ latentCount, styleDim }: Architecture): LayoutTensor {
  return { name: 'latent_avg', shape: [latentCount, styleDim], role: 'equalized' };
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
