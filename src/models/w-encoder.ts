/**
 * The W encoder: an IR-SE trunk, global average pool and one equalised linear layer give one latent in W
 * (HyperStyle's `W encoder`, after e4e, arXiv 2102.02766). Checkpoint keys `encoder.*`.
 */
import type { TrunkArchitecture } from '../architecture.ts';
import { ensure } from '../errors.ts';
import { Graph } from '../graph/graph.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import { conv2d } from '../kernels/conv2d.ts';
import { dim, type Recorder } from '../kernels/kernel.ts';
import { latents } from '../kernels/latents.ts';
import { linear } from '../kernels/linear.ts';
import { globalPool } from '../kernels/pools.ts';
import { squeezeExcite } from '../kernels/se-block.ts';
import type { Network } from '../runtime/network.ts';
import { type Tensor, view } from '../tensor.ts';
import { ConvWeights, slice } from './conv-weights.ts';
import type { WeightPlan } from './weight-plan.ts';

/**
 * One IR-SE unit: BN, conv3x3, PReLU, conv3x3(stride), BN, SE, plus the shortcut (same width: strided subsampling;
 * else conv1x1(stride) + BN). The first BN comes before a zero-padded conv, so it is applied to the input inside the
 * picture instead of being folded. Mirrors `bottleneck_IR_SE`.
 * @param input `[C, H, W]`
 * @returns `[O, ⌈H/stride⌉, ⌈W/stride⌉]`
 */
export function irSeUnit(g: Recorder, weights: ConvWeights, prefix: string, input: Tensor, stride: 1 | 2): Tensor {
  const { plan } = weights;
  const res = `${prefix}.res_layer`;
  const before = plan.batchNorm(`${res}.0`);
  const after = plan.batchNorm(`${res}.4`);
  const hidden = conv2d(g, {
    label: `${res}.1`,
    input,
    weight: weights.static(`${res}.1.weight`, input),
    inScale: slice(before.scale),
    inShift: slice(before.shift),
    activation: { kind: 'prelu', slopes: plan.plain(`${res}.2.weight`) },
  });
  const main = conv2d(g, {
    label: `${res}.3`,
    input: hidden,
    weight: weights.static(`${res}.3.weight`, hidden, stride),
    stride,
    outScale: slice(after.scale),
    bias: slice(after.shift),
  });
  const widens = plan.has(`${prefix}.shortcut_layer.0.weight`);
  const shortcut = widens ? shortcutConv(g, weights, `${prefix}.shortcut_layer`, input, stride) : input;
  const [fc1, fc2] = [`${res}.5.fc1.weight`, `${res}.5.fc2.weight`];
  return squeezeExcite(g, {
    label: `${res}.5`,
    input: main,
    fc1: plan.plain(fc1, plan.shape(fc1).slice(0, 2)),
    fc2: plan.plain(fc2, plan.shape(fc2).slice(0, 2)),
    shortcut,
    shortcutStride: widens ? 1 : stride,
    facts: weights.facts,
  });
}

function shortcutConv(g: Recorder, weights: ConvWeights, prefix: string, input: Tensor, stride: 1 | 2): Tensor {
  const norm = weights.plan.batchNorm(`${prefix}.1`);
  return conv2d(g, {
    label: prefix,
    input,
    weight: weights.static(`${prefix}.0.weight`, input, stride),
    stride,
    padding: 0,
    outScale: slice(norm.scale),
    bias: slice(norm.shift),
  });
}

/** What an encoder network is made of. */
export interface EncoderNetworkArgs {
  readonly trunk: TrunkArchitecture;
  readonly facts: KernelFacts;
  /** The picture `[3, h, w]` in [-1, 1] that it reads. */
  readonly x: Tensor;
  /** Added to what it finds: the average latent `[1 or rows, styleDim]`. */
  readonly average: Tensor | undefined;
  /** Where the latents go `[rows, styleDim]`. */
  readonly output: Tensor;
}

/** The W encoder as a network: one graph, x → latents. */
export class EncoderNetwork implements Network<'encode'> {
  readonly name = 'W encoder';
  readonly plan: WeightPlan;
  readonly graphs: ReadonlyMap<'encode', Graph>;
  readonly state: { readonly x: Tensor; readonly latents: Tensor };

  /** @throws `tensor` error when tensors are missing or do not fit together */
  constructor(plan: WeightPlan, { trunk, facts, x, average, output }: EncoderNetworkArgs) {
    this.plan = plan;
    this.state = { x, latents: output };
    const encode = new Graph('encode');
    // once a photo: filters that lasted would take four times the encoder's weights
    const weights = new ConvWeights(plan, facts, encode);
    const w = wEncoder(encode, weights, trunk, x);
    latents(encode, { label: 'codes', base: w, added: average, output });
    this.graphs = new Map([['encode', encode]]);
  }
}

/**
 * Stem and stages of an IR-SE network; each stage's first unit halves the resolution.
 * @param input `[3 or 6, H, W]` in [-1, 1]
 * @param prefix of its checkpoint keys, with its dot or empty
 * @returns features of every stage s, from 1: `[C, H/2^s, W/2^s]`
 */
export function irSeStages(
  g: Recorder,
  weights: ConvWeights,
  { units }: Pick<TrunkArchitecture, 'units'>,
  input: Tensor,
  prefix = 'encoder.',
): Tensor[] {
  const { plan } = weights;
  const stem = plan.batchNorm(`${prefix}input_layer.1`);
  let features = conv2d(g, {
    label: `${prefix}input_layer`,
    input,
    weight: weights.static(`${prefix}input_layer.0.weight`, input),
    outScale: slice(stem.scale),
    bias: slice(stem.shift),
    activation: { kind: 'prelu', slopes: plan.plain(`${prefix}input_layer.2.weight`) },
  });
  let unit = 0;
  return units.map((count) => {
    for (let i = 0; i < count; i++, unit++) {
      features = irSeUnit(g, weights, `${prefix}body.${unit}`, features, i === 0 ? 2 : 1);
    }
    return features;
  });
}

/** The features of the last of {@link irSeStages}. @throws `model` error for a trunk without stages */
export function irSeTrunk(...args: Parameters<typeof irSeStages>): Tensor {
  const last = irSeStages(...args).at(-1);
  ensure(last, 'model', 'an encoder has no stages: it must list how many units each has');
  return last;
}

/**
 * The whole encoder.
 * @param x picture `[3, H, W]` in [-1, 1]
 * @returns `[1, styleDim]`, still without the average latent
 */
export function wEncoder(g: Recorder, weights: ConvWeights, trunk: TrunkArchitecture, x: Tensor): Tensor {
  const { plan } = weights;
  const features = irSeTrunk(g, weights, trunk, x);
  const pooled = globalPool(g, { label: 'encoder.pool', input: features, facts: weights.facts });
  return linear(g, {
    label: 'encoder.linear',
    input: view(pooled, [1, dim(features, 0)]),
    weight: plan.plain('encoder.linear.weight'),
    bias: plan.plain('encoder.linear.bias'),
    weightScale: 1 / Math.sqrt(dim(features, 0)),
    facts: weights.facts,
  });
}
