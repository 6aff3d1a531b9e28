/**
 * ReStyle's e4e encoder (arXiv 2104.02699, 2102.02766): an IR-SE trunk over photo and reconstruction, then one head a latent
 * row, `map2style`: stride-2 convolutions down to one pixel and an equalised linear layer. Row 0 is head 0, row i head 0 plus
 * head i. Used for domain adaptation. Checkpoint keys `encoder.*`.
 */
import { inputShape, type RestyleArchitecture } from '../architecture.ts';
import { ensure } from '../errors.ts';
import { Graph } from '../graph/graph.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import { conv2d } from '../kernels/conv2d.ts';
import { dim, type Recorder } from '../kernels/kernel.ts';
import { linear } from '../kernels/linear.ts';
import type { Network } from '../runtime/network.ts';
import { elementCount, type Tensor, tensor, view } from '../tensor.ts';
import { ConvWeights, slice } from './conv-weights.ts';
import { MAX_CHUNK_BYTES } from './heads.ts';
import { irSeTrunk } from './w-encoder.ts';
import type { WeightPlan } from './weight-plan.ts';

/** Slope of the heads' leaky ReLU: PyTorch's default. */
const HEAD_SLOPE = 0.01;

/** The encoder as a network: one graph, x and y → what every head finds. */
export class E4eEncoderNetwork implements Network<'encode'> {
  readonly name = 'ReStyle-e4e encoder';
  readonly plan: WeightPlan;
  readonly graphs: ReadonlyMap<'encode', Graph>;
  readonly state: {
    /** Photo and reconstruction, one after the other `[6, h, w]` in [-1, 1]. */
    readonly pair: Tensor;
  };
  /** The heads' results, together `[latentCount, styleDim]`: some rows each, in order. */
  readonly heads: readonly Tensor[];

  /** @throws `tensor` error when tensors are missing or do not fit together */
  constructor(plan: WeightPlan, architecture: RestyleArchitecture, facts: KernelFacts) {
    this.plan = plan;
    this.state = { pair: tensor('x and y', [6, ...inputShape(architecture)]) };
    const encode = new Graph('encode');
    // a few passes a photo: filters that lasted would take four times the encoder's weights
    const weights = new ConvWeights(plan, facts, encode);
    const features = irSeTrunk(encode, weights, architecture.encoder, this.state.pair);
    this.heads = headBatches(plan, architecture.latentCount).map((batch) => {
      const rows = tensor(`heads ${batch[0]} to ${batch.at(-1)}`, [batch.length, architecture.styleDim]);
      return recordHeads(encode, weights, batch, features, rows);
    });
    this.graphs = new Map([['encode', encode]]);
  }
}

/**
 * One pass (ReStyle, §3): codes + (head 0 in every row, head i once more in row i from 1).
 * @param codes `[rows, width]`
 * @param heads `[rows, width]`
 */
export function addHeads(codes: Float32Array, heads: Float32Array, width: number): Float32Array<ArrayBuffer> {
  return Float32Array.from(codes, (value, i) => {
    const own = i < width ? 0 : (heads[i] ?? Number.NaN);
    return value + (heads[i % width] ?? Number.NaN) + own;
  });
}

/** Heads whose convolutions together fit one binding, as even as possible; the published model has two batches of 9. */
function headBatches(plan: WeightPlan, count: number): number[][] {
  const largest = Math.max(...convKeys(plan, 0).map((key) => 4 * elementCount(plan.shape(`${key}.weight`))));
  const most = Math.max(1, Math.floor(MAX_CHUNK_BYTES / largest));
  const batches = Math.ceil(count / most);
  const each = Math.ceil(count / batches);
  return Array.from({ length: batches }, (_, b) =>
    Array.from({ length: Math.min(each, count - b * each) }, (_, i) => b * each + i),
  );
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
function recordHeads(
  g: Recorder,
  weights: ConvWeights,
  heads: readonly number[],
  features: Tensor,
  output: Tensor,
): Tensor {
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
  const [inputs, outputs] = [dim(codes, 1), dim(output, 1)];
  const label = `encoder.styles.${heads[0]}.linear ×${heads.length}`;
  return linear(g, {
    label,
    input: codes,
    weight: view(plan.concat(`${label} weight`, part('weight')), [heads.length, outputs, inputs]),
    bias: view(plan.concat(`${label} bias`, part('bias')), [heads.length, outputs]),
    weightScale: 1 / Math.sqrt(inputs),
    groups: true,
    output,
    facts,
  });
}
