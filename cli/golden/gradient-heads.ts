/** Golden cases of refinement blocks and heads with gradients. */
import { blockGroups, refinementCodes } from '../../src/models/hypernetwork-body.ts';
import { layerHeadOfFeatures, separableHeadOfCode, sharedHeadOfCode } from '../../src/models/trainable-heads.ts';
import { elementCount, type Tensor, view } from '../../src/tensor.ts';
import { BLOCK, overTaps, SHARED } from './head-ops.ts';
import type { CaseRecorder } from './op-case.ts';

/** Compares Δ with `out.y`, each offset repeated over the golden's taps. */
function expectDelta(c: CaseRecorder, delta: Tensor): void {
  c.expect('y', delta, overTaps(c, elementCount(delta.shape)));
}

function shared(c: CaseRecorder, code: Tensor): void {
  const [, channels = 0] = c.shape('out.y');
  const taps = Math.sqrt(c.plan.size(`${SHARED}.b1`, 0) / channels);
  expectDelta(c, sharedHeadOfCode(c.graph, c.plan, { prefix: SHARED, code, channels, taps }));
}

/** The shared head alone. */
export function sharedHypernetOfCode(c: CaseRecorder): void {
  const [, codeSize = 0] = c.shape('in.code');
  shared(c, c.input('code', [1, codeSize]));
}

/** A refinement block with its head: features → code → Δ. */
export function refinementBlockOfCode(c: CaseRecorder): void {
  const { op, separable } = c.golden.entry;
  const sharedLayers = op === 'grad_shared_refinement_block' ? [0] : [];
  const trunk = { stem: 0, widths: [], units: [] };
  const form = { tunedLayers: [0], sharedLayers, sharedTaps: 3, separable: separable === true } as const;
  const [group] = blockGroups(c.plan, { ...trunk, ...form });
  if (!group) return;
  const codes = refinementCodes(c.graph, c.weights, group, c.input('f'));
  if (c.golden.tensors.has('out.code')) c.expect('code', codes);
  const [, outChannels = 0, inChannels = 0, kernel = 0] = c.shape('out.y');
  if (group.kind === 'shared') shared(c, codes);
  else if (group.kind === 'separable') {
    const prefix = `${BLOCK}.output.0`;
    expectDelta(c, separableHeadOfCode(c.graph, c.plan, { prefix, code: codes, outChannels, inChannels, kernel }));
  } else {
    const pixels = elementCount(codes.shape) / group.codeSize;
    const head = `${BLOCK}.output.${group.kind === 'rgb' ? 0 : 1}`;
    expectDelta(c, layerHeadOfFeatures(c.graph, c.plan, head, view(codes, [group.codeSize, pixels])));
  }
}
