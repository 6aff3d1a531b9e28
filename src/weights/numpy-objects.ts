/**
 * NumPy arrays inside pickles (`numpy.save` of objects, StyleCLIP's `S_mean_std`): the names such a pickle may use, and
 * the values its arrays hold. Nothing is called: an array is the arguments and the state that would have rebuilt it.
 * Covers protocols 2 (bytes written as text), 3, 4 and 5, and both names of NumPy's core module.
 */
import { ensure, HyperStyleError } from '../errors.ts';
import { elementCount, type Shape } from '../tensor.ts';
import { STORED_BYTES, type StoredDType } from './elements.ts';
import type { AllowList } from './pickle.ts';
import { PickleBytes, PickleGlobal, PickleInstance, type PickleValue, sequence } from './pickle-values.ts';
import { bytesSource } from './random-access.ts';
import { contiguousStrides, storedTensor } from './stored-tensor.ts';

const RECONSTRUCT = /^numpy\.(core|_core)\.multiarray\._reconstruct$/;
const FROM_BUFFER = /^numpy\.(core|_core)\.numeric\._frombuffer$/;
const SCALAR = /^numpy\.(core|_core)\.multiarray\.scalar$/;
const ENCODE = '_codecs.encode';
const DTYPE = 'numpy.dtype';
const KNOWN = [RECONSTRUCT, FROM_BUFFER, SCALAR, /^_codecs\.encode$/, /^numpy\.(dtype|ndarray)$/];

/** NumPy's element types by kind and size. */
const TYPES: ReadonlyMap<string, StoredDType> = new Map([
  ['f8', 'f64'],
  ['f4', 'f32'],
  ['f2', 'f16'],
  ['i8', 'i64'],
  ['i4', 'i32'],
  ['i2', 'i16'],
  ['i1', 'i8'],
  ['u1', 'u8'],
  ['b1', 'bool'],
]);

/** The allow-list of pickles of NumPy data. */
export const numpyAllowList: AllowList = (module, name) => {
  const full = `${module}.${name}`;
  if (!KNOWN.some((pattern) => pattern.test(full))) return undefined;
  return new PickleGlobal(full, (args) => new PickleInstance(full, args));
};

/** An array of numbers in f32. */
export interface NumpyArray {
  readonly shape: Shape;
  readonly data: Float32Array<ArrayBuffer>;
}

/** What an array's pickle says of it. */
interface ArrayState {
  readonly shape: readonly PickleValue[] | null;
  readonly dtype: PickleValue;
  readonly fortran: boolean;
  readonly data: PickleValue;
}

function arrayState(value: PickleValue): ArrayState | null {
  if (!(value instanceof PickleInstance)) return null;
  if (FROM_BUFFER.test(value.of)) {
    const [data, dtype, shape, order] = value.args;
    return { shape: sequence(shape), dtype, fortran: order === 'F', data };
  }
  const state = sequence(value.state);
  if (!RECONSTRUCT.test(value.of) || !state) return null;
  // older NumPy wrote no version before the shape
  const [shape, dtype, fortran, data] = state.length === 5 ? state.slice(1) : state;
  return { shape: sequence(shape), dtype, fortran: fortran === true || fortran === 1, data };
}

/** The objects of an object array, in order, or null for anything else. */
export function numpyItems(value: PickleValue): readonly PickleValue[] | null {
  const state = arrayState(value);
  return state && Array.isArray(state.data) ? state.data : null;
}

/**
 * An array of numbers, or null when `value` is none.
 * @param where the file and the entry, for errors
 * @throws `pickle` error when its description and its bytes disagree
 */
export async function numpyArray(where: string, value: PickleValue): Promise<NumpyArray | null> {
  const state = arrayState(value);
  if (!state || Array.isArray(state.data)) return null;
  const dtype = elementType(where, state.dtype);
  const shape = state.shape ?? [];
  const natural = (n: PickleValue): n is number => typeof n === 'number' && Number.isSafeInteger(n) && n >= 0;
  ensure(
    shape.every(natural) && shape.length <= 16,
    'pickle',
    () => `${where}: an array has no readable shape; the file is corrupt: save it again`,
  );
  const sizes: readonly number[] = shape;
  const bytes = await arrayBytes(where, state.data);
  const needed = elementCount(sizes) * STORED_BYTES[dtype];
  ensure(
    bytes.length === needed,
    'pickle',
    () =>
      `${where}: an array [${sizes}] needs ${needed} bytes, it has ${bytes.length}; the file is corrupt: save it again`,
  );
  const storage = {
    key: where,
    dtype,
    source: bytesSource(where, bytes),
    byteOffset: 0,
    elements: elementCount(sizes),
  };
  const strides = state.fortran ? contiguousStrides([...sizes].reverse()).reverse() : contiguousStrides(sizes);
  return { shape: sizes, data: await storedTensor(where, storage, 0, sizes, strides).read() };
}

/** `dtype('f4', …)` with its byte order in the state. */
function elementType(where: string, value: PickleValue): StoredDType {
  const code = value instanceof PickleInstance && value.of === DTYPE ? value.args[0] : undefined;
  const order = value instanceof PickleInstance ? sequence(value.state)?.[1] : undefined;
  const dtype = typeof code === 'string' ? TYPES.get(code) : undefined;
  ensure(
    dtype && order !== '>',
    'pickle',
    () =>
      `${where}: arrays of element type ` +
      `${typeof code === 'string' ? `"${order === '>' ? '>' : ''}${code}"` : 'unknown'} are not read; ` +
      'save it as float32',
  );
  return dtype;
}

/** An array's bytes: a bytes object, or text that protocol 2 wrapped in `_codecs.encode(text, 'latin1')`. */
async function arrayBytes(where: string, value: PickleValue): Promise<Uint8Array> {
  if (value instanceof PickleBytes) return value.source.read(value.offset, value.length);
  if (value instanceof PickleInstance && value.of === ENCODE) {
    const [text, codec] = value.args;
    const known = typeof text === 'string' && (codec === 'latin1' || codec === 'latin-1');
    ensure(known, 'pickle', () => `${where}: bytes in an unknown encoding; the file is corrupt: save it again`);
    return Uint8Array.from(text, (char) => char.charCodeAt(0));
  }
  // Python 2 wrote bytes as an 8-bit string
  if (typeof value === 'string') return Uint8Array.from(value, (char) => char.charCodeAt(0));
  throw new HyperStyleError('pickle', `${where}: an array without bytes; the file is corrupt: save it again`);
}
