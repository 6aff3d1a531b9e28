/** f32 tensors → what a model folder stores: f32, f16, or i8 with one scale a row. */
import { ensure } from '../errors.ts';
import type { DType } from '../tensor.ts';
import { toHalf } from './half.ts';
import type { StoredTensor } from './stored-tensor.ts';
import { AVERAGE_LATENT } from './unified-keys.ts';

/** Choices of `--dtype`. */
export type FolderDType = 'f32' | 'f16' | 'int8';

/** The tensors that hold 80% of the parameters and act as matrix times vector: w2 and the 1x1 heads (design §4). */
const HEADS = /^hypernet\.(shared_weight_hypernet\.w2|refinement_blocks\.\d+\.output\.\d+\.weight)$/;
/** The largest finite binary16 is 65504; from here on it rounds to infinity. */
const HALF_LIMIT = 65520;

/**
 * How a tensor is stored. Vectors (biases, BatchNorm's scales and statistics, PReLU slopes, noise strengths) and the mean
 * latent stay f32, bit by bit as the checkpoint has them: they cost nothing and sum up. Marks of identities rely on it: what is
 * f32 in an int8 folder is the same in every conversion.
 */
export function storedAs(tensor: Pick<StoredTensor, 'name' | 'shape'>, folder: FolderDType): DType {
  if (folder === 'f32' || tensor.shape.filter((n) => n > 1).length < 2 || tensor.name === AVERAGE_LATENT) return 'f32';
  return folder === 'int8' && HEADS.test(tensor.name) ? 'i8' : 'f16';
}

/** One scale a row: the largest magnitude becomes 127. A row of zeros has scale 0. */
export function rowScales(values: Float32Array, rows: number): Float32Array<ArrayBuffer> {
  const columns = values.length / rows;
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    let largest = 0;
    for (let i = row * columns; i < (row + 1) * columns; i++) {
      const magnitude = Math.abs(values[i] as number);
      if (magnitude > largest) largest = magnitude;
    }
    scales[row] = largest / 127;
  }
  return scales;
}

/** Rounds each row by its scale: value ≈ code · scale. */
export function quantizeRows(values: Float32Array, scales: Float32Array): Int8Array<ArrayBuffer> {
  const columns = values.length / scales.length;
  const codes = new Int8Array(values.length);
  scales.forEach((scale, row) => {
    if (scale === 0) return;
    for (let i = row * columns; i < (row + 1) * columns; i++) {
      codes[i] = Math.max(-127, Math.min(127, Math.round((values[i] as number) / scale)));
    }
  });
  return codes;
}

/**
 * Packs values for a folder.
 * @param scales of these rows, for i8 only
 * @throws `tensor` error for NaN, infinity, or a number that f16 cannot hold
 */
export function encodeElements(
  name: string,
  values: Float32Array<ArrayBuffer>,
  dtype: DType,
  scales: Float32Array,
): Uint8Array<ArrayBuffer> {
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    const magnitude = Math.abs(values[i] as number);
    // the comparison also catches NaN
    if (!(magnitude <= largest)) largest = Number.isNaN(magnitude) ? Number.POSITIVE_INFINITY : magnitude;
  }
  ensure(
    largest < Number.POSITIVE_INFINITY,
    'tensor',
    () => `tensor "${name}" holds NaN or infinity; the checkpoint is damaged: download it again`,
  );
  ensure(
    dtype !== 'f16' || largest < HALF_LIMIT,
    'tensor',
    () => `tensor "${name}" reaches ${largest}, f16 only 65504; convert with --dtype f32`,
  );
  const packed = dtype === 'f32' ? values : dtype === 'f16' ? toHalf(values) : quantizeRows(values, scales);
  return new Uint8Array(packed.buffer, packed.byteOffset, packed.byteLength);
}
