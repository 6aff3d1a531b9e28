/**
 * SeFa (arXiv 2007.06600): directions that need no samples and no labels. What a latent can change most is read off the
 * modulation weights of the chosen layers: eigenvectors of AᵀA by falling eigenvalue, A being their rows as unit vectors.
 */
import { ensure } from '../errors.ts';
import type { LatentDirection } from './direction.ts';
import { checkRows, type EditSpace, type RowRange } from './edit-space.ts';
import { type Eigen, symmetricEigen } from './symmetric-eigen.ts';

/** The modulation weights of one layer `[inChannels, styleDim]`, by index in hypernetwork order. */
export type ModulationWeights = (layer: number) => Float32Array;

/**
 * Which layers the latent rows [from, to) drive, one a row: row 0 conv1, row i the (i − 1)th of `convs`, the
 * last row the last toRGB.
 */
export function layersOfRows(space: EditSpace, rows: RowRange): number[] {
  checkRows('SeFa', rows, space);
  const convolutions = space.layers.filter(({ kind }) => kind !== 'rgb');
  const driven = [...convolutions, ...space.layers.slice(-1)];
  return driven.slice(...rows).map(({ index }) => index);
}

/**
 * Eigenvalues and directions of the latent rows [from, to); each vector's entry of largest magnitude is positive.
 * @throws `option` error for an empty range, `tensor` error when weights are of another width
 */
export function sefa(space: EditSpace, weights: ModulationWeights, rows: RowRange): Eigen {
  const { styleDim: n } = space;
  const product = new Float64Array(n * n);
  for (const layer of layersOfRows(space, rows)) addGram(product, weights(layer), n);
  const { values, vectors } = symmetricEigen(product, n);
  for (let i = 0; i < n; i++) facePositive(vectors.subarray(i * n, (i + 1) * n));
  return { values, vectors };
}

/**
 * The first `count` of them as directions named `sefa 0`, `sefa 1`, …; an amount of 1 moves one unit. Errors as {@link sefa}.
 */
export function sefaDirections(
  space: EditSpace,
  weights: ModulationWeights,
  rows: RowRange,
  count: number,
): LatentDirection[] {
  const { styleDim } = space;
  ensure(
    Number.isInteger(count) && count >= 1 && count <= styleDim,
    'option',
    () => `SeFa: ${count} directions, expected a whole number from 1 to ${styleDim}`,
  );
  const { vectors } = sefa(space, weights, rows);
  return Array.from({ length: count }, (_, i) => ({
    kind: 'latent',
    name: `sefa ${i}`,
    vectors: 1,
    values: Float32Array.from(vectors.subarray(i * styleDim, (i + 1) * styleDim)),
    rows,
  }));
}

/** Adds Σ u uᵀ over the rows u = row / |row| of a weight. */
function addGram(product: Float64Array, weight: Float32Array, n: number): void {
  ensure(
    weight.length > 0 && weight.length % n === 0,
    'tensor',
    () => `SeFa: modulation weights of ${weight.length} numbers, expected rows of ${n}`,
  );
  for (let first = 0; first < weight.length; first += n) {
    const row = Float64Array.from(weight.subarray(first, first + n));
    const square = row.reduce((sum, x) => sum + x * x, 0);
    if (square === 0) continue;
    for (const [i, a] of row.entries()) {
      const scaled = a / square;
      for (const [j, b] of row.entries()) product[i * n + j] = (product[i * n + j] ?? 0) + scaled * b;
    }
  }
}

/** Turns a vector so that its entry of largest magnitude is positive: eigenvectors are right up to sign. */
function facePositive(vector: Float64Array): void {
  const largest = vector.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most), 0);
  if (largest < 0)
    vector.forEach((x, i) => {
      vector[i] = -x;
    });
}
