/**
 * From summed codes to summed offsets ΣΔ. The heads are affine, so they are applied once to Σ codes instead of once a step
 * to each code; only separable heads are bilinear and sum Δ itself.
 */
import type { GeneratorLayer } from '../architecture.ts';
import { ensure } from '../errors.ts';
import type { KernelFacts } from '../kernels/choose.ts';
import type { Recorder } from '../kernels/kernel.ts';
import { layerHead } from '../kernels/layer-head.ts';
import { separableHead } from '../kernels/separable-head.ts';
import { sharedHead } from '../kernels/shared-head.ts';
import { elementCount, type Tensor, tensor, view } from '../tensor.ts';
import { slice } from './conv-weights.ts';
import type { LayerDelta } from './generator.ts';
import type { BlockGroup } from './hypernetwork-body.ts';
import type { WeightPlan } from './weight-plan.ts';

/** Largest piece of a head bound at once: WebGPU's default `maxStorageBufferBindingSize`. */
export const MAX_CHUNK_BYTES = 128 * 2 ** 20;

/** ΣΔ of every tuned layer, by index in hypernetwork order. */
export type LayerDeltas = Map<number, LayerDelta>;

/** What recording heads needs besides the group. */
export interface HeadContext {
  readonly plan: WeightPlan;
  /** All generator layers in hypernetwork order. */
  readonly layers: readonly GeneratorLayer[];
  readonly facts: KernelFacts;
}

/** Shared and plain heads of one group: active sums → ΣΔ of the wanted layers, and of those that share a head with them. */
export function recordDeltas(
  g: Recorder,
  context: HeadContext,
  group: BlockGroup,
  deltas: LayerDeltas,
  wanted: readonly number[] = group.layers,
): void {
  const found = group.layers.filter((layer) => wanted.includes(layer));
  if (group.kind === 'separable' || found.length === 0) return;
  if (group.kind === 'shared') recordSharedHead(g, context, group, deltas);
  else for (const layer of found) recordLayerHead(g, context, group, group.layers.indexOf(layer), deltas);
}

function recordSharedHead(
  g: Recorder,
  { plan, layers, facts }: HeadContext,
  group: BlockGroup,
  deltas: LayerDeltas,
): void {
  const key = (name: string): string => `hypernet.shared_weight_hypernet.${name}`;
  const channels = layerAt(layers, group.layers[0] ?? -1).outChannels;
  const taps = Math.sqrt(plan.size(key('b1'), 0) / channels);
  ensure(
    taps === 1 || taps === 3,
    'tensor',
    () => `"${key('b1')}" [${plan.shape(key('b1'))}] is neither C nor 9·C for C = ${channels}`,
  );
  const w1 = plan.head(key('w1'), MAX_CHUNK_BYTES);
  const [whole] = w1.chunks;
  ensure(
    whole && w1.chunks.length === 1,
    'tensor',
    () => `"${key('w1')}" [${plan.shape(key('w1'))}] does not fit one binding of 128 MiB`,
  );
  const delta = sharedHead(g, {
    label: 'shared head',
    state: group.active,
    w1: whole,
    w1Scales: w1.scales,
    b1: plan.plain(key('b1')),
    w2: plan.head(key('w2'), MAX_CHUNK_BYTES),
    b2: plan.plain(key('b2')),
    outChannels: channels,
    taps,
    facts,
  });
  const each = channels * channels * taps ** 2;
  group.layers.forEach((layer, row) => {
    deltas.set(layer, { delta: slice(view(delta, [elementCount(delta.shape)]), row * each), taps });
  });
}

function recordLayerHead(
  g: Recorder,
  { plan, layers, facts }: HeadContext,
  group: BlockGroup,
  row: number,
  deltas: LayerDeltas,
): void {
  const layer = layerAt(layers, group.layers[row] ?? -1);
  const output = `${group.prefixes[row]}.output.${group.kind === 'rgb' ? 0 : 1}`;
  const delta = layerHead(g, {
    label: output,
    state: group.active,
    row,
    weight: plan.head(`${output}.weight`, MAX_CHUNK_BYTES),
    bias: plan.plain(`${output}.bias`),
    output: g.transient(`ΣΔ of layer ${layer.index}`, [layer.outChannels, layer.inChannels]),
    facts,
  });
  deltas.set(layer.index, { delta: slice(delta), taps: 1 });
}

/** Persistent ΣΔ `[O, I, 3, 3]` of each layer with a separable head. @param name prefix of the tensors' names */
export function separableDeltas(
  group: BlockGroup,
  layers: readonly GeneratorLayer[],
  name = 'ΣΔ',
): Map<number, Tensor> {
  if (group.kind !== 'separable') return new Map();
  return new Map(
    group.layers.map((index) => {
      const { outChannels, inChannels } = layerAt(layers, index);
      return [index, tensor(`${name} of layer ${index}`, [outChannels, inChannels, 3, 3])];
    }),
  );
}

/** Separable heads: codes `[layers, z]` → Δ, added in place. */
export function recordSeparableHeads(
  g: Recorder,
  plan: WeightPlan,
  group: BlockGroup,
  codes: Tensor,
  sums: ReadonlyMap<number, Tensor>,
): void {
  group.layers.forEach((layer, row) => {
    const delta = sums.get(layer);
    if (!delta) return;
    const part = (name: string) => ({
      weight: plan.plain(`${group.prefixes[row]}.output.0.${name}.weight`),
      bias: plan.plain(`${group.prefixes[row]}.output.0.${name}.bias`),
    });
    separableHead(g, {
      label: `separable head ${layer}`,
      codes,
      row,
      makeIn: part('make_kernel_in'),
      makeOut: part('make_kernel_out'),
      linearIn: part('kernel_linear_in'),
      linearOut: part('kernel_linear_out'),
      delta,
    });
  });
}

function layerAt(layers: readonly GeneratorLayer[], index: number): GeneratorLayer {
  const layer = layers[index];
  ensure(layer, 'model', () => `the hypernetwork tunes layer ${index}, the generator has ${layers.length}`);
  return layer;
}
