/** Writes `.npy` files (format version 1): arrays of f32, and object arrays as NumPy pickles them (protocol 3). */

import { ensure } from '../errors.ts';
import { elementCount, type Shape } from '../tensor.ts';
import { bytesOf, joinBytes } from './bytes.ts';
import type { NumpyArray } from './numpy-objects.ts';
import { type Picklable, PickledCall, PickledTuple, pickle } from './pickle-writer.ts';

/** Header and data begin at multiples of this many bytes. */
const ALIGNMENT = 64;
/** Magic, version and the length of the header. */
const PREFIX_BYTES = 10;

/** What an object array may hold: arrays, None, or a dict of arrays. */
export type NpyObject = NumpyArray | null | ReadonlyMap<string, NumpyArray>;

/** A file of numbers `[…]`. @throws `tensor` error when shape and data disagree */
export function writeNpy({ shape, data }: NumpyArray): Uint8Array<ArrayBuffer> {
  checkSize({ shape, data });
  return joinBytes([header('<f4', shape), bytesOf(data)]);
}

/** A file of objects: `shape` [] of one object, [n] of n. @throws `tensor` error when shapes and data disagree */
export function writeNpyObjects(shape: Shape, items: readonly NpyObject[]): Uint8Array<ArrayBuffer> {
  ensure(
    items.length === elementCount(shape),
    'tensor',
    () => `an object array [${shape}] of ${items.length} objects: expected ${elementCount(shape)}`,
  );
  const objects = new PickledTuple(1, new PickledTuple(...shape), dtype('O8', '|', 63), false, items.map(picklable));
  return joinBytes([header('|O', shape), pickle(array(objects), 3)]);
}

function checkSize({ shape, data }: NumpyArray): void {
  ensure(
    data.length === elementCount(shape),
    'tensor',
    () => `an array [${shape}] of ${data.length} numbers: expected ${elementCount(shape)}`,
  );
}

function header(descr: string, shape: Shape): Uint8Array {
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${dims}), }`;
  const length = Math.ceil((PREFIX_BYTES + text.length + 1) / ALIGNMENT) * ALIGNMENT - PREFIX_BYTES;
  const out = new TextEncoder().encode(`\0NUMPY\x01\0\0\0${text.padEnd(length - 1)}\n`);
  out[0] = 0x93;
  new DataView(out.buffer).setUint16(8, length, true);
  return out;
}

function picklable(value: NpyObject): Picklable {
  if (value === null) return null;
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, item]) => [name, numbers(item)]));
  return numbers(value as NumpyArray);
}

function numbers(value: NumpyArray): PickledCall {
  checkSize(value);
  return array(new PickledTuple(1, new PickledTuple(...value.shape), dtype('f4', '<', 0), false, bytesOf(value.data)));
}

/** `_reconstruct(ndarray, (0,), b'b')` and the state that fills it. */
function array(state: PickledTuple): PickledCall {
  const args = new PickledTuple(new PickledCall('numpy', 'ndarray'), new PickledTuple(0), Uint8Array.of(0x62));
  return new PickledCall('numpy.core.multiarray', '_reconstruct', args, state);
}

/** `dtype(code, False, True)`; `flags` is 63 of Python objects, else 0. */
function dtype(code: string, order: '<' | '|', flags: number): PickledCall {
  const state = new PickledTuple(3, order, null, null, null, -1, -1, flags);
  return new PickledCall('numpy', 'dtype', new PickledTuple(code, false, true), state);
}
