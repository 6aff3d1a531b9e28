/** Golden cases of the hypernetwork's refinement blocks and heads, through the functions the networks are built with. */
import type { GeneratorLayer } from '../../src/architecture.ts';
import { accumulateCodes } from '../../src/kernels/accumulate.ts';
import type { Slice } from '../../src/kernels/kernel.ts';
import { type LayerDeltas, recordDeltas, recordSeparableHeads, separableDeltas } from '../../src/models/heads.ts';
import { type BlockGroup, blockGroups, refinementCodes } from '../../src/models/hypernetwork-body.ts';
import { elementCount, type Tensor, tensor, view } from '../../src/tensor.ts';
import type { CaseRecorder, Layout, OpCase } from './op-case.ts';

/** Prefixes of a block's weights, and of the shared head's. */
export const BLOCK = 'hypernet.refinement_blocks.0';
export const SHARED = 'hypernet.shared_weight_hypernet';

/** Our key of a block's weight `w.NAME`: the shared head's parts have a place of their own. */
export function blockKey(name: string): string {
  if (name.startsWith('hypernet.')) return name.replace('hypernet', SHARED);
  return /^[wb][12]$/.test(name) ? `${SHARED}.${name}` : `${BLOCK}.${name}`;
}

/** The generator layer whose offsets `out.y [N, O, I, k, k]` holds. */
function layerOf(c: OpCase): GeneratorLayer {
  const [, outChannels = 0, inChannels = 0, kernel = 0] = c.shape('out.y');
  const kind = kernel === 1 ? 'rgb' : 'conv';
  return { index: 0, kind, key: 'layer', inChannels, outChannels, resolution: 4, latentIndex: 0 };
}

/** Repeats each offset over the golden's taps where ours has one for all of them. */
export function overTaps(c: CaseRecorder, values: number): Layout {
  const wanted = elementCount(c.shape('out.y').slice(1));
  const repeat = wanted / values;
  return (from) => Float32Array.from({ length: wanted }, (_, i) => from[Math.floor(i / repeat)] ?? Number.NaN);
}

/** Σ codes → ΣΔ of the only layer, compared with `out.y`. */
function expectDelta(c: OpCase, group: BlockGroup, codes: Tensor): void {
  const layer = layerOf(c);
  accumulateCodes(c.graph, { label: 'codes', codes, state: c.cleared(group.active) });
  const deltas: LayerDeltas = new Map();
  recordDeltas(c.graph, { plan: c.plan, layers: [layer], facts: c.facts }, group, deltas);
  const found = deltas.get(0);
  if (!found) return;
  const each = layer.outChannels * layer.inChannels * found.taps ** 2;
  c.expect('y', whole(found.delta, each), overTaps(c, each));
}

/** A slice that covers its tensor, as a flat tensor. */
function whole({ tensor: of }: Slice, elements: number): Tensor {
  return view(of, [elements]);
}

/** The shared head alone: `in.code` → Δ. */
export function sharedHypernet(c: OpCase): void {
  const [, codeSize = 0] = c.shape('in.code');
  const [sums, active] = [tensor('codes', [1, codeSize + 1]), tensor('active codes', [1, codeSize + 1])];
  const group: BlockGroup = { kind: 'shared', layers: [0], prefixes: [BLOCK], codeSize, sums, active };
  expectDelta(c, group, c.input('code', [1, codeSize]));
}

/** A refinement block with its head: features → code → Δ. */
export function refinementBlock(c: OpCase): void {
  const separable = c.golden.entry.separable === true;
  const shared = c.golden.entry.op === 'shared_refinement_block';
  const trunk = { stem: 0, widths: [], units: [] };
  const sharedLayers = shared ? [0] : [];
  const [group] = blockGroups(c.plan, { ...trunk, tunedLayers: [0], sharedLayers, sharedTaps: 3, separable });
  if (!group) return;
  const codes = refinementCodes(c.graph, c.weights, group, c.input('f'));
  if (c.golden.tensors.has('out.code')) c.expect('code', codes);
  if (group.kind === 'separable') expectSeparable(c, group, codes);
  else expectDelta(c, group, codes);
}

function expectSeparable(c: OpCase, group: BlockGroup, codes: Tensor): void {
  const sums = separableDeltas(group, [layerOf(c)]);
  recordSeparableHeads(c.graph, c.plan, group, codes, sums);
  for (const delta of sums.values()) c.expect('y', c.cleared(delta));
}
