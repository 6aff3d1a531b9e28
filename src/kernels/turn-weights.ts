/**
 * Checkpoint tensors as stored → f32 in the order kernels read, on the GPU: no byte of a large weight is touched in
 * JavaScript.
 */
import { ensure } from '../errors.ts';
import { elementCount, expectShape, type Tensor } from '../tensor.ts';
import { dim, linearGrid, type Recorder, read, u32, write } from './kernel.ts';

/** Arguments of {@link turnWeights}. */
export interface TurnWeightsArgs {
  readonly label: string;
  /** `[O, n]`, f32 or f16, as the checkpoint has it. */
  readonly stored: Tensor;
  /** Any shape, f32. */
  readonly output: Tensor;
  /** Element of `output` where this tensor begins; 0 when absent. */
  readonly first?: number | undefined;
  /** Elements of `output` from one of the n columns to the next; default O. */
  readonly stride?: number | undefined;
}

/**
 * `output[first + j·stride + o] = stored[o, j]`: PyTorch's `[O, I, k, k]` to `[I, k, k, O]`, or with O = 1 a plain copy in f32.
 * @throws `tensor` error when `stored` is i8 or `output` is too short
 */
export function turnWeights(g: Recorder, a: TurnWeightsArgs): void {
  const { stored, output, label } = a;
  const where = `turnWeights "${label}"`;
  const [rows, length] = [dim(stored, 0), dim(stored, 1)];
  const { first = 0, stride = rows } = a;
  expectShape(where, 'stored', stored, [rows, length]);
  ensure(
    stored.dtype !== 'i8' && output.dtype === 'f32',
    'tensor',
    () => `${where}: turns f32 or f16 into f32, got ${stored.dtype} and ${output.dtype}; convert the checkpoint again`,
  );
  const [end, room] = [first + (length - 1) * stride + rows, elementCount(output.shape)];
  ensure(
    stride >= rows && end <= room,
    'tensor',
    () => `${where}: [${stored.shape}] at ${first}, stride ${stride}, ends at ${end}; "${output.name}" has ${room}`,
  );
  g.add({
    op: 'turnWeights',
    label: `${label} ${rows}×${length}`,
    shader: 'turn_weights',
    overrides: { HALF: stored.dtype === 'f16' ? 1 : 0 },
    uniforms: [u32('rows', rows), u32('row_length', length), u32('stride', stride), u32('first', first)],
    bindings: [read(stored), write(output)],
    grid: linearGrid(rows * length, 64),
    flops: 0,
  });
}
