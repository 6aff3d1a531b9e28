/** Convolution of each channel by its own filter, as MobileNets have it: 9 multiply-adds a value, so loads are what counts. */
import { ensure } from '../errors.ts';
import { elementCount, expectShape, type Tensor } from '../tensor.ts';
import { samePadding } from './conv2d.ts';
import { dim, linearGrid, type Recorder, read, u32, write } from './kernel.ts';

const WORKGROUP_SIZE = 64;
/** Columns of results that one invocation computes: the vectors of `depthwise.wgsl`. */
const COLUMNS = 4;
/** Rows of them. */
const ROWS = 4;

/** Arguments of {@link depthwise}. */
export interface DepthwiseArgs {
  readonly label: string;
  /** `[C, H, W]`; channels beyond the weight's are not read. */
  readonly input: Tensor;
  /** `[C, k, k]` */
  readonly weight: Tensor;
  readonly stride?: 1 | 2 | undefined;
  /** `[C, ⌈H/stride⌉, ⌈W/stride⌉]`; a transient is made when absent. */
  readonly output?: Tensor | undefined;
}

/**
 * `[C, H, W]` → `[C, ⌈H/stride⌉, ⌈W/stride⌉]`, TensorFlow's `DepthwiseConv2dNative` with "same" padding and multiplier 1.
 * @throws `tensor` error when shapes disagree, or height and width need different paddings
 */
export function depthwise(g: Recorder, { label, input, weight, stride = 1, output: wanted }: DepthwiseArgs): Tensor {
  const where = `depthwise "${label}"`;
  const [given, height, width] = [dim(input, 0), dim(input, 1), dim(input, 2)];
  const [channels, kernel] = [dim(weight, 0), dim(weight, 1)];
  expectShape(where, 'weight', weight, [channels, kernel, kernel]);
  ensure(channels <= given, 'tensor', () => `${where}: the weight has ${channels} channels, the input only ${given}`);
  const [[padding], [left]] = [samePadding(height, kernel, stride), samePadding(width, kernel, stride)];
  ensure(
    padding === left,
    'tensor',
    () =>
      `${where}: ${height}×${width} at stride ${stride} needs ${padding} zeros above and ${left} at the left; give sides that are both even or both odd`,
  );
  const shape = [channels, Math.ceil(height / stride), Math.ceil(width / stride)] as const;
  const output = wanted ?? g.transient(label, shape);
  expectShape(where, 'output', output, shape);
  const [, outHeight, outWidth] = shape;
  g.add({
    op: 'depthwise',
    label: `${label} ${channels} ${outHeight}×${outWidth}`,
    shader: 'depthwise',
    substitutions: {
      KERNEL: kernel,
      STRIDE: stride,
      ROWS,
      TAPS: kernel ** 2,
      ALL_TAPS: ROWS * kernel ** 2,
      SPAN: (COLUMNS - 1) * stride + kernel,
      WINDOW_ROWS: (ROWS - 1) * stride + kernel,
    },
    overrides: { WORKGROUP_SIZE },
    uniforms: [
      u32('channels', channels),
      u32('height', height),
      u32('width', width),
      u32('out_height', outHeight),
      u32('out_width', outWidth),
      u32('padding', padding),
    ],
    bindings: [read(input), read(weight), write(output)],
    grid: linearGrid(channels * Math.ceil(outHeight / ROWS) * Math.ceil(outWidth / COLUMNS), WORKGROUP_SIZE),
    flops: 2 * kernel ** 2 * elementCount(shape),
  });
  return output;
}
