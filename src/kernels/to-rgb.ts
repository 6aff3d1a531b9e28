/** StyleGAN2's toRGB: a modulated 1×1 convolution without demodulation, bias, and the upsampled RGB of the stage before. */
import { ensure } from '../errors.ts';
import { elementCount, expectShape, type Tensor } from '../tensor.ts';
import { type AdapterFacts, chooseSharers, DEFAULT_FACTS } from './choose.ts';
import { dim, linearGrid, type Recorder, read, type Slice, u32, write } from './kernel.ts';

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
  readonly facts?: AdapterFacts | undefined;
}

/**
 * `y = Σ_c x[c] · s[c] · θ̂[c] + bias + FIR-upsampled skip`, `[C, H, W]` → `[3, H, W]` (StyleGAN2 `ToRGB`).
 * @throws `tensor` error when shapes disagree, W is no multiple of 4, or a slice is too short
 */
export function toRgb(g: Recorder, a: ToRgbArgs): Tensor {
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
  for (const [role, slice, length] of [['styles', a.styles, channels] as const, ['bias', a.bias, 3] as const]) {
    const has = elementCount(slice.tensor.shape);
    ensure(
      slice.offset + length <= has,
      'tensor',
      () => `${where}: ${role} needs ${length} elements at ${slice.offset} of "${slice.tensor.name}", which has ${has}`,
    );
  }
  const output = a.output ?? g.transient(label, [3, height, width]);
  expectShape(where, 'output', output, [3, height, width]);
  const sharers = chooseSharers((height * width) / 4, channels, a.facts ?? DEFAULT_FACTS);
  g.add({
    op: 'toRgb',
    label: `${label} ${channels}→3 ${height}×${width}`,
    shader: 'to_rgb',
    overrides: { SHARERS: sharers },
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
      write(output),
    ],
    grid: linearGrid(((height * width) / 4) * sharers, WORKGROUP_SIZE),
    flops: 2 * 3 * channels * height * width,
  });
  g.pullback?.({ op: 'toRgb', args: a, output });
  return output;
}
