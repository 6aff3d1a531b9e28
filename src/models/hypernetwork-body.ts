/**
 * The hypernetwork's body: a ResNet trunk without max-pool over photo and reconstruction, and refinement blocks that turn
 * its features into one code a tuned layer (HyperStyle, arXiv 2111.15666, §3.2 and appendix). Blocks of one form run as one
 * grouped convolution. The heads that turn codes into offsets are in `heads.ts`. Checkpoint keys `hypernet.*`.
 */
import type { HypernetworkArchitecture, TrunkArchitecture } from '../architecture.ts';
import { ensure } from '../errors.ts';
import { conv2d } from '../kernels/conv2d.ts';
import { dim, type Recorder } from '../kernels/kernel.ts';
import { linear } from '../kernels/linear.ts';
import { type Tensor, tensor, view } from '../tensor.ts';
import { type ConvWeights, slice } from './conv-weights.ts';
import type { WeightPlan } from './weight-plan.ts';

/** Slope of the refinement blocks' leaky ReLU: PyTorch's default. */
const REFINEMENT_SLOPE = 0.01;

/**
 * ResNet `BasicBlock` in evaluation mode: conv3x3(stride), BN, ReLU, conv3x3, BN, plus the shortcut, ReLU.
 * @param input `[C, H, W]`
 */
export function basicBlock(g: Recorder, weights: ConvWeights, prefix: string, input: Tensor, stride: 1 | 2): Tensor {
  const { plan } = weights;
  const [bn1, bn2] = [plan.batchNorm(`${prefix}.bn1`), plan.batchNorm(`${prefix}.bn2`)];
  const hidden = conv2d(g, {
    label: `${prefix}.conv1`,
    input,
    weight: weights.static(`${prefix}.conv1.weight`, input, stride),
    stride,
    outScale: slice(bn1.scale),
    bias: slice(bn1.shift),
    activation: { kind: 'relu' },
  });
  let shortcut = input;
  if (plan.has(`${prefix}.downsample.0.weight`)) {
    const norm = plan.batchNorm(`${prefix}.downsample.1`);
    shortcut = conv2d(g, {
      label: `${prefix}.downsample`,
      input,
      weight: weights.static(`${prefix}.downsample.0.weight`, input, stride),
      stride,
      padding: 0,
      outScale: slice(norm.scale),
      bias: slice(norm.shift),
    });
  }
  return conv2d(g, {
    label: `${prefix}.conv2`,
    input: hidden,
    weight: weights.static(`${prefix}.conv2.weight`, hidden),
    outScale: slice(bn2.scale),
    bias: slice(bn2.shift),
    residual: shortcut,
    activation: { kind: 'relu' },
  });
}

/** The stem: conv7x7 stride 2 padding 3, BN, PReLU. */
export function hyperStem(g: Recorder, weights: ConvWeights, keys: StemKeys, input: Tensor): Tensor {
  const norm = weights.plan.batchNorm(keys.norm);
  return conv2d(g, {
    label: keys.conv,
    input,
    weight: weights.static(keys.conv, input, 2),
    stride: 2,
    outScale: slice(norm.scale),
    bias: slice(norm.shift),
    activation: { kind: 'prelu', slopes: weights.plan.plain(keys.slopes) },
  });
}

/** Checkpoint keys of a stem. */
export interface StemKeys {
  readonly conv: string;
  readonly norm: string;
  readonly slopes: string;
}

/** Keys of the hypernetwork's stem. */
export const HYPER_STEM: StemKeys = {
  conv: 'hypernet.conv1.weight',
  norm: 'hypernet.bn1',
  slopes: 'hypernet.relu.weight',
};

/**
 * Stem and residual stages. Stage 1 keeps the resolution, each later stage halves it.
 * @param pair photo and reconstruction `[6, H, W]`: x in channels 0..2, y in 3..5, both in [-1, 1]
 * @returns features `[C, H/2^stages, W/2^stages]`
 */
export function hyperTrunk(g: Recorder, weights: ConvWeights, trunk: TrunkArchitecture, pair: Tensor): Tensor {
  let features = hyperStem(g, weights, HYPER_STEM, pair);
  let block = 0;
  trunk.units.forEach((count, stage) => {
    for (let i = 0; i < count; i++, block++) {
      features = basicBlock(g, weights, `hypernet.body.${block}`, features, i === 0 && stage > 0 ? 2 : 1);
    }
  });
  return features;
}

/** How a block's code becomes offsets. */
export type HeadKind = 'shared' | 'plain' | 'rgb' | 'separable';

/** Refinement blocks of one form, run together: their layers, and the tensors that sum their codes. */
export interface BlockGroup {
  readonly kind: HeadKind;
  /** Tuned layers in hypernetwork order. */
  readonly layers: readonly number[];
  /** Checkpoint prefixes, one a layer. */
  readonly prefixes: readonly string[];
  /** Width of a code. */
  readonly codeSize: number;
  /** Summed codes and step counts `[layers, codeSize + 1]` (persistent). For separable heads it only counts. */
  readonly sums: Tensor;
  /** What the heads read, as `sums`: a weighted sum of people's sums. Not used by separable heads. */
  readonly active: Tensor;
}

/** Sorts the tuned layers into groups of equal form. @throws `tensor` error when a block has no head we know */
export function blockGroups(plan: WeightPlan, hyper: HypernetworkArchitecture): BlockGroup[] {
  const found = new Map<string, { kind: HeadKind; layers: number[] }>();
  for (const layer of hyper.tunedLayers) {
    const prefix = `hypernet.refinement_blocks.${layer}`;
    const kind = headKind(plan, hyper, layer, prefix);
    const form = [kind, ...convKeys(plan, prefix).map((key) => plan.shape(`${key}.weight`).join('x'))].join(' ');
    const group = found.get(form) ?? { kind, layers: [] };
    group.layers.push(layer);
    found.set(form, group);
  }
  return [...found.values()].map(({ kind, layers }) => {
    const prefixes = layers.map((layer) => `hypernet.refinement_blocks.${layer}`);
    const lastConv = convKeys(plan, `${prefixes[0]}`).at(-1);
    const codeSize = plan.size(`${lastConv}.weight`, 0);
    const [name, shape] = [`${kind} codes of layers ${layers}`, [layers.length, codeSize + 1]];
    const [sums, active] = [tensor(name, shape), tensor(`active ${name}`, shape)];
    return { kind, layers, prefixes, codeSize, sums, active };
  });
}

function headKind(plan: WeightPlan, hyper: HypernetworkArchitecture, layer: number, prefix: string): HeadKind {
  if (hyper.sharedLayers.includes(layer)) return 'shared';
  if (plan.has(`${prefix}.output.0.make_kernel_in.weight`)) return 'separable';
  if (plan.has(`${prefix}.output.0.weight`)) return 'rgb';
  ensure(plan.has(`${prefix}.output.1.weight`), 'tensor', () => `"${prefix}" has no head: expects ${prefix}.output.*`);
  return 'plain';
}

/** Prefixes of a block's convolutions: `convs.0`, `convs.2`, … (activations sit between them). */
function convKeys(plan: WeightPlan, prefix: string): string[] {
  const keys: string[] = [];
  while (plan.has(`${prefix}.convs.${2 * keys.length}.weight`)) keys.push(`${prefix}.convs.${2 * keys.length}`);
  return keys;
}

/**
 * The blocks of one group: convolutions down to 1x1 (plain heads: to maps whose means are the codes), for shared heads
 * an equalised linear.
 * @param features `[C, H, W]`
 * @returns codes `[layers, codeSize]`, of plain heads `[layers, codeSize, pixels]`
 */
export function refinementCodes(g: Recorder, weights: ConvWeights, group: BlockGroup, features: Tensor): Tensor {
  const { plan } = weights;
  const { prefixes, codeSize, kind } = group;
  let x = features;
  const perBlock = prefixes.map((prefix) => convKeys(plan, prefix));
  perBlock[0]?.forEach((key, i) => {
    const keys = perBlock.map((block) => block[i] ?? key);
    const name = `${key}.weight ×${keys.length}`;
    const weightKeys = keys.map((k) => `${k}.weight`);
    // All blocks read the same features: their first convolutions are one wide one, the later ones grouped.
    const weight = i === 0 ? plan.convJoined(name, weightKeys) : plan.conv(name, weightKeys);
    const stride = kind === 'shared' && i === 0 ? 1 : 2;
    x = conv2d(g, {
      label: name,
      input: x,
      weight: weights.prepared(name, weight, x, stride),
      stride,
      bias: slice(
        plan.concat(
          `${key}.bias ×${keys.length}`,
          keys.map((k) => `${k}.bias`),
        ),
      ),
      activation: { kind: 'leaky', slope: REFINEMENT_SLOPE },
    });
  });
  const pixels = dim(x, 1) * dim(x, 2);
  ensure(
    kind === 'plain' || pixels === 1,
    'model',
    () =>
      `"${prefixes[0]}": its convolutions leave [${x.shape}] where one code of ${codeSize} a layer is expected; check input_size`,
  );
  const codes = view(x, [prefixes.length, codeSize, ...(kind === 'plain' ? [pixels] : [])]);
  return kind === 'shared' ? equalisedLinears(g, weights, group, codes) : codes;
}

function equalisedLinears(g: Recorder, { plan, facts }: ConvWeights, group: BlockGroup, codes: Tensor): Tensor {
  const { prefixes, codeSize } = group;
  const outputs = plan.size(`${prefixes[0]}.linear.weight`, 0);
  const weight = plan.concat(
    `${prefixes[0]}.linear.weight ×${prefixes.length}`,
    prefixes.map((p) => `${p}.linear.weight`),
  );
  const bias = plan.concat(
    `${prefixes[0]}.linear.bias ×${prefixes.length}`,
    prefixes.map((p) => `${p}.linear.bias`),
  );
  return linear(g, {
    label: 'hypernet.refinement_blocks.linear',
    input: codes,
    weight: view(weight, [prefixes.length, outputs, dim(codes, 1)]),
    bias: view(bias, [prefixes.length, outputs]),
    weightScale: 1 / Math.sqrt(codeSize),
    groups: true,
    facts,
  });
}
