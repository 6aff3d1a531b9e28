/** Cases of `conv2d` as the networks use it, with their epilogues. */
import { type ConvWeight, conv2d, prepareConvWeight } from '../../src/kernels/conv2d.ts';
import type { ConvOperands } from '../../src/kernels/epilogue.ts';
import { conv2dReference, type ReferenceEpilogue } from '../../src/kernels/reference/conv2d.ts';
import { tensor } from '../../src/tensor.ts';
import { type BuiltCase, CaseBuilder, type Cost, floatBytes, halvings, type KernelCase, type Sampled } from './case.ts';
import { cut, cutOutputs, type Patch, patchesOf } from './patches.ts';

/** What a convolution does around its sum: StyleGAN2's, a BatchNorm before it, a BatchNorm after it, or a bias alone. */
export type Surroundings = 'styled' | 'normBefore' | 'normAfter' | 'bias';

/** One convolution of a network; channel numbers count all groups. */
export interface ConvSpec {
  readonly network: string;
  readonly name: string;
  readonly count: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernel: number;
  readonly stride: 1 | 2;
  readonly groups?: number;
  /** Side of the output in pixels. */
  readonly size: number;
  readonly surroundings: Surroundings;
}

/** Smallest side a case shrinks to. */
const SMALLEST = 16;
const STYLEGAN = { slope: 0.2, gain: Math.SQRT2 };
const REFINEMENT_SLOPE = 0.01;

function cost(s: ConvSpec, size: number): Cost {
  const { groups = 1, inChannels, outChannels, kernel, stride } = s;
  const weights = (inChannels / groups) * kernel ** 2 * outChannels;
  const side = size * stride;
  return {
    flops: 2 * weights * size ** 2,
    bytes: floatBytes([inChannels, side, side], [weights], [outChannels, size, size]),
  };
}

/** Operands of a convolution on the GPU, and the same for the reference. */
interface Surrounded {
  readonly operands: ConvOperands;
  readonly epilogue: ReferenceEpilogue;
}

function surround(b: CaseBuilder, s: ConvSpec, size: number): Surrounded {
  const vector = (name: string, n: number, spread: number, offset: number) => {
    const { tensor: made, values } = b.operand(name, [n], spread, offset);
    return { slice: { tensor: made, offset: 0 }, values };
  };
  const inVector = (name: string, offset: number) => vector(name, s.inChannels, 0.5, offset);
  const outVector = (name: string, offset: number) => vector(name, s.outChannels, 0.5, offset);
  if (s.surroundings === 'normBefore') {
    const [scale, shift, slopes] = [inVector('scale', 1), inVector('shift', 0), outVector('slopes', 0.25)];
    const activation = { kind: 'prelu', slopes: slopes.slice.tensor } as const;
    return {
      operands: { inScale: scale.slice, inShift: shift.slice, activation },
      epilogue: { inScale: scale.values, inShift: shift.values, slope: slopes.values },
    };
  }
  const bias = outVector('bias', 0);
  const withBias = { operands: { bias: bias.slice }, epilogue: { bias: bias.values } };
  if (s.surroundings === 'bias') {
    const activation = { kind: 'leaky', slope: REFINEMENT_SLOPE } as const;
    return {
      operands: { ...withBias.operands, activation },
      epilogue: { ...withBias.epilogue, slope: REFINEMENT_SLOPE },
    };
  }
  const scale = outVector('outScale', 1);
  const scaled = {
    operands: { ...withBias.operands, outScale: scale.slice },
    epilogue: { ...withBias.epilogue, outScale: scale.values },
  };
  if (s.surroundings === 'normAfter') {
    return {
      operands: { ...scaled.operands, activation: { kind: 'relu' } },
      epilogue: { ...scaled.epilogue, slope: 0 },
    };
  }
  const style = inVector('style', 1);
  const noise = b.operand('noise', [size, size], 0.1);
  return {
    operands: {
      ...scaled.operands,
      inScale: style.slice,
      noise: noise.tensor,
      activation: { kind: 'leaky', ...STYLEGAN },
    },
    epilogue: { ...scaled.epilogue, inScale: style.values, noise: noise.values, ...STYLEGAN },
  };
}

/** The epilogue's operands at the channels and pixels of one output patch. */
export function cutEpilogue(e: ReferenceEpilogue, patch: Patch, size: readonly [number, number]): ReferenceEpilogue {
  const channels = (v: Float32Array | undefined) => v?.subarray(patch.channel, patch.channel + patch.channels);
  const noise = e.noise && cut(e.noise, [1, ...size], { ...patch, channel: 0, channels: 1 }).data;
  return {
    outScale: channels(e.outScale),
    bias: channels(e.bias),
    noise,
    slope: typeof e.slope === 'object' ? channels(e.slope) : e.slope,
    gain: e.gain,
  };
}

/** `x · scale + shift` for channels from `channel` on, before padding. */
export function scaleInput(
  x: Float32Array,
  pixels: number,
  e: Pick<ReferenceEpilogue, 'inScale' | 'inShift'>,
): Float32Array {
  if (!e.inScale && !e.inShift) return x;
  return x.map((v, i) => {
    const channel = Math.floor(i / pixels);
    return Math.fround(v * (e.inScale?.[channel] ?? 1)) + (e.inShift?.[channel] ?? 0);
  });
}

/** One patch of a convolution's output by plain loops; `x` is scaled and shifted already. */
function referencePatch(
  s: ConvSpec,
  x: Float32Array,
  weight: Float32Array,
  e: ReferenceEpilogue,
  size: number,
  p: Patch,
) {
  const { groups = 1, kernel, stride, inChannels, outChannels } = s;
  const [groupIn, groupOut] = [inChannels / groups, outChannels / groups];
  const group = Math.floor(p.channel / groupOut);
  const channels = Math.min(p.channels, (group + 1) * groupOut - p.channel);
  const padding = (kernel - 1) / 2;
  const reach = (n: number): number => (n - 1) * stride + kernel;
  const input = cut(x, [inChannels, size * stride, size * stride], {
    row: p.row * stride - padding,
    column: p.column * stride - padding,
    height: reach(p.height),
    width: reach(p.width),
    channel: group * groupIn,
    channels: groupIn,
  });
  const perGroup = weight.length / groups;
  const bank = weight.subarray(group * perGroup, (group + 1) * perGroup);
  const shape = [1, groupIn, kernel, kernel, channels];
  const dense = { shape, data: cutOutputs(bank, groupOut, p.channel % groupOut, channels) };
  const patch = { ...p, channels };
  const epilogue = cutEpilogue(e, patch, [size, size]);
  return { patch, expected: conv2dReference(input, dense, { ...epilogue, stride, padding: 0 }) };
}

function build(s: ConvSpec, size: number, facts: Parameters<KernelCase['build']>[1]): BuiltCase {
  const b = new CaseBuilder(s.name);
  const { groups = 1, inChannels, outChannels, kernel, stride } = s;
  const side = size * stride;
  const x = b.operand('x', [inChannels, side, side]);
  const spread = Math.sqrt(3 / ((inChannels / groups) * kernel ** 2));
  const stored = b.operand('weight', [groups, inChannels / groups, kernel, kernel, outChannels / groups], spread);
  const { operands, epilogue } = surround(b, s, size);
  const use = { label: s.name, weight: stored.tensor, stride, spatial: [size, size] as const, facts };
  const weight: ConvWeight = prepareConvWeight(b.prepare, use);
  const output = tensor('y', [outChannels, size, size]);
  conv2d(b.graph, { label: s.name, input: x.tensor, weight, stride, output, ...operands });
  return b.built(output, (y) => {
    const scaled = scaleInput(x.values, side ** 2, epilogue);
    const sampled: Sampled = { actual: [], expected: [] };
    for (const place of patchesOf(outChannels, size, size)) {
      const { patch, expected } = referencePatch(s, scaled, stored.values, epilogue, size, place);
      sampled.expected.push(...expected.data);
      sampled.actual.push(...cut(y, [outChannels, size, size], patch).data);
    }
    return sampled;
  });
}

/** A case of one convolution. */
export function convCase(s: ConvSpec): KernelCase {
  const { network, name, count, kernel, stride, groups = 1 } = s;
  const grouped = groups > 1 ? ` in ${groups} groups` : '';
  const strided = stride > 1 ? ` stride ${stride}` : '';
  return {
    network,
    name,
    count,
    sizes: halvings(s.size, SMALLEST),
    unit: 'px',
    what: (size) => `${kernel}×${kernel}${strided} ${s.inChannels}→${s.outChannels}${grouped} ${size}×${size}`,
    cost: (size) => cost(s, size),
    build: (size, facts) => build(s, size, facts),
  };
}
