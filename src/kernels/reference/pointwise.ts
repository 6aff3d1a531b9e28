/** Plain loops for `pixelNorm`, `truncate`, `latents` and `squaredError`, written for reading. */
import { at } from './at.ts';

/** x `[rows, n]` → `[rows, n]`. */
export function pixelNormReference(x: ArrayLike<number>, n: number): Float64Array {
  const y = new Float64Array(x.length);
  for (let row = 0; row < x.length; row += n) {
    let squares = 0;
    for (let k = 0; k < n; k++) squares += at(x, row + k) ** 2;
    for (let k = 0; k < n; k++) y[row + k] = at(x, row + k) / Math.sqrt(squares / n + 1e-8);
  }
  return y;
}

/** w `[rows, D]`, mean `[D]` or `[rows, D]` → `[rows, D]`. */
export function truncateReference(w: ArrayLike<number>, mean: ArrayLike<number>, psi: number): Float64Array {
  return Float64Array.from(w, (value, i) => {
    const centre = at(mean, i % mean.length);
    return centre + psi * (value - centre);
  });
}

/** base and what is added (possibly nothing) `[1 or rows, D]` → `[rows · D]` elements. */
export function latentsReference(base: ArrayLike<number>, added: ArrayLike<number>, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => {
    return at(base, i % base.length) + (added.length > 0 ? at(added, i % added.length) : 0);
  });
}

/** Mean of (a − b)². */
export function squaredErrorReference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (at(a, i) - at(b, i)) ** 2;
  return sum / a.length;
}
