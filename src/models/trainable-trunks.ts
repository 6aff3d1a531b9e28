/**
 * Trunks in BatchNorm's training mode: statistics span the batch, so all its pictures go through layer by layer. A
 * batch is a list of tensors. With frozen statistics the pictures are independent, and the functions of `w-encoder.ts`
 * and `hypernetwork-body.ts` serve.
 */
import { activate } from '../kernels/activation.ts';
import { batchNormTrain } from '../kernels/batch-norm.ts';
import { conv2d } from '../kernels/conv2d.ts';
import type { Activation } from '../kernels/epilogue.ts';
import { dim, type Recorder } from '../kernels/kernel.ts';
import { linear } from '../kernels/linear.ts';
import { globalPool } from '../kernels/pools.ts';
import { sum } from '../kernels/product.ts';
import { squeezeExcite } from '../kernels/se-block.ts';
import { type Tensor, view } from '../tensor.ts';
import type { ConvWeights } from './conv-weights.ts';
import { HYPER_STEM, type StemKeys } from './hypernetwork-body.ts';
import type { TrainablePlan } from './trainable-plan.ts';

/** What a trunk that learns is recorded with. */
export interface TrainableTrunk {
  readonly g: Recorder;
  readonly weights: ConvWeights;
  readonly plan: TrainablePlan;
}

const RELU = { kind: 'relu' } as const;

function convolutions(
  t: TrainableTrunk,
  key: string,
  batch: readonly Tensor[],
  stride: 1 | 2,
  padding?: number,
): Tensor[] {
  return batch.map((input) => {
    const weight = t.weights.static(`${key}.weight`, input, stride);
    return conv2d(t.g, { label: key, input, weight, stride, padding });
  });
}

function normalised({ g, plan }: TrainableTrunk, prefix: string, inputs: readonly Tensor[]): Tensor[] {
  const { weight, bias, mean, variance } = plan.batchNormWeights(prefix);
  return batchNormTrain(g, { label: prefix, inputs, weight, bias, running: { mean, variance } });
}

function activated({ g }: TrainableTrunk, label: string, batch: readonly Tensor[], activation: Activation): Tensor[] {
  return batch.map((input) => activate(g, { label, input, activation }));
}

const prelu = ({ plan }: TrainableTrunk, key: string): Activation => ({ kind: 'prelu', slopes: plan.plain(key) });

/** ResNet's `BasicBlock`; see `basicBlock`. */
export function basicBlocks(t: TrainableTrunk, prefix: string, inputs: readonly Tensor[], stride: 1 | 2): Tensor[] {
  const first = normalised(t, `${prefix}.bn1`, convolutions(t, `${prefix}.conv1`, inputs, stride));
  const hidden = activated(t, `${prefix}.bn1`, first, RELU);
  const main = normalised(t, `${prefix}.bn2`, convolutions(t, `${prefix}.conv2`, hidden, 1));
  const down = `${prefix}.downsample`;
  const shortcut = t.plan.has(`${down}.0.weight`)
    ? normalised(t, `${down}.1`, convolutions(t, `${down}.0`, inputs, stride, 0))
    : inputs;
  const sums = main.map((a, i) => sum(t.g, { label: prefix, a, b: shortcut[i] ?? a }));
  return activated(t, prefix, sums, RELU);
}

/** conv7x7 stride 2, BatchNorm, PReLU; see `hyperStem`. */
export function hyperStems(t: TrainableTrunk, keys: StemKeys, inputs: readonly Tensor[]): Tensor[] {
  const conv = keys.conv.replace(/\.weight$/, '');
  const normed = normalised(t, keys.norm, convolutions(t, conv, inputs, 2));
  return activated(t, conv, normed, prelu(t, keys.slopes));
}

/** The hypernetwork's trunk; see `hyperTrunk`. */
export function hyperTrunks(t: TrainableTrunk, units: readonly number[], pairs: readonly Tensor[]): Tensor[] {
  let batch = hyperStems(t, HYPER_STEM, pairs);
  let block = 0;
  units.forEach((count, stage) => {
    for (let i = 0; i < count; i++, block++) {
      batch = basicBlocks(t, `hypernet.body.${block}`, batch, i === 0 && stage > 0 ? 2 : 1);
    }
  });
  return batch;
}

/** IR-SE units; see `irSeUnit`. */
export function irSeUnits(t: TrainableTrunk, prefix: string, inputs: readonly Tensor[], stride: 1 | 2): Tensor[] {
  const res = `${prefix}.res_layer`;
  const first = convolutions(t, `${res}.1`, normalised(t, `${res}.0`, inputs), 1);
  const hidden = activated(t, `${res}.2`, first, prelu(t, `${res}.2.weight`));
  const main = normalised(t, `${res}.4`, convolutions(t, `${res}.3`, hidden, stride));
  const short = `${prefix}.shortcut_layer`;
  const widens = t.plan.has(`${short}.0.weight`);
  const shortcuts = widens ? normalised(t, `${short}.1`, convolutions(t, `${short}.0`, inputs, stride, 0)) : inputs;
  const matrix = (key: string): Tensor => t.plan.plain(key, t.plan.shape(key).slice(0, 2));
  return main.map((input, i) =>
    squeezeExcite(t.g, {
      label: `${res}.5`,
      input,
      fc1: matrix(`${res}.5.fc1.weight`),
      fc2: matrix(`${res}.5.fc2.weight`),
      shortcut: shortcuts[i] ?? input,
      shortcutStride: widens ? 1 : stride,
      facts: t.weights.facts,
    }),
  );
}

/**
 * The W encoder; see `wEncoder`.
 * @param units of each stage
 * @returns a `[1, styleDim]` a picture, still without the average latent
 */
export function wEncoders(t: TrainableTrunk, units: readonly number[], inputs: readonly Tensor[]): Tensor[] {
  const { g, plan } = t;
  const { facts } = t.weights;
  const stem = 'encoder.input_layer';
  const first = normalised(t, `${stem}.1`, convolutions(t, `${stem}.0`, inputs, 1));
  let batch = activated(t, stem, first, prelu(t, `${stem}.2.weight`));
  let unit = 0;
  for (const count of units) {
    for (let i = 0; i < count; i++, unit++) batch = irSeUnits(t, `encoder.body.${unit}`, batch, i === 0 ? 2 : 1);
  }
  return batch.map((features) => {
    const width = dim(features, 0);
    return linear(g, {
      label: 'encoder.linear',
      input: view(globalPool(g, { label: 'encoder.pool', input: features, facts }), [1, width]),
      weight: plan.plain('encoder.linear.weight'),
      bias: plan.plain('encoder.linear.bias'),
      weightScale: 1 / Math.sqrt(width),
      facts,
    });
  });
}
