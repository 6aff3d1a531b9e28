/** Cutting a rectangle out of a picture, or laying zeros around it and channels of zeros behind. */
import { ensure } from '../errors.ts';
import { elementCount, type Tensor } from '../tensor.ts';
import { dim, i32, type KernelRecord, type Recorder, read, u32, write } from './kernel.ts';
import { elementwise } from './pointwise.ts';

/** Arguments of {@link crop}. */
export interface CropArgs {
  readonly label: string;
  /** `[C, H, W]` */
  readonly input: Tensor;
  /** Rows `[from, to)`; those outside the picture are 0. */
  readonly rows: readonly [number, number];
  /** Columns, likewise. */
  readonly columns: readonly [number, number];
  /** Channels of the result, at least C; the others are 0. C when absent. */
  readonly channels?: number | undefined;
}

/** The record that writes `output` from `input`, whose rows and columns begin at `top` and `left` of `input`'s. */
export function cropRecord(label: string, input: Tensor, output: Tensor, top: number, left: number): KernelRecord {
  return elementwise(
    {
      op: 'crop',
      label: `${label} [${input.shape}]→[${output.shape}]`,
      shader: 'crop',
      uniforms: [
        u32('channels', dim(output, 0)),
        u32('height', dim(output, 1)),
        u32('width', dim(output, 2)),
        u32('in_channels', dim(input, 0)),
        u32('in_height', dim(input, 1)),
        u32('in_width', dim(input, 2)),
        i32('top', top),
        i32('left', left),
      ],
      bindings: [read(input), write(output)],
    },
    elementCount(output.shape),
  );
}

/** `[C, H, W]` → `[channels, rows, columns]`. @throws `tensor` error when nothing would be left, or channels would be lost */
export function crop(g: Recorder, a: CropArgs): Tensor {
  const { label, input, rows, columns, channels = dim(input, 0) } = a;
  ensure(
    rows[0] < rows[1] && columns[0] < columns[1] && channels >= dim(input, 0),
    'tensor',
    () =>
      `crop "${label}": ${channels} channels, rows ${rows.join('..')}, columns ${columns.join('..')} of [${input.shape}]`,
  );
  const output = g.transient(`${label} cropped`, [channels, rows[1] - rows[0], columns[1] - columns[0]]);
  g.add(cropRecord(label, input, output, rows[0], columns[0]));
  g.pullback?.({ op: 'crop', args: a, output });
  return output;
}
