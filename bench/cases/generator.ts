/** Cases of every generator layer: convolutions, up-convolutions, toRGB, and the weight update of a refinement step. */
import { type Architecture, type GeneratorLayer, generatorLayers } from '../../src/architecture.ts';
import type { KernelFacts } from '../../src/kernels/choose.ts';
import { upConvReference } from '../../src/kernels/reference/conv2d.ts';
import { toRgbReference, weightUpdateReference } from '../../src/kernels/reference/generator.ts';
import { toRgb } from '../../src/kernels/to-rgb.ts';
import { upConv, upConvWeight } from '../../src/kernels/upconv.ts';
import { weightUpdate } from '../../src/kernels/weight-update.ts';
import { tensor } from '../../src/tensor.ts';
import { type BuiltCase, CaseBuilder, floatBytes, halvings, type KernelCase, type Sampled } from './case.ts';
import { convCase, cutEpilogue, scaleInput } from './convolution.ts';
import { cut, cutOutputs, type Patch, patchesOf } from './patches.ts';

const SMALLEST = 16;
const STYLEGAN = { slope: 0.2, gain: Math.SQRT2 };

/** A patch twice as coarse, `border` pixels larger on every side, all `channels`. */
function coarse(p: Patch, border: number, channels: number): Patch {
  return {
    row: p.row / 2 - border,
    column: p.column / 2 - border,
    height: p.height / 2 + 2 * border,
    width: p.width / 2 + 2 * border,
    channel: 0,
    channels,
  };
}

/** The inner part of an up-sampled patch that had a border of `border` coarse pixels. */
function inner(data: Float32Array, channels: number, p: Patch, border: number): Float32Array {
  const [height, width] = [p.height + 4 * border, p.width + 4 * border];
  const patch = { ...p, row: 2 * border, column: 2 * border, channel: 0, channels };
  return cut(data, [channels, height, width], patch).data;
}

function buildUp(layer: GeneratorLayer, size: number, facts: KernelFacts): BuiltCase {
  const { inChannels, outChannels, key } = layer;
  const b = new CaseBuilder(key);
  const half = size / 2;
  const x = b.operand('x', [inChannels, half, half]);
  const weight = b.operand('weight', [inChannels, 3, 3, outChannels], Math.sqrt(3 / (9 * inChannels)));
  const style = b.operand('style', [inChannels], 0.5, 1);
  const scale = b.operand('outScale', [outChannels], 0.5, 1);
  const bias = b.operand('bias', [outChannels], 0.5);
  const noise = b.operand('noise', [size, size], 0.1);
  const output = tensor('y', [outChannels, size, size]);
  const whole = (operand: typeof style) => ({ tensor: operand.tensor, offset: 0 });
  const activation = { kind: 'leaky', ...STYLEGAN } as const;
  const operands = {
    inScale: whole(style),
    outScale: whole(scale),
    bias: whole(bias),
    noise: noise.tensor,
    activation,
  };
  const prepared = upConvWeight(b.prepare, {
    label: key,
    weight: weight.tensor,
    spatial: [half, half],
    facts,
  });
  upConv(b.graph, { label: key, input: x.tensor, weight: prepared, output, ...operands });
  return b.built(output, (y) => {
    const scaled = scaleInput(x.values, half ** 2, { inScale: style.values });
    const epilogue = { outScale: scale.values, bias: bias.values, noise: noise.values, ...STYLEGAN };
    const sampled: Sampled = { actual: [], expected: [] };
    for (const patch of patchesOf(outChannels, size, size)) {
      const input = cut(scaled, [inChannels, half, half], coarse(patch, 2, inChannels));
      const data = cutOutputs(weight.values, outChannels, patch.channel, patch.channels);
      const around = { ...patch, row: patch.row - 4, column: patch.column - 4, height: patch.height + 8 };
      const e = cutEpilogue(epilogue, { ...around, width: patch.width + 8 }, [size, size]);
      const up = upConvReference(input, { shape: [inChannels, 3, 3, patch.channels], data }, e);
      sampled.expected.push(...inner(up.data, patch.channels, patch, 2));
      sampled.actual.push(...cut(y, [outChannels, size, size], patch).data);
    }
    return sampled;
  });
}

function buildRgb({ inChannels, key }: GeneratorLayer, size: number, hasSkip: boolean, facts: KernelFacts): BuiltCase {
  const b = new CaseBuilder(key);
  const half = size / 2;
  const x = b.operand('x', [inChannels, size, size]);
  const weight = b.operand('weight', [inChannels, 1, 1, 3], Math.sqrt(3 / inChannels));
  const style = b.operand('style', [inChannels], 0.5, 1);
  const bias = b.operand('bias', [3], 0.5);
  const skip = hasSkip ? b.operand('skip', [3, half, half]) : undefined;
  const output = tensor('rgb', [3, size, size]);
  toRgb(b.graph, {
    label: key,
    input: x.tensor,
    weight: weight.tensor,
    styles: { tensor: style.tensor, offset: 0 },
    bias: { tensor: bias.tensor, offset: 0 },
    skip: skip?.tensor,
    output,
    facts,
  });
  return b.built(output, (y) => {
    const sampled: Sampled = { actual: [], expected: [] };
    for (const patch of patchesOf(3, size, size)) {
      const around: Patch = { ...coarse(patch, 2, inChannels), row: patch.row - 4, column: patch.column - 4 };
      const large = { ...around, height: patch.height + 8, width: patch.width + 8 };
      const input = cut(x.values, [inChannels, size, size], large);
      const before = skip && cut(skip.values, [3, half, half], coarse(patch, 2, 3));
      const dense = { shape: [inChannels, 1, 1, 3], data: weight.values };
      const rgb = toRgbReference(input, dense, style.values, bias.values, before);
      sampled.expected.push(...inner(rgb.data, 3, patch, 2));
      sampled.actual.push(...cut(y, [3, size, size], patch).data);
    }
    return sampled;
  });
}

function buildUpdate({ inChannels, key, kind }: GeneratorLayer, outputs: number): BuiltCase {
  const b = new CaseBuilder(key);
  const kernel = kind === 'rgb' ? 1 : 3;
  const shape = [inChannels, kernel, kernel, outputs];
  const theta = b.operand('theta', shape);
  const delta = b.operand('delta', [outputs, inChannels, kernel, kernel], 0.1);
  const output = tensor('tuned', shape);
  const scale = 1 / Math.sqrt(inChannels * kernel ** 2);
  const energy = { tensor: tensor('energy', [inChannels * outputs]), offset: 0 };
  const slice = { tensor: delta.tensor, offset: 0 };
  const taps = kernel === 3 ? 3 : 1;
  weightUpdate(b.graph, { label: key, theta: theta.tensor, delta: slice, taps, scale, output, energy });
  return b.built(output, (tuned) => {
    const count = Math.min(8, outputs);
    const part = { shape: [inChannels, kernel, kernel, count], data: cutOutputs(theta.values, outputs, 0, count) };
    const expected = weightUpdateReference(part, scale, { data: delta.values, taps }).updated;
    return { actual: [...cutOutputs(tuned, outputs, 0, count)], expected: [...expected] };
  });
}

function layerCase(layer: GeneratorLayer, network: string): KernelCase {
  const { key, inChannels, outChannels, resolution, kind, index } = layer;
  const common = { network, name: `${index} ${key}`, count: 1 };
  if (kind === 'conv') {
    const shape = { inChannels, outChannels, kernel: 3, stride: 1, size: resolution } as const;
    return convCase({ ...common, ...shape, surroundings: 'styled' });
  }
  const sized = { ...common, sizes: halvings(resolution, SMALLEST), unit: 'px' };
  if (kind === 'up') {
    return {
      ...sized,
      what: (size) => `up 3×3 ${inChannels}→${outChannels} ${size}×${size}`,
      cost: (size) => ({
        flops: (2 * 9 * inChannels * outChannels * size ** 2) / 4,
        bytes: floatBytes([inChannels, size / 2, size / 2], [inChannels, 9, outChannels], [outChannels, size, size]),
      }),
      build: (size, facts) => buildUp(layer, size, facts),
    };
  }
  return {
    ...sized,
    what: (size) => `toRGB ${inChannels}→3 ${size}×${size}`,
    cost: (size) => ({
      flops: 2 * 3 * inChannels * size ** 2,
      bytes: floatBytes([inChannels + 3, size, size], [3, size / 2, size / 2]),
    }),
    build: (size, facts) => buildRgb(layer, size, index > 1, facts),
  };
}

function updateCase(layer: GeneratorLayer, network: string, count: number): KernelCase {
  const { inChannels, outChannels } = layer;
  return {
    network,
    name: `update ${layer.key}`,
    count,
    sizes: halvings(outChannels, 8),
    unit: 'output channels',
    what: (outputs) => `θ·(1+ΣΔ) 3×3 ${inChannels}→${outputs}`,
    cost: (outputs) => ({
      flops: 4 * 9 * inChannels * outputs,
      bytes: floatBytes([3 * 9 * inChannels * outputs], [inChannels, outputs]),
    }),
    build: (outputs) => buildUpdate(layer, outputs),
  };
}

/** Every layer of a generator in hypernetwork order, then the distinct weight updates of its convolutions. */
export function generatorCases(architecture: Pick<Architecture, 'size' | 'channels'>): KernelCase[] {
  const layers = generatorLayers(architecture);
  const network = `generator ${architecture.size}`;
  const updates = new Map<string, GeneratorLayer[]>();
  for (const layer of layers.filter(({ kind }) => kind !== 'rgb')) {
    const form = `${layer.inChannels} ${layer.outChannels}`;
    updates.set(form, [...(updates.get(form) ?? []), layer]);
  }
  return [
    ...layers.map((layer) => layerCase(layer, network)),
    ...[...updates.values()].flatMap((same) => (same[0] ? [updateCase(same[0], network, same.length)] : [])),
  ];
}
