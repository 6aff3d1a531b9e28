/**
 * What a tensor is, without saying where it lives: a name, a shape, an element type. GPU buffers are the graph's
 * business, bytes in files the weights'.
 */
import { ensure } from './errors.ts';

/** Element types on the GPU. `f16` is stored two to a u32 and unpacked in the shader, so it needs no device feature. */
export type DType = 'f32' | 'f16' | 'i8';

/** Dimensions, outermost first. Activations are `[C, H, W]` (one picture at a time), vectors `[rows, n]` or `[n]`. */
export type Shape = readonly number[];

/** Bytes of one element of a dtype. */
export const BYTES_PER_ELEMENT: Readonly<Record<DType, number>> = { f32: 4, f16: 2, i8: 1 };

/**
 * A named tensor. Identity is the object itself: two handles with one name are two tensors.
 * `lifetime` says who owns the memory: `transient` (planned and shared by the graph) or `persistent` (weights, state,
 * inputs and results, allocated once and kept).
 */
export interface Tensor {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly lifetime: 'transient' | 'persistent';
  /** Set on views: the tensor whose memory this one reads under another shape. */
  readonly viewOf?: Tensor;
}

/** The tensor that owns the memory: itself, or what a view was made of. */
export function owner(tensor: Tensor): Tensor {
  return tensor.viewOf ?? tensor;
}

/**
 * The same memory under another shape, e.g. `[layers·z, 1, 1]` as `[layers, z]`.
 * @throws `tensor` error when the element counts differ
 */
export function view(of: Tensor, shape: Shape): Tensor {
  ensure(
    elementCount(shape) === elementCount(of.shape),
    'tensor',
    () => `tensor "${of.name}": a view of [${of.shape}] as [${shape}] would change its number of elements`,
  );
  return { ...of, shape, viewOf: owner(of) };
}

/** Number of elements of `shape`. */
export function elementCount(shape: Shape): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** Bytes a tensor takes on the GPU, rounded up to whole u32 words. */
export function byteLength(tensor: Pick<Tensor, 'shape' | 'dtype'>): number {
  return Math.ceil((elementCount(tensor.shape) * BYTES_PER_ELEMENT[tensor.dtype]) / 4) * 4;
}

/** Makes a tensor handle. @throws `tensor` error when a dimension is not a positive integer. */
export function tensor(
  name: string,
  shape: Shape,
  lifetime: Tensor['lifetime'] = 'persistent',
  dtype: DType = 'f32',
): Tensor {
  ensure(
    shape.every((n) => Number.isSafeInteger(n) && n > 0),
    'tensor',
    () => `tensor "${name}": dimensions must be positive integers, got [${shape}]`,
  );
  return { name, shape, dtype, lifetime };
}

/** `conv2d "g.convs.3": input expects [512, 64, 64], got [256, 64, 64]` unless the shapes agree. */
export function expectShape(op: string, role: string, actual: Tensor, expected: Shape): void {
  const same = actual.shape.length === expected.length && expected.every((n, i) => n === actual.shape[i]);
  ensure(
    same,
    'tensor',
    () => `${op} "${actual.name}": ${role} expects [${expected.join(', ')}], got [${actual.shape.join(', ')}]`,
  );
}
