/** The separable head (HyperStyle's ablation): a code → two vectors a tap → their outer product, through two linear maps. */
import { expectShape, type Tensor, view } from '../tensor.ts';
import { dim, type Recorder, read, readWrite, u32 } from './kernel.ts';
import { linear } from './linear.ts';

/** Weight `[m, n]` and bias `[m]` of one linear map. */
export interface LinearWeights {
  readonly weight: Tensor;
  readonly bias: Tensor;
}

/** Arguments of {@link separableHead}. */
export interface SeparableHeadArgs {
  readonly label?: string | undefined;
  /** `[rows, z]`: codes of one step. */
  readonly codes: Tensor;
  /** Which row of `codes` is this layer's; 0 when absent. */
  readonly row?: number | undefined;
  /** `make_kernel_in`: `[k²·I, z]` */
  readonly makeIn: LinearWeights;
  /** `make_kernel_out`: `[k²·O, z]` */
  readonly makeOut: LinearWeights;
  /** `kernel_linear_in`: `[I, I]` */
  readonly linearIn: LinearWeights;
  /** `kernel_linear_out`: `[O, O]` */
  readonly linearOut: LinearWeights;
  /** `[O, I, k, k]`, added to in place. */
  readonly delta: Tensor;
}

const WORKGROUP_SIZE = 256;

/**
 * Adds one step's offsets to `delta` (HyperStyle's separable `RefinementBlock` head). The head is bilinear in its code, so
 * its offsets cannot be had from summed codes.
 * @throws `tensor` error when shapes disagree
 */
export function separableHead(g: Recorder, a: SeparableHeadArgs): Tensor {
  const label = a.label ?? a.delta.name;
  const where = `separableHead "${label}"`;
  const [outChannels, inChannels, k] = [dim(a.delta, 0), dim(a.delta, 1), dim(a.delta, 2)];
  const taps = k * k;
  expectShape(where, 'delta', a.delta, [outChannels, inChannels, k, k]);
  expectShape(where, 'linearIn', a.linearIn.weight, [inChannels, inChannels]);
  expectShape(where, 'linearIn bias', a.linearIn.bias, [inChannels]);
  expectShape(where, 'linearOut', a.linearOut.weight, [outChannels, outChannels]);
  expectShape(where, 'linearOut bias', a.linearOut.bias, [outChannels]);
  const factor = (name: string, make: LinearWeights, weight: Tensor, channels: number): Tensor => {
    const made = linear(g, {
      label: `${label} make ${name}`,
      input: a.codes,
      firstRow: a.row,
      rows: 1,
      ...make,
    });
    return linear(g, { label: `${label} linear ${name}`, input: view(made, [taps, channels]), weight });
  };
  const u = factor('in', a.makeIn, a.linearIn.weight, inChannels);
  const v = factor('out', a.makeOut, a.linearOut.weight, outChannels);
  g.add({
    op: 'separableHead',
    label: `${label} [${a.delta.shape}]`,
    shader: 'separable_head_outer',
    parts: ['tree_sum'],
    substitutions: { WORKGROUP_SIZE },
    uniforms: [u32('in_channels', inChannels), u32('out_channels', outChannels), u32('taps', taps)],
    bindings: [
      read(u),
      read(v),
      read(a.linearIn.bias),
      read(a.linearOut.weight),
      read(a.linearOut.bias),
      readWrite(a.delta),
    ],
    grid: [outChannels, 1, 1],
    flops: 4 * outChannels * inChannels * taps,
  });
  return a.delta;
}
