/**
 * Sums that gradients are made of: over channels, over rows, of two tensors; and rows of pixels for products over them.
 * Small matrix products: `strided-product.ts`.
 */
import { ensure } from '../errors.ts';
import { elementCount, expectShape, type Shape, type Tensor, view } from '../tensor.ts';
import { inputBindings, inputFields } from './epilogue.ts';
import { dim, expectSlice, f32, type Recorder, read, readWrite, type Slice, u32, write } from './kernel.ts';
import { channelsAndPixels, elementwise, rowwise } from './pointwise.ts';

/**
 * Adds `a` (and `b`) into `target` from element `offset` on.
 * @param keep whether what the target holds counts; when not, it is overwritten
 * @throws `tensor` error when the target is too short
 */
export function addInto(
  g: Recorder,
  a: { readonly a: Tensor; readonly b?: Tensor | undefined; readonly target: Slice; readonly keep: boolean },
): void {
  const count = elementCount(a.a.shape);
  const { tensor, offset } = a.target;
  const room = elementCount(tensor.shape);
  ensure(
    offset + count <= room,
    'tensor',
    () => `add "${a.a.name}": ${count} elements at ${offset} of "${tensor.name}", which has ${room}`,
  );
  g.add(
    elementwise(
      {
        op: 'add',
        label: `${a.a.name} into ${tensor.name}`,
        shader: 'add',
        uniforms: [u32('count', count), u32('offset', offset), u32('keep', a.keep ? 1 : 0), u32('has_b', a.b ? 1 : 0)],
        bindings: [read(a.a), read(a.b ?? a.a), a.keep ? readWrite(tensor) : write(tensor)],
      },
      count,
    ),
  );
}

/** Sets every element of `target`. */
export function fill(g: Recorder, target: Tensor, value: number): Tensor {
  const count = elementCount(target.shape);
  const uniforms = [u32('count', count), f32('value', value)];
  const bindings = [write(target)];
  g.add(elementwise({ op: 'fill', label: target.name, shader: 'fill', uniforms, bindings }, count));
  return target;
}

/** What a channel's numbers are multiplied by in {@link channelSums}; the numbers are the modes of `channel_sums.wgsl`. */
const FACTORS = { one: 0, centred: 1, variance: 2, negative: 3, difference: 4 } as const;

/** Arguments of {@link channelSums}. */
export interface ChannelSumsArgs {
  readonly label: string;
  /** `[C, …]` */
  readonly a: Tensor;
  /** `one`: Σ a. `centred`: Σ a·(b − m). `variance`: Σ (a − m)². `negative`: Σ a·min(b, 0). `difference`: Σ (a − b)². */
  readonly by: keyof typeof FACTORS;
  /** `[C, …]`, of `centred`, `negative` and `difference`. */
  readonly b?: Tensor | undefined;
  /** m `[C]`; zero when absent. */
  readonly centre?: Tensor | undefined;
  readonly factor?: number | undefined;
  /** `[C]`, added to; a transient is made and overwritten when absent. */
  readonly into?: Tensor | undefined;
}

/** Pixels that a workgroup of {@link channelSums} should add up at least, and workgroups that fill a GPU. */
const RUN_PIXELS = 1024;
const BUSY_RUNS = 512;

/** Runs that each channel's pixels are cut into: equal ones, more than one where channels are few and large (pure). */
export function runsOf(channels: number, pixels: number): number {
  let runs = 1;
  while (2 * runs * channels <= BUSY_RUNS && pixels % (2 * runs) === 0 && pixels >= 2 * runs * RUN_PIXELS) runs *= 2;
  return runs;
}

/** Sums over the pixels of each channel: `[C, …]` → `[C]`. */
export function channelSums(g: Recorder, a: ChannelSumsArgs): Tensor {
  const { channels, pixels } = channelsAndPixels(a.a);
  const runs = a.centre ? 1 : runsOf(channels, pixels);
  if (runs === 1) return sumsOfChannels(g, a);
  if (a.b) expectShape(`channelSums "${a.label}"`, 'b', a.b, a.a.shape);
  const cut = (of: Tensor): Tensor => view(of, [channels * runs, pixels / runs]);
  const parts = sumsOfChannels(g, { label: a.label, by: a.by, a: cut(a.a), b: a.b && cut(a.b) });
  return sumsOfChannels(g, { ...a, by: 'one', a: view(parts, [channels, runs]), b: undefined });
}

function sumsOfChannels(g: Recorder, a: ChannelSumsArgs): Tensor {
  const { channels, pixels } = channelsAndPixels(a.a);
  if (a.b) expectShape(`channelSums "${a.label}"`, 'b', a.b, a.a.shape);
  if (a.centre) expectShape(`channelSums "${a.label}"`, 'centre', a.centre, [channels]);
  const output = a.into ?? g.transient(`${a.label} sums`, [channels]);
  g.add(
    rowwise(
      {
        op: 'channelSums',
        label: `${a.label} [${a.a.shape}]`,
        shader: 'channel_sums',
        uniforms: [
          u32('rows', channels),
          u32('pixels', pixels),
          u32('mode', FACTORS[a.by]),
          u32('has_centre', a.centre ? 1 : 0),
          u32('keep', a.into ? 1 : 0),
          f32('factor', a.factor ?? 1),
        ],
        bindings: [read(a.a), read(a.b ?? a.a), read(a.centre ?? a.a), a.into ? readWrite(output) : write(output)],
        flops: 2 * channels * pixels,
      },
      channels,
    ),
  );
  return output;
}

/** Elements whose squares one workgroup adds up. */
const SQUARE_RUN = 4096;

/** Sums that {@link squareSums} makes of a tensor. */
export const squareRuns = ({ shape }: Pick<Tensor, 'shape'>): number => Math.ceil(elementCount(shape) / SQUARE_RUN);

/**
 * Sums of squares of runs of elements, {@link squareRuns} of them, into a part of `into`. @throws `tensor` error when
 * it is too short
 */
export function squareSums(g: Recorder, a: { readonly a: Tensor; readonly into: Slice }): void {
  const runs = squareRuns(a.a);
  const count = elementCount(a.a.shape);
  expectSlice(`squareSums "${a.a.name}"`, 'into', a.into, runs);
  g.add(
    rowwise(
      {
        op: 'squareSums',
        label: a.a.name,
        shader: 'square_sums',
        uniforms: [u32('rows', runs), u32('count', count), u32('length', SQUARE_RUN), u32('first', a.into.offset)],
        bindings: [read(a.a), write(a.into.tensor)],
        flops: 2 * count,
      },
      runs,
    ),
  );
}

/** Options of {@link columnSums}. */
export interface ColumnSumsOptions {
  /** What the sums are multiplied by; default 1. */
  readonly factor?: number | undefined;
  /** Matrices that lie one after another, each summed for itself: `[G, R, …]` → `[G, …]`. Default 1. */
  readonly groups?: number | undefined;
  /** Where the sums go; a transient of `shape` when absent. */
  readonly into?: Slice | undefined;
}

/** Sums over the rows of each column: `[R, …]` → `shape`. */
export function columnSums(
  g: Recorder,
  label: string,
  a: Tensor,
  shape: Shape,
  { factor = 1, groups = 1, into }: ColumnSumsOptions = {},
): Tensor {
  const columns = elementCount(shape) / groups;
  const rows = elementCount(a.shape) / (groups * columns);
  const output = into?.tensor ?? g.transient(`${label} column sums`, shape);
  if (into) expectSlice(`columnSums "${label}"`, 'into', into, groups * columns);
  const uniforms = [
    u32('rows', rows),
    u32('columns', columns),
    u32('groups', groups),
    u32('first', into?.offset ?? 0),
    f32('factor', factor),
  ];
  const bindings = [read(a), write(output)];
  const size = `${groups > 1 ? `${groups}× ` : ''}${rows}×${columns}`;
  g.add(
    elementwise(
      { op: 'columnSums', label: `${label} ${size}`, shader: 'column_sums', uniforms, bindings },
      groups * columns,
    ),
  );
  return output;
}

/** `y[c, p] = x[c, p] · scale[c] + shift[c]`, `[C, …]`. */
export function scaleChannels(
  g: Recorder,
  a: { readonly label: string; readonly input: Tensor; readonly scale: Slice; readonly shift?: Slice | undefined },
): Tensor {
  const { channels, pixels } = channelsAndPixels(a.input);
  const output = g.transient(`${a.label} scaled`, a.input.shape);
  const { scale, shift } = a;
  g.add(
    elementwise(
      {
        op: 'scaleChannels',
        label: `${a.label} [${a.input.shape}]`,
        shader: 'scale_channels',
        uniforms: [
          u32('count', channels * pixels),
          u32('pixels', pixels),
          u32('scale', scale.offset),
          u32('shift', shift?.offset ?? 0),
          u32('has_shift', shift ? 1 : 0),
        ],
        bindings: [read(a.input), read(scale.tensor), read(shift?.tensor ?? scale.tensor), write(output)],
      },
      channels * pixels,
    ),
  );
  return output;
}

/** Arguments of {@link gatherRows}. */
export interface GatherRowsArgs {
  readonly label: string;
  /** `[C, H, W]` */
  readonly input: Tensor;
  readonly firstChannel?: number | undefined;
  readonly channels?: number | undefined;
  readonly outWidth: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  /** Output pixels `[first, first + count)` in the order of rows. */
  readonly firstPixel: number;
  readonly pixels: number;
  /** Pixels of the whole picture; those beyond are zero. */
  readonly allPixels: number;
  /** By channel of `input`. */
  readonly inScale?: Slice | undefined;
  readonly inShift?: Slice | undefined;
  /** `[pixels, at least taps · channels in fours]` */
  readonly output: Tensor;
}

/** What each output pixel of a convolution reads, one row a pixel, taps outside and channels inside; see `gather_rows.wgsl`. */
export function gatherRows(g: Recorder, a: GatherRowsArgs): void {
  const columns = dim(a.output, 1);
  const channels = a.channels ?? dim(a.input, 0);
  g.add({
    ...elementwise(
      {
        op: 'gatherRows',
        label: `${a.label} ${a.pixels}×${columns}`,
        shader: 'gather_rows',
        uniforms: [
          u32('first_channel', a.firstChannel ?? 0),
          u32('channels', channels),
          u32('height', dim(a.input, 1)),
          u32('width', dim(a.input, 2)),
          u32('out_width', a.outWidth),
          u32('kernel', a.kernel),
          u32('stride', a.stride),
          u32('padding', a.padding),
          u32('first_pixel', a.firstPixel),
          u32('pixels', a.pixels),
          u32('all_pixels', a.allPixels),
          u32('row_quads', columns / 4),
          ...inputFields(a),
        ],
        bindings: [...inputBindings(a, a.input), read(a.input), write(a.output)],
      },
      a.pixels * Math.ceil(channels / 4),
    ),
    parts: ['in_vectors'],
  });
}
