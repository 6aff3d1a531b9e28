/** Golden cases of the generator: modulated convolutions, styled convolutions, toRGB, the mapping network. */
import { conv2d, prepareConvWeight } from '../../src/kernels/conv2d.ts';
import { demodulation, demodulationTable } from '../../src/kernels/demodulation.ts';
import type { ConvOperands } from '../../src/kernels/epilogue.ts';
import { linear } from '../../src/kernels/linear.ts';
import { pixelNorm } from '../../src/kernels/pixel-norm.ts';
import { styles } from '../../src/kernels/styles.ts';
import { toRgb } from '../../src/kernels/to-rgb.ts';
import { upConv, upConvWeight } from '../../src/kernels/upconv.ts';
import { weightUpdate } from '../../src/kernels/weight-update.ts';
import { slice } from '../../src/models/conv-weights.ts';
import { elementCount, type Tensor, tensor, view } from '../../src/tensor.ts';
import { goldenTensor } from './golden-file.ts';
import type { CaseRecorder } from './op-case.ts';

/** StyleGAN2's activation. */
export const LEAKY = { kind: 'leaky', slope: 0.2, gain: Math.SQRT2 } as const;

/** θ̂ of the case, its energy and its style, for the batch entry's w and delta. */
export interface Modulated {
  /** `[I, k, k, O]` */
  readonly tuned: Tensor;
  /** `[I·O]` */
  readonly energy: Tensor;
  /** `[I]` */
  readonly style: Tensor;
  readonly kernel: number;
}

/** Style and re-tuned weight of a case, whose weights begin with `prefix`. */
export function modulate(c: CaseRecorder, prefix: string): Modulated {
  const stored = c.plan.conv('theta', [`${prefix}weight`]);
  const theta = view(stored, stored.shape.slice(1));
  const [inChannels = 0, kernel = 0, , outChannels = 0] = theta.shape;
  const delta = c.golden.tensors.has('in.delta') ? c.input('delta') : undefined;
  const energy = tensor('energy', [inChannels * outChannels]);
  const tuned = weightUpdate(c.graph, {
    label: 'theta',
    theta,
    delta: delta && slice(view(delta, [elementCount(delta.shape)])),
    scale: 1 / Math.sqrt(inChannels * kernel ** 2),
    output: tensor('tuned', theta.shape),
    energy: slice(energy),
  });
  const modulation = c.plan.plain(`${prefix}modulation.weight`);
  const [, styleDim = 0] = modulation.shape;
  const bias = c.plan.plain(`${prefix}modulation.bias`);
  const style = styles(c.graph, {
    latents: c.input('w', [1, styleDim]),
    weight: modulation,
    bias,
    latentRow: c.values('rows', [inChannels], { shape: [1, inChannels], data: new Float32Array(inChannels) }),
    scale: 1 / Math.sqrt(styleDim),
  });
  return { tuned, energy, style, kernel };
}

/** Demodulation factors of this one layer `[O]`. */
export function factors(c: CaseRecorder, { tuned, style, energy }: Omit<Modulated, 'kernel'>): Tensor {
  const [inChannels = 0, , , outChannels = 0] = tuned.shape;
  const layers = [{ style: 0, energy: 0, inChannels, outChannels }];
  const data = demodulationTable(layers);
  const table = c.values('demodulation table', [outChannels, 4], { shape: [1, outChannels, 4], data });
  return demodulation(c.graph, { styles: style, energy, table, layers });
}

/** A modulated convolution with whatever follows it. */
export function convolve(
  c: CaseRecorder,
  m: Modulated,
  upsample: boolean,
  demodulate: boolean,
  rest: ConvOperands = {},
): Tensor {
  const input = c.input('x');
  const outScale = demodulate ? slice(factors(c, m)) : undefined;
  const common = { label: 'modconv', input, inScale: slice(m.style), outScale, ...rest };
  const [, height = 0, width = 0] = input.shape;
  const use = { spatial: [height, width] as const, facts: c.facts };
  if (upsample)
    return upConv(c.graph, {
      ...common,
      weight: upConvWeight(c.graph, { label: 'conv', weight: m.tuned, ...use }),
    });
  const weight = prepareConvWeight(c.graph, {
    label: 'modconv',
    weight: view(m.tuned, [1, ...m.tuned.shape]),
    ...use,
  });
  return conv2d(c.graph, { ...common, weight });
}

/** `ModulatedConv2d`, with or without ΣΔ. */
export function modulatedConv(c: CaseRecorder): void {
  const { upsample, demodulate } = c.golden.entry;
  const m = modulate(c, '');
  if (c.golden.tensors.has('out.s')) c.expect('s', m.style);
  c.expect('y', convolve(c, m, upsample === true, demodulate !== false));
}

/** `StyledConv`: modulated convolution, noise times its strength, bias, leaky ReLU. */
export function styledConv(c: CaseRecorder): void {
  const { shape, data } = goldenTensor(c.golden, 'in.noise');
  const strength = goldenTensor(c.golden, 'w.noise.weight').data[0] ?? 0;
  const noise = c.values('noise', shape.slice(-2), { shape, data: data.map((value) => value * strength) });
  const rest = { noise, bias: slice(c.plan.plain('activate.bias')), activation: LEAKY };
  c.expect('y', convolve(c, modulate(c, 'conv.'), c.golden.entry.upsample === true, true, rest));
}

/** `ToRGB` with the upsampled RGB of the stage before. */
export function toRgbCase(c: CaseRecorder): void {
  const m = modulate(c, 'conv.');
  if (c.golden.tensors.has('out.s')) c.expect('s', m.style);
  const skip = c.golden.tensors.has('in.skip') ? c.input('skip') : undefined;
  const bias = slice(c.plan.plain('bias', [3]));
  const common = { label: 'to_rgb', input: c.input('x'), weight: m.tuned, styles: slice(m.style), bias };
  c.expect('y', toRgb(c.graph, { ...common, skip }));
}

/** The mapping network: pixel norm, then equalised linear layers with a learning-rate multiplier of 0.01. */
export function mapping(c: CaseRecorder): void {
  const [, features = 0] = c.shape('in.z');
  let y = pixelNorm(c.graph, { input: c.input('z', [1, features]) });
  for (let i = 1; c.plan.has(`${i}.weight`); i++) {
    const weight = c.plan.plain(`${i}.weight`);
    const weightScale = 0.01 / Math.sqrt(weight.shape[1] ?? 0);
    const bias = c.plan.plain(`${i}.bias`);
    y = linear(c.graph, { input: y, weight, bias, weightScale, biasScale: 0.01, activation: LEAKY });
  }
  c.expect('y', y);
}
