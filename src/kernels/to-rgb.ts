/** StyleGAN2's toRGB: a modulated 1×1 convolution without demodulation, bias, and the upsampled RGB of the stage before. */
import { ensure } from '../errors.ts';
import { expectShape, type Tensor } from '../tensor.ts';
import { chooseSharers, DEFAULT_FACTS, type KernelFacts } from './choose.ts';
import {
  dim,
  expectSlice,
  type KernelRecord,
  linearGrid,
  type Recorder,
  read,
  type Slice,
  u32,
  write,
} from './kernel.ts';

const WORKGROUP_SIZE = 64;

/** Arguments of {@link toRgb}. */
export interface ToRgbArgs {
  readonly label: string;
  /** `[C, H, W]`, W a multiple of 4, as all of a generator's resolutions are. */
  readonly input: Tensor;
  /** θ̂ `[C, 1, 1, 3]`, 1/√C included. */
  readonly weight: Tensor;
  /** `[C]` */
  readonly styles: Slice;
  /** `[3]` */
  readonly bias: Slice;
  /** `[3, H/2, W/2]`: RGB of the stage before. */
  readonly skip?: Tensor | undefined;
  /** `[3, H, W]`; a transient is made when absent. */
  readonly output?: Tensor | undefined;
  /** What tells how the sums are shared out; a GPU is assumed when absent. */
  readonly facts?: KernelFacts | undefined;
}

/**
 * `y = Σ_c x[c] · s[c] · θ̂[c] + bias + FIR-upsampled skip`, `[C, H, W]` → `[3, H, W]` (StyleGAN2 `ToRGB`).
 * @throws `tensor` error when shapes disagree, W is no multiple of 4, or a slice is too short
 */
function toRgbRecord(a: ToRgbArgs & { readonly output: Tensor }): KernelRecord {
  const { input, label, skip } = a;
  const where = `toRgb "${label}"`;
  const [channels, height, width] = [dim(input, 0), dim(input, 1), dim(input, 2)];
  ensure(
    width % 4 === 0,
    'tensor',
    () => `${where}: input "${input.name}" is ${width} pixels wide, which is no multiple of 4; pad its rows`,
  );
  expectShape(where, 'weight', a.weight, [channels, 1, 1, 3]);
  if (skip) expectShape(where, 'skip', skip, [3, height / 2, width / 2]);
  expectSlice(where, 'styles', a.styles, channels);
  expectSlice(where, 'bias', a.bias, 3);
  expectShape(where, 'output', a.output, [3, height, width]);
  const sharers = chooseSharers((height * width) / 4, channels, a.facts ?? DEFAULT_FACTS);
  return {
    op: 'toRgb',
    label: `${label} ${channels}→3 ${height}×${width}`,
    shader: 'to_rgb',
    parts: ['shared_sum'],
    overrides: { SHARERS: sharers },
    rung: sharers > 1 ? 'sum/shared' : 'sum/alone',
    uniforms: [
      u32('in_channels', channels),
      u32('height', height),
      u32('width', width),
      u32('styles', a.styles.offset),
      u32('bias', a.bias.offset),
      u32('has_skip', skip ? 1 : 0),
    ],
    bindings: [
      read(input),
      read(a.weight),
      read(a.styles.tensor),
      read(a.bias.tensor),
      read(skip ?? input),
      write(a.output),
    ],
    grid: linearGrid(((height * width) / 4) * sharers, WORKGROUP_SIZE),
    flops: 2 * 3 * channels * height * width,
  };
}

/** Records it, and says which record that is. */
export function addToRgb(g: Recorder, a: ToRgbArgs): { readonly record: KernelRecord; readonly output: Tensor } {
  const output = a.output ?? g.transient(a.label, [3, dim(a.input, 1), dim(a.input, 2)]);
  const record = toRgbRecord({ ...a, output });
  g.add(record);
  g.pullback?.({ op: 'toRgb', args: a, output });
  return { record, output };
}

/** Records it. */
export function toRgb(g: Recorder, a: ToRgbArgs): Tensor {
  const { output } = addToRgb(g, a);
  return output;
}
