/** Seeded numbers for benches: the same on every host, fast enough for a hundred million. */

/** `count` values, uniform in `[offset − spread, offset + spread)`, from a xorshift32 generator. */
export function randomValues(seed: number, count: number, spread = 1, offset = 0): Float32Array<ArrayBuffer> {
  const values = new Float32Array(count);
  let state = (Math.imul(seed + 1, 0x9e3779b1) ^ 0x85ebca6b) | 1;
  for (let i = 0; i < count; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    values[i] = (state / 0x80000000) * spread + offset;
  }
  return values;
}
