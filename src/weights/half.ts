/** IEEE binary16 and bfloat16 ↔ binary32, rounding to nearest even, subnormals kept. Bit patterns are u16. */

const word = new Uint32Array(1);
const real = new Float32Array(word.buffer);

/** Every binary16 value, by bit pattern; built on first use (256 KiB). */
let decoded: Float32Array | undefined;

function halfTable(): Float32Array {
  decoded ??= Float32Array.from({ length: 65536 }, (_, bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const mantissa = bits & 1023;
    if (exponent === 31) return mantissa ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    return exponent ? sign * 2 ** (exponent - 15) * (1 + mantissa / 1024) : sign * 2 ** -14 * (mantissa / 1024);
  });
  return decoded;
}

/** binary16 bit patterns → numbers. */
export function fromHalf(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const table = halfTable();
  const out = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = table[bits[i] as number] as number;
  return out;
}

/** Numbers → binary16 bit patterns; beyond ±65520 becomes infinity. */
export function toHalf(values: Float32Array): Uint16Array<ArrayBuffer> {
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    real[0] = values[i] as number;
    out[i] = halfBits(word[0] as number);
  }
  return out;
}

function halfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // rounds past the largest finite value
  if (magnitude < 0x33000001) return sign; // at most half of the smallest subnormal
  if (magnitude < 0x38800000) {
    // subnormal: shift the 24-bit significand so that its unit is 2^-24
    const shift = 126 - (magnitude >>> 23);
    return sign | roundedShift((magnitude & 0x7fffff) | 0x800000, shift);
  }
  // rebias the exponent from 127 to 15; a carry out of the mantissa correctly moves to the next exponent
  return sign | roundedShift(magnitude - 0x38000000, 13);
}

/** `value / 2^shift`, rounded to nearest, ties to even. */
function roundedShift(value: number, shift: number): number {
  const half = 1 << (shift - 1);
  const odd = (value >>> shift) & 1;
  return (value + half - 1 + odd) >>> shift;
}

/** bfloat16 bit patterns → numbers: the upper half of a binary32. */
export function fromBrainFloat(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const out = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) out[i] = (bits[i] as number) << 16;
  return new Float32Array(out.buffer);
}
