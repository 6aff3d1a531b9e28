/**
 * The sizes of one HyperStyle model as plain data: what `model.json` stores and the networks are built from. Everything
 * that tensor shapes tell is read from them by the converter; only strides, reading size and crop come from `opts`.
 */
import { ensure, inWords } from './errors.ts';

/** An IR-SE or ResNet trunk: a stem convolution and stages of residual units; each stage's first unit may stride. */
export interface TrunkArchitecture {
  /** Channels after the stem. */
  readonly stem: number;
  /** Channels of each stage. */
  readonly widths: readonly number[];
  /** Units in each stage; same length as `widths`. */
  readonly units: readonly number[];
}

/** The hypernetwork: its trunk and which generator layers it tunes, in hypernetwork order. */
export interface HypernetworkArchitecture extends TrunkArchitecture {
  /** Tuned layers, ascending, in hypernetwork order (conv1 is 0, to_rgb1 is 1, …). */
  readonly tunedLayers: readonly number[];
  /** Those of them that share one head. */
  readonly sharedLayers: readonly number[];
  /** Side of the shared head's offsets: 3 (every tap) or 1 ("delta_per_channel"). */
  readonly sharedTaps: 1 | 3;
  /** True when the other convolutions use separable heads (the ablation). */
  readonly separable: boolean;
}

/** The sizes of a StyleGAN2 generator. */
export interface GeneratorSizes {
  /** Output side in pixels, a power of two. */
  readonly size: number;
  /** Width of z and w. */
  readonly styleDim: number;
  /** Layers of the mapping network. */
  readonly mappingLayers: number;
  /** Entries of a W+ latent: 2·log2(size) − 2. */
  readonly latentCount: number;
  /** Channels at each resolution 4, 8, …, size (keys as decimal strings). */
  readonly channels: Readonly<Record<string, number>>;
}

/** One model: generator, and where present W encoder and hypernetwork. */
export interface Architecture extends GeneratorSizes {
  /** Side of the picture that encoder and hypernetwork read, before the crop. */
  readonly inputSize: number;
  /** Rows [from, to) kept of that picture (cars), or null. */
  readonly cropRows: readonly [number, number] | null;
  readonly encoder: TrunkArchitecture | null;
  readonly hypernetwork: HypernetworkArchitecture | null;
}

/** A generator and an encoder of its latents in W+, both read from one checkpoint: e4e's or ReStyle-e4e's. */
export interface LatentEncoderArchitecture extends GeneratorSizes, Pick<Architecture, 'inputSize' | 'cropRows'> {
  /** Its trunk; one head a latent row follows. */
  readonly encoder: TrunkArchitecture;
}

/** One generator layer in hypernetwork order. */
export interface GeneratorLayer {
  readonly index: number;
  readonly kind: 'conv' | 'up' | 'rgb';
  /** Checkpoint key prefix under `decoder.`, e.g. `convs.3` or `to_rgbs.1`. */
  readonly key: string;
  readonly inChannels: number;
  readonly outChannels: number;
  /** Output resolution in pixels. */
  readonly resolution: number;
  /** Entry of the W+ latent that styles this layer. */
  readonly latentIndex: number;
}

/**
 * All generator layers in hypernetwork order: conv1, to_rgb1, then up-conv, conv, to_rgb a resolution.
 * @throws `option` error for what is no architecture
 */
export function generatorLayers(arch: Pick<Architecture, 'size' | 'channels'>): GeneratorLayer[] {
  const { size, channels } = Object(arch) as Partial<Architecture>;
  ensure(
    Number.isFinite(size) && Object(channels) === channels,
    'option',
    () => `size is ${inWords(size)}, channels are ${inWords(channels)}: pass a model's architecture`,
  );
  const width = (resolution: number): number => arch.channels[String(resolution)] ?? 0;
  const base = width(4);
  const layers: Omit<GeneratorLayer, 'index'>[] = [
    { kind: 'conv', key: 'conv1', inChannels: base, outChannels: base, resolution: 4, latentIndex: 0 },
    { kind: 'rgb', key: 'to_rgb1', inChannels: base, outChannels: 3, resolution: 4, latentIndex: 1 },
  ];
  for (let resolution = 8, j = 0; resolution <= arch.size; resolution *= 2, j++) {
    const [from, to] = [width(resolution / 2), width(resolution)];
    const at = { resolution, outChannels: to };
    layers.push(
      { ...at, kind: 'up', key: `convs.${2 * j}`, inChannels: from, latentIndex: 1 + 2 * j },
      { ...at, kind: 'conv', key: `convs.${2 * j + 1}`, inChannels: to, latentIndex: 2 + 2 * j },
      { ...at, kind: 'rgb', key: `to_rgbs.${j}`, inChannels: to, outChannels: 3, latentIndex: 3 + 2 * j },
    );
  }
  return layers.map((layer, index) => ({ index, ...layer }));
}

/** Height and width of the picture that encoder and hypernetwork read: `[rows kept, inputSize]`. */
export function inputShape(arch: Pick<Architecture, 'inputSize' | 'cropRows'>): [height: number, width: number] {
  return [arch.cropRows ? arch.cropRows[1] - arch.cropRows[0] : arch.inputSize, arch.inputSize];
}

/** Rows [from, to) of the output that show what was read (cars: 64..448 of 512), rounded outwards to whole rows. */
export function outputRows({
  size,
  inputSize,
  cropRows,
}: Pick<Architecture, 'size' | 'inputSize' | 'cropRows'>): [from: number, to: number] {
  const scale = size / inputSize;
  return cropRows ? [Math.floor(cropRows[0] * scale), Math.ceil(cropRows[1] * scale)] : [0, size];
}
