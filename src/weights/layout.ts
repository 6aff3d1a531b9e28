/**
 * Every tensor of a checkpoint in the public layout, by name and shape, from the architecture alone. The converter checks
 * files against this list, and `fake-checkpoint` writes files from it. Order and keys are those of torch's state_dict.
 * Layers: design §2; HyperStyle models/hypernetworks, models/encoders, rosinality's model.py.
 */
import {
  type Architecture,
  type GeneratorSizes,
  generatorLayers,
  type HypernetworkArchitecture,
  type TrunkArchitecture,
} from '../architecture.ts';
import type { Shape } from '../tensor.ts';
import { KINDS, networksOf } from './networks.ts';

/** What a tensor is for: decides sane values, and whether a model needs it. */
export type TensorRole =
  | 'weight' // of a convolution or linear layer, He-scaled: fan-in is the product of all but the first dimension
  | 'equalized' // a weight of unit variance that its layer scales
  | 'mapping' // a weight of the mapping network: unit variance / lr_mul
  | 'head' // of the shared head: [in, out], standard deviation 1/40
  | 'offset-head' // a 1x1 head, whose outputs are offsets Δ
  | 'bias'
  | 'style-bias' // about 1
  | 'slope' // PReLU
  | 'gamma'
  | 'mean'
  | 'variance'
  | 'constant' // the generator's learned input
  | 'noise'
  | 'noise-strength'
  | 'counter' // num_batches_tracked, int64; not used
  | 'filter'; // the fixed FIR kernel; not used

/** One tensor of the list. `aliasOf`: the same storage under a second key. */
export interface LayoutTensor {
  readonly name: string;
  readonly shape: Shape;
  readonly role: TensorRole;
  readonly aliasOf?: string;
}

/** Widths that only the hypernetwork's own tensors tell. */
export interface RefinementWidths {
  /** Of the shared refinement blocks' inner convolutions. */
  readonly sharedInner: number;
  /** Of the others'. */
  readonly inner: number;
  /** Of a code, and of the shared head's z. */
  readonly code: number;
}

/** The published models' widths. */
export const PUBLISHED_WIDTHS: RefinementWidths = { sharedInner: 128, inner: 256, code: 512 };

/** What the W encoder and e4e read: a photo. */
export const PICTURE_CHANNELS = 3;
const SHARED_HEAD = 'hypernet.shared_weight_hypernet';

/** All tensors that `architecture` has: hypernetwork, decoder, encoder. */
export function* layoutTensors(architecture: Architecture, widths = PUBLISHED_WIDTHS): Generator<LayoutTensor> {
  for (const { kind } of Object.values(networksOf(architecture)))
    yield* LAYOUTS.get(kind)?.(architecture, widths) ?? [];
}

type LayoutOf = (architecture: Architecture, widths: RefinementWidths) => Iterable<LayoutTensor>;

/** The tensors of each kind of network. */
const LAYOUTS: ReadonlyMap<string, LayoutOf> = new Map<string, LayoutOf>([
  [KINDS.hypernetwork, (a, widths) => (a.hypernetwork ? hypernetworkTensors(a, a.hypernetwork, widths) : [])],
  [KINDS.generator, (a) => decoderTensors(a)],
  [KINDS.encoder, (a) => (a.encoder ? encoderTensors(a, a.encoder) : [])],
]);

/** True for tensors that the models read: no counters, no fixed filters, no aliases. */
export function isUsed(tensor: LayoutTensor): boolean {
  return tensor.role !== 'counter' && tensor.role !== 'filter' && tensor.aliasOf === undefined;
}

/** A square convolution `[out, into, side, side]`, and its bias where it has one. */
export function* convolution(
  name: string,
  out: number,
  into: number,
  side: number,
  bias = false,
): Generator<LayoutTensor> {
  yield { name: `${name}.weight`, shape: [out, into, side, side], role: 'weight' };
  if (bias) yield { name: `${name}.bias`, shape: [out], role: 'bias' };
}

function* batchNorm(name: string, channels: number): Generator<LayoutTensor> {
  yield { name: `${name}.weight`, shape: [channels], role: 'gamma' };
  yield { name: `${name}.bias`, shape: [channels], role: 'bias' };
  yield { name: `${name}.running_mean`, shape: [channels], role: 'mean' };
  yield { name: `${name}.running_var`, shape: [channels], role: 'variance' };
  yield { name: `${name}.num_batches_tracked`, shape: [], role: 'counter' };
}

/** `[index, in, out, first of its stage, stage]` of every unit of a trunk. */
function* trunkUnits(
  trunk: TrunkArchitecture,
): Generator<{ index: number; from: number; to: number; first: boolean; stage: number }> {
  let index = 0;
  let from = trunk.stem;
  for (const [stage, to] of trunk.widths.entries()) {
    for (let unit = 0; unit < (trunk.units[stage] ?? 0); unit++) {
      yield { index: index++, from, to, first: unit === 0, stage };
      from = to;
    }
  }
}

function* hypernetworkTensors(
  architecture: Architecture,
  hyper: HypernetworkArchitecture,
  widths: RefinementWidths,
): Generator<LayoutTensor> {
  yield* convolution('hypernet.conv1', hyper.stem, 6, 7);
  yield* batchNorm('hypernet.bn1', hyper.stem);
  yield { name: 'hypernet.relu.weight', shape: [hyper.stem], role: 'slope' };
  for (const { index, from, to, first, stage } of trunkUnits(hyper)) {
    const name = `hypernet.body.${index}`;
    yield* convolution(`${name}.conv1`, to, from, 3);
    yield* batchNorm(`${name}.bn1`, to);
    yield* convolution(`${name}.conv2`, to, to, 3);
    yield* batchNorm(`${name}.bn2`, to);
    if (first && (stage > 0 || from !== to)) {
      yield* convolution(`${name}.downsample.0`, to, from, 1);
      yield* batchNorm(`${name}.downsample.1`, to);
    }
  }
  const top = architecture.channels['4'] ?? 0;
  yield* sharedHead(SHARED_HEAD, widths.code, top, hyper.sharedTaps);
  yield* refinementBlocks(architecture, hyper, widths);
}

function* refinementBlocks(
  architecture: Architecture,
  hyper: HypernetworkArchitecture,
  widths: RefinementWidths,
): Generator<LayoutTensor> {
  const top = architecture.channels['4'] ?? 0;
  // Of the features, rounded down as in the public code, so that blocks that end in a mean may read other sizes.
  const halvings = Math.floor(Math.log2(architecture.inputSize)) - hyper.widths.length;
  const features = hyper.widths.at(-1) ?? 0;
  for (const layer of generatorLayers(architecture)) {
    if (!hyper.tunedLayers.includes(layer.index)) continue;
    const name = `hypernet.refinement_blocks.${layer.index}`;
    if (hyper.sharedLayers.includes(layer.index)) {
      yield* headConvs(name, features, widths.sharedInner, widths.code, Math.max(halvings, 1) + 1);
      yield { name: `${name}.linear.weight`, shape: [widths.code, widths.code], role: 'equalized' };
      yield { name: `${name}.linear.bias`, shape: [widths.code], role: 'bias' };
      for (const tensor of sharedHead(`${name}.hypernet`, widths.code, top, hyper.sharedTaps)) {
        yield { ...tensor, aliasOf: tensor.name.replace(`${name}.hypernet`, SHARED_HEAD) };
      }
      continue;
    }
    const rgb = layer.kind === 'rgb';
    const pooled = !rgb && !hyper.separable;
    yield* headConvs(name, features, widths.inner, widths.code, Math.max(halvings - (pooled ? 1 : 0), 2));
    if (rgb || pooled)
      yield* offsetHead(`${name}.output.${pooled ? 1 : 0}`, layer.inChannels * layer.outChannels, widths.code);
    else yield* separableHead(`${name}.output.0`, layer.inChannels, layer.outChannels, widths.code);
  }
}

function* sharedHead(name: string, code: number, channels: number, taps: number): Generator<LayoutTensor> {
  const inner = channels * taps * taps;
  yield { name: `${name}.w1`, shape: [code, inner], role: 'head' };
  yield { name: `${name}.b1`, shape: [inner], role: 'bias' };
  yield { name: `${name}.w2`, shape: [code, channels * code], role: 'head' };
  yield { name: `${name}.b2`, shape: [channels * code], role: 'bias' };
}

/** The convolutions of a head that halves features down to one pixel: `count` of them, features → inner → … → code; every second module is a leaky ReLU without parameters. */
export function* headConvs(
  name: string,
  features: number,
  inner: number,
  code: number,
  count: number,
): Generator<LayoutTensor> {
  for (let i = 0; i < count; i++) {
    yield* convolution(`${name}.convs.${2 * i}`, i === count - 1 ? code : inner, i === 0 ? features : inner, 3, true);
  }
}

function* offsetHead(name: string, outputs: number, code: number): Generator<LayoutTensor> {
  yield { name: `${name}.weight`, shape: [outputs, code, 1, 1], role: 'offset-head' };
  yield { name: `${name}.bias`, shape: [outputs], role: 'bias' };
}

function* separableHead(name: string, from: number, to: number, code: number): Generator<LayoutTensor> {
  const linear = [
    ['make_kernel_in', 9 * from, code],
    ['make_kernel_out', 9 * to, code],
    ['kernel_linear_in', from, from],
    ['kernel_linear_out', to, to],
  ] as const;
  for (const [part, out, into] of linear) {
    yield { name: `${name}.${part}.weight`, shape: [out, into], role: 'offset-head' };
    yield { name: `${name}.${part}.bias`, shape: [out], role: 'bias' };
  }
}

/** All tensors of a generator, fixed filters included. */
export function* decoderTensors(architecture: GeneratorSizes): Generator<LayoutTensor> {
  const { styleDim, mappingLayers, size } = architecture;
  for (let i = 1; i <= mappingLayers; i++) {
    yield { name: `decoder.style.${i}.weight`, shape: [styleDim, styleDim], role: 'mapping' };
    yield { name: `decoder.style.${i}.bias`, shape: [styleDim], role: 'bias' };
  }
  yield { name: 'decoder.input.input', shape: [1, architecture.channels['4'] ?? 0, 4, 4], role: 'constant' };
  const layers = generatorLayers(architecture);
  const order = [
    ...layers.slice(0, 2),
    ...layers.slice(2).filter((l) => l.kind !== 'rgb'),
    ...layers.slice(2).filter((l) => l.kind === 'rgb'),
  ];
  for (const layer of order) {
    const name = `decoder.${layer.key}`;
    const side = layer.kind === 'rgb' ? 1 : 3;
    if (layer.kind === 'rgb') yield { name: `${name}.bias`, shape: [1, 3, 1, 1], role: 'bias' };
    if (layer.kind === 'rgb' && layer.resolution > 4)
      yield { name: `${name}.upsample.kernel`, shape: [4, 4], role: 'filter' };
    yield {
      name: `${name}.conv.weight`,
      shape: [1, layer.outChannels, layer.inChannels, side, side],
      role: 'equalized',
    };
    if (layer.kind === 'up') yield { name: `${name}.conv.blur.kernel`, shape: [4, 4], role: 'filter' };
    yield { name: `${name}.conv.modulation.weight`, shape: [layer.inChannels, styleDim], role: 'equalized' };
    yield { name: `${name}.conv.modulation.bias`, shape: [layer.inChannels], role: 'style-bias' };
    if (layer.kind === 'rgb') continue;
    yield { name: `${name}.noise.weight`, shape: [1], role: 'noise-strength' };
    yield { name: `${name}.activate.bias`, shape: [layer.outChannels], role: 'bias' };
  }
  for (let i = 0; i < 2 * Math.log2(size) - 3; i++) {
    const side = 2 ** ((i + 5) >> 1);
    yield { name: `decoder.noises.noise_${i}`, shape: [1, 1, side, side], role: 'noise' };
  }
}

function* encoderTensors(architecture: Architecture, encoder: TrunkArchitecture): Generator<LayoutTensor> {
  yield* trunkTensors(encoder, PICTURE_CHANNELS, [
    { name: 'encoder.linear.weight', shape: [architecture.styleDim, encoder.widths.at(-1) ?? 0], role: 'equalized' },
    { name: 'encoder.linear.bias', shape: [architecture.styleDim], role: 'bias' },
  ]);
}

/** Stem and units of an IR-SE encoder; `between` are the tensors that a checkpoint has before the units. */
export function* trunkTensors(
  encoder: TrunkArchitecture,
  channels: number,
  between: readonly LayoutTensor[] = [],
): Generator<LayoutTensor> {
  yield* convolution('encoder.input_layer.0', encoder.stem, channels, 3);
  yield* batchNorm('encoder.input_layer.1', encoder.stem);
  yield { name: 'encoder.input_layer.2.weight', shape: [encoder.stem], role: 'slope' };
  yield* between;
  for (const { index, from, to } of trunkUnits(encoder)) {
    const name = `encoder.body.${index}`;
    if (from !== to) {
      yield* convolution(`${name}.shortcut_layer.0`, to, from, 1);
      yield* batchNorm(`${name}.shortcut_layer.1`, to);
    }
    yield* batchNorm(`${name}.res_layer.0`, from);
    yield* convolution(`${name}.res_layer.1`, to, from, 3);
    yield { name: `${name}.res_layer.2.weight`, shape: [to], role: 'slope' };
    yield* convolution(`${name}.res_layer.3`, to, to, 3);
    yield* batchNorm(`${name}.res_layer.4`, to);
    const squeezed = Math.floor(to / 16);
    yield* convolution(`${name}.res_layer.5.fc1`, squeezed, to, 1);
    yield* convolution(`${name}.res_layer.5.fc2`, to, squeezed, 1);
  }
}
