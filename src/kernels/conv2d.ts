/**
 * 2-D convolution with everything that surrounds it in these networks (see `epilogue.ts`): the plain rungs. Filter
 * transforms of other variants are in `winograd.ts`; which rung runs is decided in `choose.ts` when the weight is prepared.
 */
import { ensure } from '../errors.ts';
import { expectShape, type Tensor } from '../tensor.ts';
import { activate } from './activation.ts';
import { type ConvChoice, chooseConv2d, chooseParts, type KernelFacts } from './choose.ts';
import { columnsConv } from './columns.ts';
import { storedType } from './element.ts';
import { bindConvOperands, type ConvOperands, epilogueFields, inputFields, OPERAND_PARTS } from './epilogue.ts';
import { FUSED_CHUNK, fusedConv, fusedInvocations } from './fused.ts';
import { half } from './half.ts';
import { IMPLICIT_CHUNK, implicitConv, implicitInvocations } from './implicit.ts';
import { dim, type KernelRecord, linearGrid, type Recorder, read, type UniformField, u32, write } from './kernel.ts';
import type { Conv2dVariant, Precision } from './rungs.ts';
import { FREQUENCIES, paddedChannels, winogradConv, winogradFilter } from './winograd.ts';

/** Sizes of a filter bank; channel numbers count all groups. */
export interface ConvWeightShape {
  readonly groups: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernel: number;
}

/** A filter bank as one variant reads it. */
export interface ConvWeight extends ConvChoice<Conv2dVariant> {
  /** What filter and input are stored and multiplied in, by variants that come down to products. */
  readonly precision: Precision;
  /** Parts that the sum is cut into, by variants that can (`split-k.ts`). */
  readonly parts: number;
  readonly tensor: Tensor;
  /** `[groups, I/groups, k, k, O/groups]`, what `tensor` was made of: gradients go there. */
  readonly stored?: Tensor | undefined;
  readonly shape: ConvWeightShape;
}

/** Where a filter bank will be used. */
export interface ConvUse {
  readonly stride?: number | undefined;
  /** Output height and width in pixels. */
  readonly spatial: readonly [number, number];
  /** Whether the filter is made anew at every step. */
  readonly retuned?: boolean | undefined;
  readonly facts: KernelFacts;
}

/** Zeros around a picture: on every side, or `before` above and to the left, `after` below and to the right. */
export type Padding = number | readonly [before: number, after: number];

/** Attributes of {@link conv2d} besides its operands. */
export interface Conv2dArgs extends ConvOperands {
  readonly label: string;
  /** `[I, H, W]` */
  readonly input: Tensor;
  readonly weight: ConvWeight;
  readonly stride?: number | undefined;
  /** Zeros on each side, or above and left, then below and right; default (k − 1) / 2. */
  readonly padding?: Padding | undefined;
  /** `[O, OH, OW]`; a transient is made when absent. */
  readonly output?: Tensor | undefined;
}

/** Sizes of one convolution, all known. */
export interface Conv2dSizes extends ConvWeightShape {
  readonly height: number;
  readonly width: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly stride: number;
  /** Above and to the left; what lies below and to the right shows in the output's size. */
  readonly padding: number;
}

/**
 * TensorFlow's "same" padding of a side of `length`: the output has ⌈length / stride⌉, and an odd zero lies behind. It
 * differs from PyTorch's (k − 1) / 2 where a stride leaves less to fill.
 */
export function samePadding(length: number, kernel: number, stride: number): readonly [before: number, after: number] {
  const total = Math.max(0, (Math.ceil(length / stride) - 1) * stride + kernel - length);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}

/** Reads a filter bank's sizes from its stored tensor `[groups, I/groups, k, k, O/groups]`. */
export function convWeightShape(weight: Tensor): ConvWeightShape {
  const [groups, groupIn, kernel] = [dim(weight, 0), dim(weight, 1), dim(weight, 2)];
  const groupOut = dim(weight, 4);
  expectShape('conv2d', 'weight', weight, [groups, groupIn, kernel, kernel, groupOut]);
  return { groups, inChannels: groups * groupIn, outChannels: groups * groupOut, kernel };
}

/** A filter bank in one use before it is made, and what of the stored one its variant reads. */
export interface ConvWeightPlan extends Omit<ConvWeight, 'tensor'> {
  /** `winograd`: transformed filters; `half`: the stored ones rounded to f16; undefined: these themselves. */
  readonly transform: 'winograd' | 'half' | undefined;
}

/** Variant and stored shape of a filter bank in one use (pure). */
export function planConvWeight(weight: Tensor, use: ConvUse): ConvWeightPlan {
  const shape = convWeightShape(weight);
  const { stride = 1, spatial, retuned } = use;
  const choice = chooseConv2d({ ...shape, stride, spatial, retuned }, use.facts);
  const { precision = 'f32' } = use.facts;
  const rounded = choice.variant === 'columns' && precision !== 'f32' ? 'half' : undefined;
  const transform = choice.variant === 'winograd' ? 'winograd' : rounded;
  return { ...choice, precision, parts: partsOf(choice.variant, shape, use), shape, transform };
}

function partsOf(variant: Conv2dVariant, s: ConvWeightShape, { spatial, facts }: ConvUse): number {
  const taps = s.kernel ** 2;
  const terms = (s.inChannels / s.groups) * taps;
  if (variant === 'fused')
    return chooseParts(fusedInvocations(s.outChannels, spatial), terms, FUSED_CHUNK * taps, facts);
  if (variant === 'implicit') return chooseParts(implicitInvocations({ ...s, spatial }), terms, IMPLICIT_CHUNK, facts);
  return 1;
}

/**
 * Makes a filter bank ready for its variant: the stored tensor itself where that is what the variant reads, else its transform,
 * recorded into `g` as a persistent tensor (`output` when given).
 * @param a.weight `[groups, I/groups, k, k, O/groups]`
 */
export function prepareConvWeight(
  g: Recorder,
  a: { readonly label: string; readonly weight: Tensor; readonly output?: Tensor | undefined } & ConvUse,
): ConvWeight {
  const { transform, ...plan } = planConvWeight(a.weight, a);
  const prepared = { ...plan, stored: a.weight };
  if (transform === 'winograd') {
    return { ...prepared, tensor: winogradFilter(g, { ...a, precision: plan.precision }) };
  }
  if (transform === undefined) return { ...prepared, tensor: a.weight };
  return { ...prepared, tensor: half(g, { label: a.label, input: a.weight, output: a.output }) };
}

/**
 * {@link prepareConvWeight} where the transform is made anew at every run, in memory that it shares with what else is
 * computed.
 */
export function passingConvWeight(
  g: Recorder,
  a: { readonly label: string; readonly weight: Tensor } & ConvUse,
): ConvWeight {
  const { transform, shape, precision } = planConvWeight(a.weight, a);
  if (transform !== 'winograd') return prepareConvWeight(g, a);
  const filter = [FREQUENCIES, shape.inChannels, paddedChannels(shape.outChannels)];
  return prepareConvWeight(g, { ...a, output: g.transient(`${a.label} winograd`, filter, storedType(precision)) });
}

/** Sizes of a convolution of an input `[I, height, width]`. @throws `tensor` error when nothing is left of the picture */
export function conv2dSizes(
  where: string,
  weight: ConvWeightShape,
  [height, width]: readonly [number, number],
  a: { readonly stride?: number | undefined; readonly padding?: Padding | undefined },
): Conv2dSizes {
  const { stride = 1, padding: given = (weight.kernel - 1) / 2 } = a;
  const [padding, after] = typeof given === 'number' ? [given, given] : given;
  const out = (n: number): number => Math.floor((n + padding + after - weight.kernel) / stride) + 1;
  const sizes = { ...weight, height, width, outHeight: out(height), outWidth: out(width), stride, padding };
  ensure(
    sizes.outHeight > 0 && sizes.outWidth > 0,
    'tensor',
    () => `${where}: a ${weight.kernel}×${weight.kernel} kernel needs at least that much input, got ${height}×${width}`,
  );
  return sizes;
}

/** Multiply-adds of a direct convolution, counted as two; every variant reports this number. */
export function conv2dFlops(s: Conv2dSizes): number {
  return 2 * s.outChannels * (s.inChannels / s.groups) * s.kernel ** 2 * s.outHeight * s.outWidth;
}

/** Pixels and channels that one invocation of the tiled rung owns, and its workgroup; `conv2d_tiled.wgsl` has the same. */
const TILED = { pixels: 8, channels: 16, workgroup: 16 };

/** Grid of a plain variant (pure). */
export function planConv2d(variant: 'direct' | 'tiled', s: Conv2dSizes): Pick<KernelRecord, 'grid'> {
  const pixels = s.outHeight * s.outWidth;
  if (variant === 'direct') return { grid: linearGrid(s.outChannels * pixels, 64) };
  const channelBlocks = s.groups * Math.ceil(s.outChannels / s.groups / TILED.channels);
  return { grid: linearGrid(channelBlocks * Math.ceil(pixels / TILED.pixels), TILED.workgroup) };
}

/**
 * `y = act(conv(x · inScale + inShift) · outScale + bias + noise + residual) · gain`, `[I, H, W]` → `[O, OH, OW]`.
 * PyTorch's `conv2d` (cross-correlation, zero padding), grouped; StyleGAN2's modulated convolution with its style as
 * `inScale` and its demodulation as `outScale`.
 * @throws `tensor` error when shapes disagree or an operand is too short
 */
export function conv2d(g: Recorder, a: Conv2dArgs): Tensor {
  const { input, weight, label, activation } = a;
  if (g.pullback && activation?.kind === 'prelu' && !a.output) {
    // a slope's gradient needs what it was multiplied with, which the result does not tell
    return activate(g, { label, input: conv2d(g, { ...a, activation: undefined }), activation });
  }
  const where = `conv2d "${label}"`;
  expectShape(where, 'input', input, [weight.shape.inChannels, dim(input, 1), dim(input, 2)]);
  const s = conv2dSizes(where, weight.shape, [dim(input, 1), dim(input, 2)], a);
  const shape = [s.outChannels, s.outHeight, s.outWidth];
  const output = a.output ?? g.transient(label, shape);
  expectShape(where, 'output', output, shape);
  const { tensor: filter, product, precision, parts } = weight;
  const flops = conv2dFlops(s);
  switch (weight.variant) {
    case 'fused':
      fusedConv(g, { ...a, filter, parts, output, flops }, s.padding);
      break;
    case 'winograd':
      winogradConv(g, { ...a, filter, product, precision, output }, s, flops);
      break;
    case 'implicit':
      implicitConv(g, { ...a, filter, parts, output, flops }, sizeFields(s));
      break;
    case 'columns':
      columnsConv(g, { ...a, filter, product, precision, output }, s, flops);
      break;
    default:
      g.add(plainRecord(a, weight.variant, s, output));
  }
  g.pullback?.({ op: 'conv2d', args: a, output });
  return output;
}

function plainRecord(a: Conv2dArgs, variant: 'direct' | 'tiled', s: Conv2dSizes, output: Tensor): KernelRecord {
  const { input, weight, label } = a;
  const pixels = s.outHeight * s.outWidth;
  const terms = (s.inChannels / s.groups) * s.kernel ** 2;
  const operands = bindConvOperands(`conv2d "${label}"`, a, { ...weight.shape, pixels }, input);
  return {
    op: 'conv2d',
    label: `${label} ${s.inChannels}→${s.outChannels} ${s.outHeight}×${s.outWidth}`,
    rung: `conv2d/${variant}`,
    shader: `conv2d_${variant}`,
    parts: ['conv2d', ...OPERAND_PARTS],
    overrides: operands.overrides,
    uniforms: [...sizeFields(s), u32('part_terms', terms), ...inputFields(a), ...epilogueFields(a)],
    bindings: [...operands.bindings, read(input), read(weight.tensor), write(output)],
    ...planConv2d(variant, s),
    flops: conv2dFlops(s),
  };
}

/** Uniform fields of a convolution's sizes. */
export const sizeFields = (s: Conv2dSizes): UniformField[] => [
  u32('groups', s.groups),
  u32('group_in', s.inChannels / s.groups),
  u32('group_out', s.outChannels / s.groups),
  u32('height', s.height),
  u32('width', s.width),
  u32('out_height', s.outHeight),
  u32('out_width', s.outWidth),
  u32('kernel', s.kernel),
  u32('stride', s.stride),
  u32('padding', s.padding),
];
