/** Architectures of the published models, and of a tiny one, for `fake-checkpoint` and tests. */
import { type Architecture, generatorLayers, type RestyleArchitecture } from '../../src/architecture.ts';
import { ensure } from '../../src/errors.ts';
import { type LayoutTensor, PUBLISHED_WIDTHS, type RefinementWidths } from '../../src/weights/layout.ts';
import type { Picklable } from '../../src/weights/pickle-writer.ts';

/** A published model's structure, or a tiny one for tests. */
export interface FakeModel {
  readonly architecture: Architecture;
  readonly widths: RefinementWidths;
  readonly opts: Readonly<Record<string, Picklable>>;
}

/** A ReStyle-e4e model's structure. */
export interface FakeRestyle {
  readonly architecture: RestyleArchitecture;
  /** Outputs of the heads' convolutions. */
  readonly headWidth: number;
  readonly opts: FakeModel['opts'];
}

const CHANNELS = { '4': 512, '8': 512, '16': 512, '32': 512, '64': 512, '128': 256, '256': 128, '512': 64, '1024': 32 };

/**
 * The ReStyle-e4e model that goes with a model: same generator, a W encoder's trunk, a head for each latent.
 * @throws `option` error for a model without an encoder
 */
export function fakeRestyle({ architecture, widths, opts }: FakeModel): FakeRestyle {
  const { encoder, hypernetwork: _none, ...generator } = architecture;
  ensure(encoder, 'option', 'a model without an encoder has no ReStyle-e4e model: choose another');
  const { arch, dataset_type: domain } = opts;
  const own = arch === undefined ? {} : { arch };
  return {
    architecture: { ...generator, encoder },
    headWidth: widths.code,
    opts: {
      ...own,
      dataset_type: String(domain).replace('_hypernet', '_encode'),
      encoder_type: 'ProgressiveBackboneEncoder',
      output_size: architecture.size,
      input_nc: 6,
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
