/** Means over pixels: of a whole channel, and PyTorch's adaptive average pooling. */
import { ensure } from '../errors.ts';
import { elementCount, expectShape, type Tensor } from '../tensor.ts';
import { DEFAULT_FACTS, type KernelFacts } from './choose.ts';
import { dim, linearGrid, type Recorder, read, u32, write } from './kernel.ts';

const WORKGROUP_SIZE = 64;
/** Pixels an invocation of the global pool should add up before it shares its sum. */
const PIXELS_PER_INVOCATION = 64;

/**
 * Invocations that share a channel of `pixels` (pure): few or many, since every size in between is one more pipeline. A
 * GPU runs at least 32 or 64 at once anyway; on a CPU barriers are dear.
 */
export function globalPoolWorkgroup(pixels: number, { software }: KernelFacts): number {
  const few = software ? 16 : 64;
  return pixels <= few * PIXELS_PER_INVOCATION ? few : 256;
}

/** Arguments of {@link globalPool}. */
export interface GlobalPoolArgs {
  readonly label?: string | undefined;
  /** `[C, H, W]` */
  readonly input: Tensor;
  /** `[C]`; a transient is made when absent. */
  readonly output?: Tensor | undefined;
  /** What tells how many share a sum; a GPU is assumed when absent. */
  readonly facts?: KernelFacts | undefined;
}

/** Mean over the pixels of each channel: `[C, H, W]` → `[C]`. */
export function globalPool(g: Recorder, a: GlobalPoolArgs): Tensor {
  const { label = 'global pool', input, output: given, facts = DEFAULT_FACTS } = a;
  const channels = dim(input, 0);
  const pixels = elementCount(input.shape) / channels;
  const output = given ?? g.transient(label, [channels]);
  expectShape(`globalPool "${label}"`, 'output', output, [channels]);
  g.add({
    op: 'globalPool',
    label: `${label} [${input.shape}]`,
    shader: 'global_pool',
    parts: ['tree_sum'],
    substitutions: { WORKGROUP_SIZE: globalPoolWorkgroup(pixels, facts) },
    uniforms: [u32('channels', channels), u32('pixels', pixels)],
    bindings: [read(input), write(output)],
    grid: linearGrid(channels, 1),
    flops: channels * pixels,
  });
  g.pullback?.({ op: 'globalPool', args: a, output });
  return output;
}

/** Arguments of {@link adaptivePool}. */
export interface AdaptivePoolArgs {
  readonly label?: string | undefined;
  /** `[C, H, W]` */
  readonly input: Tensor;
  /** Size of the whole pooled picture. */
  readonly height: number;
  readonly width: number;
  /** Rows `[from, to)` of the pooled picture to keep; all when absent. */
  readonly rows?: readonly [number, number] | null | undefined;
  /** `[C, rows, width]`; a transient is made when absent. */
  readonly output?: Tensor | undefined;
}

/**
 * PyTorch `adaptive_avg_pool2d`, then a row crop: `[C, H, W]` → `[C, to − from, width]`.
 * @throws `tensor` error when the rows lie outside the pooled picture
 */
export function adaptivePool(g: Recorder, a: AdaptivePoolArgs): Tensor {
  const label = a.label ?? 'adaptive pool';
  const [channels, height, width] = [dim(a.input, 0), dim(a.input, 1), dim(a.input, 2)];
  const [from, to] = a.rows ?? [0, a.height];
  ensure(
    from >= 0 && from < to && to <= a.height,
    'tensor',
    () => `adaptivePool "${label}": rows ${from}..${to} do not lie within 0..${a.height}`,
  );
  const shape = [channels, to - from, a.width];
  const output = a.output ?? g.transient(label, shape);
  expectShape(`adaptivePool "${label}"`, 'output', output, shape);
  g.add({
    op: 'adaptivePool',
    label: `${label} ${height}×${width}→${to - from}×${a.width}`,
    shader: 'adaptive_pool',
    overrides: { WORKGROUP_SIZE },
    uniforms: [
      u32('channels', channels),
      u32('height', height),
      u32('width', width),
      u32('pooled_height', a.height),
      u32('pooled_width', a.width),
      u32('first_row', from),
      u32('rows', to - from),
    ],
    bindings: [read(a.input), write(output)],
    grid: linearGrid(elementCount(shape), WORKGROUP_SIZE),
    flops: channels * height * width,
  });
  g.pullback?.({ op: 'adaptivePool', args: a, output });
  return output;
}
