/**
 * Heads that turn features into latents of W+, as e4e and ReStyle's e4e have them (arXiv 2102.02766, §4): `map2style`, stride-2
 * convolutions down to one pixel and an equalised linear layer. Row 0 is head 0, row i head 0 plus head i. Checkpoint keys
 * `encoder.styles.*`; `e4e-encoder.ts` and `restyle-encoder.ts` record them.
 */
import { ensure } from '../errors.ts';
import { conv2d } from '../kernels/conv2d.ts';
import { dim, type Recorder } from '../kernels/kernel.ts';
import { linear } from '../kernels/linear.ts';
import { elementCount, type Tensor, tensor, view } from '../tensor.ts';
import { bytesOf, joinBytes } from '../weights/bytes.ts';
import { type ConvWeights, slice } from './conv-weights.ts';
import { MAX_CHUNK_BYTES } from './heads.ts';
import type { WeightPlan } from './weight-plan.ts';

/** Slope of the heads' leaky ReLU: PyTorch's default. */
const HEAD_SLOPE = 0.01;

/**
 * Records heads that read the same features, in batches that fit one binding.
 * @param heads their indices, ascending
 * @param features `[C, H, W]`
 * @returns some rows each, in order: together `[heads, styleDim]`
 * @throws `model` error when the convolutions do not come down to one pixel
 */
export function recordHeads(
  g: Recorder,
  weights: ConvWeights,
  heads: readonly number[],
  features: Tensor,
): readonly Tensor[] {
  return headBatches(weights.plan, heads).map((batch) => recordBatch(g, weights, batch, features));
}

/**
 * One pass (ReStyle, §3; e4e has one): codes + (head 0 in every row, head i once more in row i from 1).
 * @param codes `[rows, width]`
 * @param heads `[rows, width]`
 */
export function addHeads(codes: Float32Array, heads: Float32Array, width: number): Float32Array<ArrayBuffer> {
  return Float32Array.from(codes, (value, i) => {
    const own = i < width ? 0 : (heads[i] ?? Number.NaN);
    return value + (heads[i % width] ?? Number.NaN) + own;
  });
}

/** What all heads found, from their batches: `[rows, width]`. @throws what `read` throws */
export async function readHeads(
  batches: readonly Tensor[],
  read: (batch: Tensor) => Promise<Float32Array>,
): Promise<Float32Array> {
  const parts: Float32Array[] = [];
  for (const batch of batches) parts.push(await read(batch));
  return new Float32Array(joinBytes(parts.map(bytesOf)).buffer);
}

/** Heads whose convolutions together fit one binding, as even as possible; ReStyle's published model has two batches of 9. */
function headBatches(plan: WeightPlan, heads: readonly number[]): number[][] {
  const largest = Math.max(
    ...convKeys(plan, heads[0] ?? 0).map((key) => 4 * elementCount(plan.shape(`${key}.weight`))),
  );
  const most = Math.max(1, Math.floor(MAX_CHUNK_BYTES / largest));
  const batches = Math.ceil(heads.length / most);
  const each = Math.ceil(heads.length / batches);
  return Array.from({ length: batches }, (_, b) => heads.slice(b * each, (b + 1) * each));
}

/** Prefixes of a head's convolutions: `convs.0`, `convs.2`, … (activations sit between them). */
function convKeys(plan: WeightPlan, head: number): string[] {
  const keys: string[] = [];
  const key = (i: number): string => `encoder.styles.${head}.convs.${2 * i}`;
  while (plan.has(`${key(keys.length)}.weight`)) keys.push(key(keys.length));
  return keys;
}

/**
 * Some heads, run together: their first convolutions read the same features, so they are one wide one; the later ones
 * are grouped.
 */
function recordBatch(g: Recorder, weights: ConvWeights, heads: readonly number[], features: Tensor): Tensor {
  const { plan, facts } = weights;
  const perHead = heads.map((head) => convKeys(plan, head));
  let x = features;
  perHead[0]?.forEach((key, i) => {
    const keys = perHead.map((head) => head[i] ?? key);
    const name = `${key}.weight ×${keys.length}`;
    const weightKeys = keys.map((k) => `${k}.weight`);
    const weight = i === 0 ? plan.convJoined(name, weightKeys) : plan.conv(name, weightKeys);
    const biases = keys.map((k) => `${k}.bias`);
    x = conv2d(g, {
      label: name,
      input: x,
      weight: weights.prepared(name, weight, x, 2),
      stride: 2,
      bias: slice(plan.concat(`${key}.bias ×${keys.length}`, biases)),
      activation: { kind: 'leaky', slope: HEAD_SLOPE },
    });
  });
  ensure(
    dim(x, 1) * dim(x, 2) === 1,
    'model',
    () =>
      `"encoder.styles.${heads[0]}": its convolutions leave [${x.shape}] where one pixel is expected; check input_size`,
  );
  const codes = view(x, [heads.length, dim(x, 0) / heads.length]);
  const part = (name: string): string[] => heads.map((head) => `encoder.styles.${head}.linear.${name}`);
  const inputs = dim(codes, 1);
  const outputs = plan.size(`encoder.styles.${heads[0]}.linear.weight`, 0);
  const label = `encoder.styles.${heads[0]}.linear ×${heads.length}`;
  return linear(g, {
    label,
    input: codes,
    weight: view(plan.concat(`${label} weight`, part('weight')), [heads.length, outputs, inputs]),
    bias: view(plan.concat(`${label} bias`, part('bias')), [heads.length, outputs]),
    weightScale: 1 / Math.sqrt(inputs),
    groups: true,
    output: tensor(`heads ${heads[0]} to ${heads.at(-1)}`, [heads.length, outputs]),
    facts,
  });
}
