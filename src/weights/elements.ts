/** The element types of files, and packed elements as numbers; `stored-tensor.ts` reads whole tensors of them. */
import { fromBrainFloat, fromHalf } from './half.ts';

/** Element types met in files. All are read as f32; integers above 2^24 lose their lowest bits. */
export type StoredDType = 'f64' | 'f32' | 'f16' | 'bf16' | 'i64' | 'i32' | 'i16' | 'i8' | 'u8' | 'bool';

/** Bytes of one element. */
export const STORED_BYTES: Readonly<Record<StoredDType, number>> = {
  f64: 8,
  f32: 4,
  f16: 2,
  bf16: 2,
  i64: 8,
  i32: 4,
  i16: 2,
  i8: 1,
  u8: 1,
  bool: 1,
};

/** Packed little-endian elements → f32. `bytes` must start at a multiple of 8 of its buffer. */
export function decodeElements(dtype: StoredDType, bytes: Uint8Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  const count = bytes.byteLength / STORED_BYTES[dtype];
  const { buffer, byteOffset } = bytes;
  switch (dtype) {
    case 'f32':
      return new Float32Array(buffer, byteOffset, count);
    case 'f64':
      return Float32Array.from(new Float64Array(buffer, byteOffset, count));
    case 'f16':
      return fromHalf(new Uint16Array(buffer, byteOffset, count));
    case 'bf16':
      return fromBrainFloat(new Uint16Array(buffer, byteOffset, count));
    case 'i64':
      return Float32Array.from(new BigInt64Array(buffer, byteOffset, count), Number);
    case 'i32':
      return Float32Array.from(new Int32Array(buffer, byteOffset, count));
    case 'i16':
      return Float32Array.from(new Int16Array(buffer, byteOffset, count));
    case 'i8':
      return Float32Array.from(new Int8Array(buffer, byteOffset, count));
    case 'u8':
    case 'bool':
      return Float32Array.from(bytes);
  }
}
