/**
 * A tensor as a file holds it: a view (offset, shape, strides) of a storage, read on demand and row by row. Views are
 * proved to lie inside their storage when they are made, so reading cannot leave it. Mirrors torch's
 * `_rebuild_tensor_v2(storage, offset, size, stride)`.
 */
import { ensure } from '../errors.ts';
import type { Shape } from '../tensor.ts';
import { decodeElements, STORED_BYTES, type StoredDType } from './elements.ts';
import { type ByteSource, bytesSource, discard } from './random-access.ts';

/** A run of elements of one type in a file; several tensors may be views of it. */
export interface Storage {
  /** Equal keys mean the same bytes. */
  readonly key: string;
  readonly dtype: StoredDType;
  readonly source: ByteSource;
  /** Where it starts in `source`. */
  readonly byteOffset: number;
  readonly elements: number;
}

/** One tensor of a checkpoint. */
export interface StoredTensor {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: StoredDType;
  readonly storageKey: string;
  /** Of the first element, inside the storage. */
  readonly byteOffset: number;
  /** In elements, one a dimension. */
  readonly strides: readonly number[];
  /** Length of the first dimension; 1 for a scalar. */
  readonly rows: number;
  /** All elements in row-major order of `shape`. */
  read(): Promise<Float32Array<ArrayBuffer>>;
  /** The rows `[from, to)` along the first dimension, row-major. */
  readRows(from: number, to: number): Promise<Float32Array<ArrayBuffer>>;
  /**
   * The same data under another name; with `shape`, dimensions of 1 added or removed; with `strides` too, any other
   * view of it (a stride of 0 repeats).
   */
  renamed(name: string, shape?: Shape, strides?: readonly number[]): StoredTensor;
}

/** A view may repeat elements (stride 0), but not so often that it grows far beyond its file. */
const MAX_EXPANDED_ELEMENTS = 2 ** 20;

/** Row-major strides of a shape, in elements. */
export function contiguousStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let d = shape.length - 2; d >= 0; d--) strides[d] = (strides[d + 1] ?? 1) * Math.max(shape[d + 1] ?? 1, 1);
  return strides;
}

/**
 * Makes a checked view.
 * @param offset of the first element, in elements
 * @throws `tensor` error when the view leaves its storage, is negative, or has an absurd size
 */
export function storedTensor(
  name: string,
  storage: Storage,
  offset: number,
  shape: Shape,
  strides: readonly number[],
): StoredTensor {
  checkView(name, storage, offset, shape, strides);
  const bytes = STORED_BYTES[storage.dtype];
  const rows = shape[0] ?? 1;
  const readRows = async (from: number, to: number): Promise<Float32Array<ArrayBuffer>> => {
    ensure(
      from >= 0 && from <= to && to <= rows,
      'tensor',
      () => `${storage.source.name}: tensor "${name}" has rows 0 to ${rows}, not ${from} to ${to}`,
    );
    const view = rowView(shape, strides, from, to);
    if (view.count === 0) return new Float32Array(0);
    const start = storage.byteOffset + (offset + from * (strides[0] ?? 0)) * bytes;
    const raw = await storage.source.read(start, view.span * bytes);
    const packed = view.contiguous ? raw : gather(raw, bytes, view.shape, strides);
    const values = decodeElements(storage.dtype, packed);
    for (const spent of new Set([raw, packed])) if (spent.buffer !== values.buffer) discard(spent);
    return values;
  };
  return {
    name,
    shape,
    dtype: storage.dtype,
    storageKey: storage.key,
    byteOffset: offset * bytes,
    strides,
    rows,
    read: () => readRows(0, rows),
    readRows,
    renamed: (to, as = shape, by = as === shape ? strides : reshaped(name, shape, strides, as)) =>
      storedTensor(to, storage, offset, as, by),
  };
}

/** A tensor of numbers in memory, row-major. */
export function memoryTensor(name: string, shape: Shape, values: Float32Array): StoredTensor {
  const source = bytesSource(name, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  const storage: Storage = { key: name, dtype: 'f32', source, byteOffset: 0, elements: values.length };
  return storedTensor(name, storage, 0, shape, contiguousStrides(shape));
}

function checkView(name: string, storage: Storage, offset: number, shape: Shape, strides: readonly number[]): void {
  const where = `${storage.source.name}: tensor "${name}" [${shape}]`;
  const natural = (n: number): boolean => Number.isSafeInteger(n) && n >= 0;
  ensure(
    shape.length === strides.length && [...shape, ...strides, offset].every(natural),
    'tensor',
    () =>
      `${where}: shape, strides [${strides}] and offset ${offset} must be as many whole numbers from 0; ` +
      'the file is corrupt: download it again',
  );
  const empty = shape.includes(0);
  // plain products and sums only grow, so once past 2^53 they stay past every limit below
  const count = empty ? 0 : shape.reduce((product, n) => product * n, 1);
  const last = shape.reduce((sum, n, d) => sum + (n - 1) * (strides[d] ?? 0), offset);
  ensure(
    empty || last < storage.elements,
    'tensor',
    () =>
      `${where}: reaches element ${last} of a storage of ${storage.elements}; ` +
      'the file is corrupt or truncated: download it again',
  );
  ensure(
    count <= Math.max(storage.elements, MAX_EXPANDED_ELEMENTS),
    'tensor',
    () => `${where}: repeats ${storage.elements} stored elements to ${count}; save a contiguous copy of it`,
  );
}

/** Strides for `as`, which may differ from `shape` by dimensions of 1 only, or when the view is contiguous. */
function reshaped(name: string, shape: Shape, strides: readonly number[], as: Shape): readonly number[] {
  const squeeze = (dims: Shape): number[] => dims.filter((n) => n !== 1);
  const kept = strides.filter((_, d) => shape[d] !== 1);
  ensure(
    squeeze(shape).join() === squeeze(as).join(),
    'tensor',
    () => `tensor "${name}": [${shape}] cannot be seen as [${as}]`,
  );
  let next = 0;
  return as.map((n) => (n === 1 ? 1 : (kept[next++] ?? 1)));
}

interface RowView {
  readonly shape: Shape;
  readonly count: number;
  /** Elements from the first to the last one needed. */
  readonly span: number;
  readonly contiguous: boolean;
}

function rowView(shape: Shape, strides: readonly number[], from: number, to: number): RowView {
  const part = shape.length === 0 ? shape : [to - from, ...shape.slice(1)];
  const count = part.reduce((product, n) => product * n, 1);
  const span = count === 0 ? 0 : 1 + part.reduce((sum, n, d) => sum + (n - 1) * (strides[d] ?? 0), 0);
  const natural = contiguousStrides(part);
  return { shape: part, count, span, contiguous: part.every((n, d) => n === 1 || natural[d] === strides[d]) };
}

/** Copies the elements of a strided view, row-major, without decoding them. */
function gather(
  raw: Uint8Array<ArrayBuffer>,
  bytes: number,
  shape: Shape,
  strides: readonly number[],
): Uint8Array<ArrayBuffer> {
  // 8-byte elements move as two words: as floating-point numbers, integers that look like NaN could change
  const lanes = bytes === 8 ? 2 : 1;
  const words = { 1: Uint8Array, 2: Uint16Array }[bytes] ?? Uint32Array;
  const from = new words(raw.buffer, raw.byteOffset, (raw.byteLength / bytes) * lanes);
  const count = shape.reduce((product, n) => product * n, 1);
  const to = new words(count * lanes);
  const index = new Array<number>(shape.length).fill(0);
  let at = 0;
  for (let i = 0; i < count; i++) {
    for (let lane = 0; lane < lanes; lane++) to[i * lanes + lane] = from[at * lanes + lane] as number;
    for (let d = shape.length - 1; d >= 0; d--) {
      const stride = strides[d] as number;
      index[d] = (index[d] as number) + 1;
      at += stride;
      if ((index[d] as number) < (shape[d] as number)) break;
      at -= stride * (index[d] as number);
      index[d] = 0;
    }
  }
  return new Uint8Array(to.buffer);
}
