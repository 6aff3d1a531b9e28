/**
 * Heads of the hypernetwork where they are differentiated: at the code of one pass. (Inference applies them to summed
 * codes, once a step: `heads.ts`; that is the same forward, and another gradient.)
 */

import type { Recorder } from '../kernels/kernel.ts';
import { linear } from '../kernels/linear.ts';
import { globalPool } from '../kernels/pools.ts';
import { product } from '../kernels/product.ts';
import { type Tensor, view } from '../tensor.ts';
import { MAX_CHUNK_BYTES } from './heads.ts';
import type { WeightPlan } from './weight-plan.ts';

/** A head's matrix in one piece. */
function wholeHead(plan: WeightPlan, key: string): Tensor {
  const [whole] = plan.head(key, MAX_CHUNK_BYTES).chunks;
  return whole ?? plan.plain(key);
}

/**
 * The shared head (`SharedWeightsHypernet`): `h = code·w2 + b2` viewed as `[C, z]`, `Δ = h·w1 + b1`.
 * @param a.code one a layer `[layers, z]`
 * @returns Δ of the layers, one after another `[layers·C, C, f, f]`
 */
export function sharedHeadOfCode(
  g: Recorder,
  plan: WeightPlan,
  a: { readonly prefix: string; readonly code: Tensor; readonly channels: number; readonly taps: number },
): Tensor {
  const { prefix, code, channels, taps } = a;
  const [layers = 0, z = 0] = code.shape;
  const h = product(g, {
    label: `${prefix} h`,
    rows: layers,
    columns: channels * z,
    depth: z,
    left: { tensor: code, row: z, depth: 1 },
    right: { tensor: wholeHead(plan, `${prefix}.w2`), depth: channels * z, column: 1 },
    bias: plan.plain(`${prefix}.b2`),
  });
  const columns = channels * taps ** 2;
  return product(g, {
    label: `${prefix} Δ`,
    rows: layers * channels,
    columns,
    depth: z,
    left: { tensor: h, row: z, depth: 1 },
    right: { tensor: wholeHead(plan, `${prefix}.w1`), depth: columns, column: 1 },
    bias: plan.plain(`${prefix}.b1`),
    shape: [layers * channels, channels, taps, taps],
  });
}

/**
 * Plain and toRGB heads: one linear map of the mean of the features.
 * @param features `[z, pixels]`
 * @returns `[1, out·in]`
 */
export function layerHeadOfFeatures(g: Recorder, plan: WeightPlan, prefix: string, features: Tensor): Tensor {
  const [z = 0, pixels = 1] = features.shape;
  const code =
    pixels > 1 ? globalPool(g, { label: `${prefix} pool`, input: view(features, [z, pixels, 1]) }) : features;
  return linear(g, {
    label: prefix,
    input: view(code, [1, z]),
    weight: wholeHead(plan, `${prefix}.weight`),
    bias: plan.plain(`${prefix}.bias`),
  });
}

/**
 * The separable head: two vectors a tap, their outer product, through a linear map over the inputs and one over the outputs.
 * @param code `[1, z]`
 * @returns `[O, I, k, k]`
 */
export function separableHeadOfCode(
  g: Recorder,
  plan: WeightPlan,
  a: { prefix: string; code: Tensor; outChannels: number; inChannels: number; kernel: number },
): Tensor {
  const { prefix, code, outChannels, inChannels, kernel } = a;
  const taps = kernel ** 2;
  const part = (name: string) => ({
    weight: plan.plain(`${prefix}.${name}.weight`),
    bias: plan.plain(`${prefix}.${name}.bias`),
  });
  const made = (name: string): Tensor => linear(g, { label: `${prefix} ${name}`, input: code, ...part(name) });
  const [u, v] = [made('make_kernel_in'), made('make_kernel_out')];
  const outer = product(g, {
    label: `${prefix} outer`,
    batches: taps,
    rows: outChannels,
    columns: inChannels,
    depth: 1,
    left: { tensor: v, batch: outChannels, row: 1, depth: 0 },
    right: { tensor: u, batch: inChannels, depth: 0, column: 1 },
  });
  const overInputs = linear(g, {
    label: `${prefix} in`,
    input: view(outer, [taps * outChannels, inChannels]),
    ...part('kernel_linear_in'),
  });
  const { weight, bias } = part('kernel_linear_out');
  return product(g, {
    label: `${prefix} Δ`,
    batches: taps,
    rows: inChannels,
    columns: outChannels,
    depth: outChannels,
    left: { tensor: overInputs, batch: outChannels * inChannels, row: 1, depth: inChannels },
    right: { tensor: weight, depth: 1, column: outChannels },
    bias,
    shape: [outChannels, inChannels, kernel, kernel],
    steps: { batch: 1, row: taps, column: inChannels * taps },
  });
}
