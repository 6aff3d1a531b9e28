/** Plain loops for `pixelNorm`, `truncate`, `scaleAdd` and `squaredError`, written for reading. */

const at = (values: ArrayLike<number>, i: number): number => values[i] ?? Number.NaN;

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

/** w `[rows, D]`, directions `[K, D]` or `[K, rows, D]`, amounts `[K]` → `[rows, D]`. */
export function scaleAddReference(
  w: ArrayLike<number>,
  directions: ArrayLike<number>,
  amounts: ArrayLike<number>,
): Float64Array {
  const count = directions.length / amounts.length;
  return Float64Array.from(w, (value, i) => {
    let sum = value;
    for (let k = 0; k < amounts.length; k++) sum += at(amounts, k) * at(directions, k * count + (i % count));
    return sum;
  });
}

/** Mean of (a − b)². */
export function squaredErrorReference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (at(a, i) - at(b, i)) ** 2;
  return sum / a.length;
}
