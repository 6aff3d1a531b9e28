/**
 * NumPy's `.npy` files: arrays of numbers as tensors that are read on demand, object arrays as the values of their pickle,
 * which is interpreted symbolically like every pickle here (`numpy-objects.ts`). Format versions 1, 2 and 3.
 * Source of the format: numpy/lib/format.py, NEP 1.
 */
import { ensure } from '../errors.ts';
import { elementCount, type Shape } from '../tensor.ts';
import { STORED_BYTES, type StoredDType } from './elements.ts';
import { numpyAllowList, numpyItems } from './numpy-objects.ts';
import { readPickle } from './pickle.ts';
import type { PickleValue } from './pickle-values.ts';
import type { ByteSource } from './random-access.ts';
import { contiguousStrides, type StoredTensor, storedTensor } from './stored-tensor.ts';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** Headers are padded to a multiple of 64 and hold one line; NumPy itself refuses more than 10,000 bytes. */
const MAX_HEADER_BYTES = 10_000;

/** Element types by NumPy's letters; `>` (big-endian) is refused. */
const NPY_TYPES: ReadonlyMap<string, StoredDType> = new Map([
  ['<f8', 'f64'],
  ['<f4', 'f32'],
  ['<f2', 'f16'],
  ['<i8', 'i64'],
  ['<i4', 'i32'],
  ['<i2', 'i16'],
  ['|i1', 'i8'],
  ['|u1', 'u8'],
  ['|b1', 'bool'],
]);

/** What a file holds: numbers, or Python objects. */
export type NpyFile =
  | { readonly kind: 'numbers'; readonly tensor: StoredTensor }
  | { readonly kind: 'objects'; readonly shape: Shape; readonly items: readonly PickleValue[] };

/** True when a file that starts with these bytes is a `.npy` file. */
export function isNpy(head: Uint8Array): boolean {
  return MAGIC.every((byte, i) => head[i] === byte);
}

/**
 * Opens a `.npy` file.
 * @throws `file` error when it is none or truncated, `pickle` error for objects that are not plain data
 */
export async function openNpy(source: ByteSource): Promise<NpyFile> {
  const { descr, fortran, shape, dataStart } = await readHeader(source);
  if (descr === '|O') return { kind: 'objects', shape, items: await readObjects(source, dataStart, shape) };
  const dtype = NPY_TYPES.get(descr);
  ensure(
    dtype,
    'file',
    () =>
      `${source.name}: element type "${descr}" is not read, only ${[...NPY_TYPES.keys()].join(', ')}; ` +
      `save it with .astype('<f4')`,
  );
  const elements = elementCount(shape);
  const bytes = elements * STORED_BYTES[dtype];
  ensure(
    dataStart + bytes === source.size,
    'file',
    () =>
      `${source.name}: an array [${shape}] of ${descr} needs ${bytes} bytes, ` +
      `the file has ${source.size - dataStart}; it is truncated: save it again`,
  );
  const storage = { key: source.name, dtype, source, byteOffset: dataStart, elements };
  const strides = fortran ? contiguousStrides([...shape].reverse()).reverse() : contiguousStrides(shape);
  return { kind: 'numbers', tensor: storedTensor('array', storage, 0, shape, strides) };
}

interface NpyHeader {
  readonly descr: string;
  /** Column-major data. */
  readonly fortran: boolean;
  readonly shape: Shape;
  readonly dataStart: number;
}

async function readHeader(source: ByteSource): Promise<NpyHeader> {
  const bad = (what: string): string =>
    `${source.name}: ${what}; the file is no NumPy array or corrupt: save it again with numpy.save`;
  const head = await source.read(0, Math.min(12, source.size));
  ensure(isNpy(head) && head.length === 12, 'file', () => bad('does not start like a .npy file'));
  const view = new DataView(head.buffer);
  const version = view.getUint8(6);
  ensure(version >= 1 && version <= 3, 'file', () => bad(`has format version ${version}, known are 1 to 3`));
  const start = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  ensure(length <= MAX_HEADER_BYTES && start + length <= source.size, 'file', () =>
    bad(`announces a header of ${length} bytes in a file of ${source.size}`),
  );
  const text = new TextDecoder().decode(await source.read(start, length));
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const dims = /'shape'\s*:\s*\(([\d\sL,]*)\)/.exec(text)?.[1];
  ensure(descr !== undefined && order !== undefined && dims !== undefined, 'file', () =>
    bad(`its header is "${text.trim().slice(0, 80)}"`),
  );
  const shape = dims
    .split(',')
    .map((part) => part.trim().replace(/L$/, ''))
    .filter((part) => part !== '')
    .map(Number);
  ensure(shape.length <= 16 && shape.every(Number.isSafeInteger), 'file', () => bad(`its shape is (${dims})`));
  return { descr, fortran: order === 'True', shape, dataStart: start + length };
}

async function readObjects(source: ByteSource, start: number, shape: Shape): Promise<readonly PickleValue[]> {
  const { value } = await readPickle(source, numpyAllowList, start);
  const items = numpyItems(value);
  ensure(
    items && items.length === elementCount(shape),
    'pickle',
    () =>
      `${source.name}: an object array [${shape}] holds ${items?.length ?? 'no'} objects, ` +
      `expected ${elementCount(shape)}; the file is corrupt: save it again`,
  );
  return items;
}
