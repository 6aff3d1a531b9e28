/**
 * Deterministic numbers for tests and self-tests, and how far results are off. The seed is the case's name, so a
 * failure says all that is needed to repeat it.
 */

/** Values in [-1, 1) that depend on `seed` alone (mulberry32 over a hash of the name). */
export function randomArray(seed: string, length: number): Float32Array {
  let state = 2166136261;
  for (const letter of seed) state = Math.imul(state ^ letter.charCodeAt(0), 16777619);
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    values[i] = ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1;
  }
  return values;
}

/** Relative L2 error of `actual` against `expected`; infinite when lengths differ or anything is not a number. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let [difference, norm] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const e = expected[i] ?? Number.NaN;
    difference += (e - (actual[i] ?? Number.NaN)) ** 2;
    norm += e * e;
  }
  const error = Math.sqrt(difference / Math.max(norm, 1e-30));
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}
