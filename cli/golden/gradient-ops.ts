/** Golden cases `grad_*` of single ops and blocks, through the functions the networks are built with. */
import { activate } from '../../src/kernels/activation.ts';
import { batchNormTrain, normalise } from '../../src/kernels/batch-norm.ts';
import { conv2d, conv2dSizes, convWeightShape, passingConvWeight } from '../../src/kernels/conv2d.ts';
import type { Activation } from '../../src/kernels/epilogue.ts';
import { fir } from '../../src/kernels/fir.ts';
import { linear } from '../../src/kernels/linear.ts';
import { maxPool } from '../../src/kernels/max-pool.ts';
import { nearestResize } from '../../src/kernels/nearest-resize.ts';
import { scaleMap } from '../../src/kernels/noise-map.ts';
import { pixelNorm } from '../../src/kernels/pixel-norm.ts';
import { weightUpdate } from '../../src/kernels/weight-update.ts';
import { slice } from '../../src/models/conv-weights.ts';
import { basicBlocks, hyperStems, irSeUnits, wEncoders } from '../../src/models/trainable-trunks.ts';
import { wEncoder } from '../../src/models/w-encoder.ts';
import { elementCount, type Tensor, view } from '../../src/tensor.ts';
import { convolve, factors, LEAKY, mapping, modulate, modulatedConv, toRgbCase } from './generator-ops.ts';
import type { GradientCase } from './gradient-case.ts';
import { generatorCase } from './gradient-generator.ts';
import { refinementBlockOfCode, sharedHypernetOfCode } from './gradient-heads.ts';
import { blockKey } from './head-ops.ts';
import { identityCase, lpipsCase, mocoCase, msSsimCase, noiseLossCase, squaredLossCase } from './loss-ops.ts';
import type { CaseRecorder } from './op-case.ts';
import { adaptivePooling, irSe, resnetBlock, stem } from './trunk-ops.ts';

/** How a case is recorded, and our checkpoint key of a weight `w.NAME`. */
export interface GradientRow {
  readonly record: (c: GradientCase) => void;
  readonly keyOf?: (name: string) => string;
}

/** An op of one picture, recorded for each. */
const each =
  (op: (c: CaseRecorder) => void) =>
  (c: GradientCase): void => {
    for (let n = 0; n < c.batch; n++) op(c.picture(n));
  };

/** Every picture of `in.x`, for ops whose pictures depend on each other. */
const pictures = (c: GradientCase): Tensor[] => Array.from({ length: c.batch }, (_, n) => c.input('x', n));

const expectBatch = (c: GradientCase, outputs: readonly Tensor[]): void => {
  outputs.forEach((output, n) => {
    c.name('y', n, output);
  });
};

const strideOf = (c: { golden: GradientCase['golden'] }): 1 | 2 => (c.golden.entry.stride === 2 ? 2 : 1);

/**
 * Either form of a block: with frozen statistics picture by picture, or through the batch; then running statistics are
 * compared too.
 */
const byMode =
  (frozen: (c: CaseRecorder) => void, batch: (c: GradientCase) => Tensor[]) =>
  (c: GradientCase): void => {
    if (c.golden.entry.mode !== 'train') {
      each(frozen)(c);
      return;
    }
    expectBatch(c, batch(c));
    for (const name of c.golden.tensors.keys()) {
      const found = /^out\.(.*running_(mean|var))$/.exec(name);
      const parameter = found?.[1] && c.parameter(found[1]);
      if (found?.[1] && parameter) c.name(found[1], 0, parameter.tensor);
    }
  };

function convolution(c: CaseRecorder): void {
  const { stride, padding } = c.golden.entry;
  const input = c.input('x');
  const stored = c.plan.conv('weight', ['weight']);
  const [, height = 0, width = 0] = input.shape;
  const geometry = { stride: Number(stride), padding: Number(padding) };
  const sizes = conv2dSizes('golden', convWeightShape(stored), [height, width], geometry);
  const use = { stride: geometry.stride, spatial: [sizes.outHeight, sizes.outWidth] as const, facts: c.facts };
  const weight = passingConvWeight(c.graph, { label: 'golden', weight: stored, ...use });
  const bias = c.plan.has('bias') ? slice(c.plan.plain('bias')) : undefined;
  c.expect('y', conv2d(c.graph, { label: 'golden', input, weight, ...geometry, bias }));
}

function activationCase(c: CaseRecorder): void {
  const { slope, gain } = c.golden.entry;
  const prelu = c.golden.entry.op === 'grad_prelu';
  const activation: Activation = prelu
    ? { kind: 'prelu', slopes: c.plan.plain('weight') }
    : { kind: 'leaky', slope: Number(slope), gain: Number(gain) };
  c.expect('y', activate(c.graph, { label: 'golden', input: c.input('x'), activation }));
}

function batchNormCase(c: GradientCase): void {
  const { weight, bias, mean, variance } = {
    weight: c.plan.plain('norm.weight'),
    bias: c.plan.plain('norm.bias'),
    mean: c.plan.plain('norm.running_mean'),
    variance: c.plan.plain('norm.running_var'),
  };
  const inputs = pictures(c);
  if (c.golden.entry.mode === 'train') {
    expectBatch(c, batchNormTrain(c.tape, { label: 'golden', inputs, weight, bias, running: { mean, variance } }));
    c.name('running_mean', 0, mean);
    c.name('running_var', 0, variance);
    return;
  }
  const { scale, shift } = c.plan.batchNorm('norm');
  const vectors = { scale: slice(scale), shift: slice(shift) };
  expectBatch(
    c,
    inputs.map((input) => normalise(c.tape, { label: 'golden', input, ...vectors })),
  );
}

function firCase(c: CaseRecorder): void {
  const { up, pad, gain } = c.golden.entry;
  const [, , height = 0, width = 0] = c.shape('out.y');
  const [before] = pad as [number, number];
  const size = [height, width] as const;
  const sampling = { up: up === 2 ? 2 : 1, down: 1, pad: before, gain: Number(gain) } as const;
  c.expect('y', fir(c.graph, { label: 'golden', input: c.input('x'), ...sampling, size }));
}

function linearCase(c: CaseRecorder): void {
  const [, features = 0] = c.shape('in.x');
  const lr = Number(c.golden.entry.lr_mul);
  const output = linear(c.graph, {
    input: c.input('x', [1, features]),
    weight: c.plan.plain('weight'),
    bias: c.plan.plain('bias'),
    weightScale: lr / Math.sqrt(features),
    biasScale: lr,
    activation: c.golden.entry.activate === true ? LEAKY : undefined,
  });
  c.expect('y', output);
}

function pixelNormCase(c: CaseRecorder): void {
  const [, features = 0] = c.shape('in.x');
  c.expect('y', pixelNorm(c.graph, { input: c.input('x', [1, features]) }));
}

function maxPoolCase(c: CaseRecorder): void {
  const { kernel, stride, padding } = c.golden.entry;
  const window = { kernel: Number(kernel), stride: Number(stride), padding: Number(padding) };
  c.expect('y', maxPool(c.graph, { label: 'golden', input: c.input('x'), ...window }));
}

function nearestCase(c: CaseRecorder): void {
  const [height = 0, width = 0] = c.shape('out.y').slice(-2);
  c.expect('y', nearestResize(c.graph, { label: 'golden', input: c.input('x'), size: [height, width] }));
}

/** The demodulation factors of a weight that is θ · (1 + Δ) / √fan_in. */
function demodulationCase(c: CaseRecorder): void {
  const stored = c.plan.conv('theta', ['weight']);
  const theta = view(stored, stored.shape.slice(1));
  const [inChannels = 0, kernel = 0, , outChannels = 0] = theta.shape;
  const delta = c.golden.tensors.has('in.delta') ? c.input('delta') : undefined;
  const energy = c.graph.transient('energy', [inChannels * outChannels]);
  const tuned = weightUpdate(c.graph, {
    label: 'theta',
    theta,
    delta: delta && slice(view(delta, [elementCount(delta.shape)])),
    scale: 1 / Math.sqrt(inChannels * kernel ** 2),
    output: c.graph.transient('tuned', theta.shape),
    energy: slice(energy),
  });
  c.expect('y', factors(c, { tuned, energy, style: c.input('s', [inChannels]) }));
}

/** `ToRGB` of any width: as a convolution and a filter where the kernel of both at once has no whole vectors. */
function anyToRgb(c: CaseRecorder): void {
  const [height = 0, width = 0] = c.shape('in.x').slice(-2);
  if (width % 4 === 0) {
    toRgbCase(c);
    return;
  }
  const m = modulate(c, 'conv.');
  if (c.golden.tensors.has('out.s')) c.expect('s', m.style);
  const skip = c.golden.tensors.has('in.skip') ? c.input('skip') : undefined;
  const upsample = { label: 'skip', up: 2, down: 1, pad: 2, gain: 4, size: [height, width] } as const;
  const residual = skip && fir(c.graph, { ...upsample, input: skip });
  c.expect('y', convolve(c, m, false, false, { residual, bias: slice(c.plan.plain('bias', [3])) }));
}

/** `StyledConv` whose noise map and strength have gradients. */
function styledConvCase(c: CaseRecorder): void {
  const map = c.input('noise', c.shape('in.noise').slice(-2));
  const noise = scaleMap(c.graph, { label: 'noise', map, strength: c.plan.plain('noise.weight') });
  const rest = { noise, bias: slice(c.plan.plain('activate.bias')), activation: LEAKY };
  const m = modulate(c, 'conv.');
  if (c.golden.tensors.has('out.s')) c.expect('s', m.style);
  c.expect('y', convolve(c, m, c.golden.entry.upsample === true, true, rest));
}

function encoderCase(c: CaseRecorder): void {
  const units = c.golden.entry.enc_units as number[];
  c.expect('y', wEncoder(c.graph, c.weights, { stem: 0, widths: [], units }, c.input('x')));
}

const trunkOf = (c: GradientCase) => ({ g: c.tape, weights: c.weights, plan: c.plan });
const STEM_KEYS = { conv: 'block.0.weight', norm: 'block.1', slopes: 'block.2.weight' };
const inBlock = (name: string): string => `block.${name}`;

/** Every `grad_*` op and the losses. */
export const GRADIENT_OPS: Readonly<Record<string, GradientRow>> = {
  grad_modulated_conv: { record: each(modulatedConv) },
  grad_demodulation: { record: each(demodulationCase) },
  grad_styled_conv: { record: each(styledConvCase) },
  grad_to_rgb: { record: each(anyToRgb) },
  grad_fir: { record: each(firCase) },
  grad_linear: { record: each(linearCase) },
  grad_pixel_norm: { record: each(pixelNormCase) },
  grad_mapping: { record: each(mapping) },
  grad_generator: { record: generatorCase, keyOf: (name) => `decoder.${name}` },
  grad_conv2d: { record: each(convolution) },
  grad_activation: { record: each(activationCase) },
  grad_prelu: { record: each(activationCase) },
  grad_batch_norm: { record: batchNormCase, keyOf: (name) => `norm.${name}` },
  grad_resnet_basic_block: {
    record: byMode(resnetBlock, (c) => basicBlocks(trunkOf(c), 'block', pictures(c), strideOf(c))),
    keyOf: inBlock,
  },
  grad_conv7x7_s2_bn_prelu: {
    record: byMode(stem, (c) => hyperStems(trunkOf(c), STEM_KEYS, pictures(c))),
    keyOf: inBlock,
  },
  grad_ir_se_unit: {
    record: byMode(irSe, (c) => irSeUnits(trunkOf(c), 'block', pictures(c), strideOf(c))),
    keyOf: inBlock,
  },
  grad_max_pool: { record: each(maxPoolCase) },
  grad_adaptive_avg_pool2d: { record: each(adaptivePooling) },
  grad_nearest_resize: { record: each(nearestCase) },
  grad_shared_hypernet: { record: each(sharedHypernetOfCode), keyOf: blockKey },
  grad_shared_refinement_block: { record: each(refinementBlockOfCode), keyOf: blockKey },
  grad_refinement_block: { record: each(refinementBlockOfCode), keyOf: blockKey },
  loss_l2: { record: squaredLossCase },
  loss_lpips: { record: lpipsCase },
  loss_id: { record: identityCase },
  loss_moco: { record: mocoCase },
  loss_ms_ssim: { record: msSsimCase },
  loss_noise: { record: noiseLossCase },
  grad_w_encoder: {
    record: byMode(encoderCase, (c) => wEncoders(trunkOf(c), c.golden.entry.enc_units as number[], pictures(c))),
    keyOf: (name) => `encoder.${name}`,
  },
};
