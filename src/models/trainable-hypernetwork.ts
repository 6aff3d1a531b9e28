/**
 * The hypernetwork as a differentiable function of a batch: photos and reconstructions → features → offsets Δ of every
 * tuned layer, at the codes of this pass. (`hyper-network.ts` runs it; there codes are summed first.) Heads:
 * `trainable-heads.ts`; trunk with the statistics of the batch: `trainable-trunks.ts`.
 */
import type { GeneratorLayer, HypernetworkArchitecture } from '../architecture.ts';
import { ensure } from '../errors.ts';
import type { Recorder } from '../kernels/kernel.ts';
import { elementCount, type Tensor, view } from '../tensor.ts';
import type { ConvWeights } from './conv-weights.ts';
import { slice } from './conv-weights.ts';
import type { LayerDelta } from './generator.ts';
import { type BlockGroup, blockGroups, hyperTrunk, refinementCodes } from './hypernetwork-body.ts';
import { layerHeadOfFeatures, separableHeadOfCode, sharedHeadOfCode } from './trainable-heads.ts';
import type { TrainablePlan } from './trainable-plan.ts';
import { hyperTrunks } from './trainable-trunks.ts';

/**
 * What BatchNorms of a network that learns normalise by: their running statistics, as constants, or those of the batch,
 * which then move.
 */
export const STATISTICS = ['frozen', 'batch'] as const;
/** One of {@link STATISTICS}. */
export type Statistics = (typeof STATISTICS)[number];

/** What a hypernetwork that learns is recorded with. */
export interface TrainableHypernetwork {
  readonly g: Recorder;
  readonly plan: TrainablePlan;
  readonly weights: ConvWeights;
  readonly sizes: HypernetworkArchitecture;
  /** All layers of the generator in hypernetwork order. */
  readonly layers: readonly GeneratorLayer[];
}

/** Offsets of some layers, equally many each, one layer after another. */
export interface OffsetPart {
  /** Indices in hypernetwork order. */
  readonly layers: readonly number[];
  readonly taps: 1 | 3;
  readonly delta: Tensor;
}

/**
 * Trunk features of a batch.
 * @param pairs photo and reconstruction, each `[6, H, W]`
 * @returns `[C, H/2^stages, W/2^stages]` a pair
 */
export function hyperFeatures(t: TrainableHypernetwork, statistics: Statistics, pairs: readonly Tensor[]): Tensor[] {
  if (statistics === 'batch') return hyperTrunks(t, t.sizes.units, pairs);
  return pairs.map((pair) => hyperTrunk(t.g, t.weights, t.sizes, pair));
}

/** Offsets of every tuned layer from one picture's features. @throws `tensor` and `model` errors as `blockGroups` */
export function offsetParts(t: TrainableHypernetwork, features: Tensor): OffsetPart[] {
  const { plan, sizes } = t;
  const { sharedLayers, tunedLayers } = sizes;
  const shared = tunedLayers.filter((layer) => sharedLayers.includes(layer));
  // each other layer by itself: its head has a size of its own
  const alone = tunedLayers.filter((layer) => !sharedLayers.includes(layer)).map((layer) => [layer]);
  const groups = [...(shared.length > 0 ? [shared] : []), ...alone].flatMap((layers) =>
    blockGroups(plan, { ...sizes, tunedLayers: layers }),
  );
  return groups.map((group) => partOfGroup(t, group, refinementCodes(t.g, t.weights, group, features)));
}

function partOfGroup(t: TrainableHypernetwork, group: BlockGroup, codes: Tensor): OffsetPart {
  const { g, plan } = t;
  const { layers, kind, codeSize, prefixes } = group;
  const layer = t.layers[layers[0] ?? -1];
  ensure(layer, 'model', () => `the hypernetwork tunes layer ${layers[0]}, the generator has ${t.layers.length}`);
  const { outChannels, inChannels } = layer;
  if (kind === 'shared') {
    const prefix = 'hypernet.shared_weight_hypernet';
    const taps = Math.sqrt(plan.size(`${prefix}.b1`, 0) / outChannels) === 1 ? 1 : 3;
    return { layers, taps, delta: sharedHeadOfCode(g, plan, { prefix, code: codes, channels: outChannels, taps }) };
  }
  if (kind === 'separable') {
    const form = { prefix: `${prefixes[0]}.output.0`, code: codes, outChannels, inChannels, kernel: 3 };
    return { layers, taps: 3, delta: separableHeadOfCode(g, plan, form) };
  }
  const head = `${prefixes[0]}.output.${kind === 'rgb' ? 0 : 1}`;
  const pixels = elementCount(codes.shape) / codeSize;
  return { layers, taps: 1, delta: layerHeadOfFeatures(g, plan, head, view(codes, [codeSize, pixels])) };
}

/** Offsets of one layer, or undefined where it is not tuned. @param index in hypernetwork order */
export function offsetOf(parts: readonly OffsetPart[], index: number): LayerDelta | undefined {
  const part = parts.find(({ layers }) => layers.includes(index));
  if (!part) return undefined;
  const count = elementCount(part.delta.shape);
  const first = part.layers.indexOf(index) * (count / part.layers.length);
  return { delta: slice(view(part.delta, [count]), first), taps: part.taps };
}
