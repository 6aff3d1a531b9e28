/**
 * Eigenvalues and eigenvectors of a symmetric matrix, for SeFa and GANSpace: Householder reflections to tridiagonal form,
 * then implicit QR steps with Wilkinson's shift (Golub and Van Loan, Matrix Computations, §8.3). Double precision; 512×512
 * takes a few seconds.
 */
import { ensure } from '../errors.ts';

/** Eigenpairs by falling eigenvalue. */
export interface Eigen {
  /** `[n]` */
  readonly values: Float64Array;
  /** Unit eigenvectors, one a row `[n, n]`. */
  readonly vectors: Float64Array;
}

/** QR steps a value may take; two or three are usual. */
const MAX_STEPS_A_VALUE = 60;

/**
 * All eigenpairs.
 * @param matrix symmetric `[n, n]`, row-major; not changed
 * @throws `option` error when it holds NaN or infinity
 */
export function symmetricEigen(matrix: ArrayLike<number>, n: number): Eigen {
  const a = Float64Array.from(matrix);
  ensure(a.length === n * n, 'option', () => `a symmetric matrix of ${a.length} numbers, expected ${n}×${n}`);
  ensure(a.every(Number.isFinite), 'option', 'a symmetric matrix holds NaN or infinity: its samples must be finite');
  const { diagonal, beside, vectors } = tridiagonal(a, n);
  diagonalise(diagonal, beside, vectors, n);
  const order = [...diagonal.keys()].sort((i, j) => at(diagonal, j) - at(diagonal, i));
  const sorted = new Float64Array(n * n);
  order.forEach((from, row) => {
    sorted.set(vectors.subarray(from * n, (from + 1) * n), row * n);
  });
  return { values: Float64Array.from(order, (i) => at(diagonal, i)), vectors: sorted };
}

interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** `beside[k]` stands between entries k and k + 1 of the diagonal. */
  readonly beside: Float64Array;
  /** The orthogonal basis, one vector a row. */
  readonly vectors: Float64Array;
}

function at(values: Float64Array, i: number): number {
  return values[i] ?? 0;
}

/** A = Qᵀ T Q; `a` is used up. */
function tridiagonal(a: Float64Array, n: number): Tridiagonal {
  const reflections: { v: Float64Array; beta: number }[] = [];
  const beside = new Float64Array(n);
  for (let k = 0; k + 1 < n; k++) {
    const m = n - k - 1;
    const v = Float64Array.from({ length: m }, (_, i) => at(a, (k + 1 + i) * n + k));
    const norm = Math.hypot(...v);
    const alpha = at(v, 0) > 0 ? -norm : norm;
    beside[k] = alpha;
    v[0] = at(v, 0) - alpha;
    const square = v.reduce((sum, x) => sum + x * x, 0);
    const beta = square > 0 ? 2 / square : 0;
    reflections.push({ v, beta });
    if (beta > 0) reflect(a, n, k + 1, v, beta);
  }
  const diagonal = Float64Array.from({ length: n }, (_, i) => at(a, i * n + i));
  return { diagonal, beside, vectors: basis(reflections, n) };
}

/** The block from row `first` becomes H·block·H with H = 1 − β v vᵀ. */
function reflect(a: Float64Array, n: number, first: number, v: Float64Array, beta: number): void {
  const m = v.length;
  const p = new Float64Array(m);
  for (let i = 0; i < m; i++) {
    const row = (first + i) * n + first;
    let sum = 0;
    for (let j = 0; j < m; j++) sum += at(a, row + j) * at(v, j);
    p[i] = beta * sum;
  }
  const half = (beta / 2) * p.reduce((sum, x, i) => sum + x * at(v, i), 0);
  for (let i = 0; i < m; i++) p[i] = at(p, i) - half * at(v, i);
  for (let i = 0; i < m; i++) {
    const row = (first + i) * n + first;
    const [vi, pi] = [at(v, i), at(p, i)];
    for (let j = 0; j < m; j++) a[row + j] = at(a, row + j) - vi * at(p, j) - pi * at(v, j);
  }
}

/** The product of all reflections, transposed: one basis vector a row. */
function basis(reflections: readonly { v: Float64Array; beta: number }[], n: number): Float64Array {
  const q = new Float64Array(n * n);
  for (let i = 0; i < n; i++) q[i * n + i] = 1;
  for (let k = reflections.length - 1; k >= 0; k--) {
    const { v, beta } = reflections[k] ?? { v: new Float64Array(), beta: 0 };
    for (let row = k + 1; row < n; row++) {
      const start = row * n + k + 1;
      let sum = 0;
      for (let j = 0; j < v.length; j++) sum += at(q, start + j) * at(v, j);
      for (let j = 0; j < v.length; j++) q[start + j] = at(q, start + j) - beta * sum * at(v, j);
    }
  }
  return q;
}

/** QR steps until nothing stands beside the diagonal; the rows of `vectors` turn with it. */
function diagonalise(d: Float64Array, e: Float64Array, vectors: Float64Array, n: number): void {
  let last = n - 1;
  for (let steps = 0; last > 0; steps++) {
    ensure(steps < MAX_STEPS_A_VALUE * n, 'option', 'the eigenvalues of this matrix do not settle');
    if (isNegligible(d, e, last - 1)) {
      e[last - 1] = 0;
      last--;
      continue;
    }
    let first = last - 1;
    while (first > 0 && !isNegligible(d, e, first - 1)) first--;
    if (first > 0) e[first - 1] = 0;
    qrStep({ d, e, vectors, n }, first, last);
  }
}

function isNegligible(d: Float64Array, e: Float64Array, k: number): boolean {
  return Math.abs(at(e, k)) <= Number.EPSILON * (Math.abs(at(d, k)) + Math.abs(at(d, k + 1)));
}

interface Turned {
  readonly d: Float64Array;
  readonly e: Float64Array;
  readonly vectors: Float64Array;
  readonly n: number;
}

/** One implicit QR step on the unreduced block `[first, last]`. */
function qrStep({ d, e, vectors, n }: Turned, first: number, last: number): void {
  const half = (at(d, last - 1) - at(d, last)) / 2;
  const off = at(e, last - 1);
  const reach = Math.hypot(half, off);
  let x = at(d, first) - (at(d, last) - off ** 2 / (half + (half < 0 ? -reach : reach)));
  let z = at(e, first);
  for (let k = first; k < last; k++) {
    const r = Math.hypot(x, z);
    const [c, s] = r > 0 ? [x / r, z / r] : [1, 0];
    if (k > first) e[k - 1] = r;
    const [dk, dn, ek] = [at(d, k), at(d, k + 1), at(e, k)];
    d[k] = c * c * dk + 2 * c * s * ek + s * s * dn;
    d[k + 1] = s * s * dk - 2 * c * s * ek + c * c * dn;
    e[k] = c * s * (dn - dk) + (c * c - s * s) * ek;
    if (k + 1 < last) {
      x = at(e, k);
      z = s * at(e, k + 1);
      e[k + 1] = c * at(e, k + 1);
    }
    turnRows(vectors, n, k, c, s);
  }
}

function turnRows(vectors: Float64Array, n: number, k: number, c: number, s: number): void {
  for (let i = k * n, end = i + n; i < end; i++) {
    const [a, b] = [at(vectors, i), at(vectors, i + n)];
    vectors[i] = c * a + s * b;
    vectors[i + n] = c * b - s * a;
  }
}
