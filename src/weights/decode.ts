/** Stored bytes to f32 values. */
import { HyperStyleError } from '../errors.ts';
import type { DType } from '../tensor.ts';

/** Value of an IEEE half given as its 16 bits. */
export function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

let halves: Float32Array | undefined;

/** All 65,536 halves as floats; a table makes decoding a shard one lookup an element. */
function halfTable(): Float32Array {
  halves ??= Float32Array.from({ length: 65536 }, (_, bits) => halfToFloat(bits));
  return halves;
}

/**
 * Decodes packed little-endian elements to f32. The result never aliases `bytes`.
 * @throws `tensor` error for i8, whose values mean nothing without their scales
 */
export function decodeFloats(dtype: DType, bytes: Uint8Array): Float32Array {
  if (dtype === 'i8')
    throw new HyperStyleError('tensor', 'i8 values need their scales: only heads may be stored as i8');
  const aligned = bytes.slice();
  if (dtype === 'f32') return new Float32Array(aligned.buffer);
  const table = halfTable();
  return Float32Array.from(new Uint16Array(aligned.buffer), (bits) => table[bits] ?? 0);
}
