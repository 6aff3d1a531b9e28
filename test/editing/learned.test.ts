/** Directions that need no files: SeFa, principal components, a found boundary; and the eigen solver below them. */
import { describe, expect, it } from 'vitest';
import { addDirection } from '../../src/editing/direction.ts';
import { noEdit, type RowRange } from '../../src/editing/edit-space.ts';
import { findDirection, principalComponents } from '../../src/editing/samples.ts';
import { layersOfRows, sefa, sefaDirections } from '../../src/editing/sefa.ts';
import { symmetricEigen } from '../../src/editing/symmetric-eigen.ts';
import { gaussian } from '../../src/gaussian.ts';
import { randomArray, relativeError } from '../../src/kernels/reference/seeded.ts';
import { openSafetensors } from '../../src/weights/safetensors.ts';
import { TOLERANCE } from '../tolerances.ts';
import { BASE_SPACE, entryOf, golden, tensorsOf } from './support.ts';

describe('symmetric eigenpairs', () => {
  it.each([1, 2, 5, 24, 61])('of size %i: A v = λ v, orthonormal, falling', (n) => {
    const half = randomArray(`eigen ${n}`, n * n);
    const a = Float64Array.from(half, (v, i) => v + (half[(i % n) * n + Math.floor(i / n)] ?? 0));
    const { values, vectors } = symmetricEigen(a, n);
    const row = (i: number) => vectors.subarray(i * n, (i + 1) * n);
    const dot = (x: Float64Array, y: Float64Array) => x.reduce((sum, v, i) => sum + v * (y[i] ?? 0), 0);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) expect(dot(row(i), row(j))).toBeCloseTo(i === j ? 1 : 0, 10);
      const image = Float64Array.from({ length: n }, (_, r) => dot(a.subarray(r * n, (r + 1) * n), row(i)));
      image.forEach((x, r) => {
        expect(x).toBeCloseTo((values[i] ?? 0) * (row(i)[r] ?? 0), 9);
      });
      if (i > 0) expect(values[i]).toBeLessThanOrEqual(values[i - 1] ?? 0);
    }
  });

  it('handles equal eigenvalues and zeros', () => {
    const { values } = symmetricEigen([2, 0, 0, 0, 2, 0, 0, 0, 0], 3);
    expect([...values]).toEqual([2, 2, 0]);
  });

  it('refuses NaN', () => {
    expect(() => symmetricEigen([1, Number.NaN, Number.NaN, 1], 2)).toThrow(/NaN or infinity/);
  });
});

describe('SeFa', async () => {
  const { tensors } = await openSafetensors(await golden('base-modulation.safetensors'));
  const loaded = new Map<number, Float32Array>();
  for (const { index, key } of BASE_SPACE.layers) {
    const tensor = tensors.get(`decoder.${key}.conv.modulation.weight`);
    if (tensor) loaded.set(index, await tensor.read());
  }
  const weights = (layer: number): Float32Array => loaded.get(layer) ?? new Float32Array();

  it.each([
    ['values', 'directions', [2, 6]],
    ['values_all', 'directions_all', [0, 10]],
  ] as const)('finds out.%s and out.%s', async (valueName, directionName, rows) => {
    const expected = await tensorsOf('edit-sefa');
    const { values, vectors } = sefa(BASE_SPACE, weights, rows);
    expect(relativeError(values, expected(`out.${valueName}`))).toBeLessThan(TOLERANCE.eigenvalues);
    const n = BASE_SPACE.styleDim;
    for (let k = 0; k < 3; k++) {
      const wanted = expected(`out.${directionName}`).subarray(k * n, (k + 1) * n);
      const cosine = wanted.reduce((sum, v, d) => sum + v * (vectors[k * n + d] ?? 0), 0);
      expect(cosine).toBeGreaterThan(1 - TOLERANCE.eigenvectors);
    }
  });

  it('knows which layers a row drives', async () => {
    const { rows } = await entryOf('edit-sefa');
    expect(rows).toEqual([2, 3, 4, 5]);
    expect(layersOfRows(BASE_SPACE, [0, 3])).toEqual([0, 2, 3]);
    expect(layersOfRows(BASE_SPACE, [9, 10])).toEqual([13]);
    const range: RowRange = [2, 6];
    const [first] = sefaDirections(BASE_SPACE, weights, range, 2);
    expect(first).toMatchObject({ kind: 'latent', name: 'sefa 0', rows: range });
    expect(() => layersOfRows(BASE_SPACE, [4, 11])).toThrow(/layers 4 to 11/);
    expect(() => sefaDirections(BASE_SPACE, weights, range, 25)).toThrow(/25 directions, expected .* 1 to 24/);
  });
});

/** Gaussian samples whose deviation along axis d is `sigma[d]`. */
function samples(count: number, sigma: readonly number[], seed: number) {
  const normal = gaussian(seed, count * sigma.length);
  const values = normal.map((v, i) => v * (sigma[i % sigma.length] ?? 1));
  return { values, width: sigma.length };
}

describe('principal components', () => {
  it('finds the axes of most spread, and an amount is where the latent shall lie', () => {
    const drawn = samples(4000, [1, 5, 0.1, 2], 3);
    const [first, second] = principalComponents(drawn, 2);
    expect(Math.abs(first?.component[1] ?? 0)).toBeGreaterThan(0.99);
    expect(Math.abs(second?.component[3] ?? 0)).toBeGreaterThan(0.99);
    expect((first?.sigma ?? 0) / (second?.sigma ?? 1)).toBeCloseTo(2.5, 0);
  });

  it('refuses more components than there are', () => {
    expect(() => principalComponents(samples(20, [1, 1], 1), 3)).toThrow(/3 components of 20 samples in 2 dimensions/);
    expect(() => principalComponents(samples(8, [1, 1], 1), 1)).toThrow(/expected at least 16/);
  });
});

describe('direction finder', () => {
  it('finds what the scores follow, also where the latents are correlated with it', () => {
    const drawn = samples(2000, [1, 1, 1, 1, 1, 1], 7);
    // axis 1 follows axis 0, but the score depends on axis 0 alone
    for (let n = 0; n < 2000; n++)
      drawn.values[n * 6 + 1] = 0.8 * (drawn.values[n * 6] ?? 0) + 0.6 * (drawn.values[n * 6 + 1] ?? 0);
    const scores = Array.from({ length: 2000 }, (_, n) => 3 * (drawn.values[n * 6] ?? 0) + 10);
    const { direction, correlation } = findDirection('smile', drawn, scores);
    const length = Math.hypot(...direction.values);
    expect((direction.values[0] ?? 0) / length).toBeGreaterThan(0.99);
    expect(correlation).toBeGreaterThan(0.99);
    const space = { ...BASE_SPACE, styleDim: 6, latentCount: 2 };
    const edit = noEdit(space);
    addDirection(space, new Float32Array(12), direction, { amount: 2 }, edit);
    expect(edit.offset[0]).toBeCloseTo(2 * (direction.values[0] ?? 0), 5);
  });

  it('refuses scores that say nothing', () => {
    const drawn = samples(32, [1, 1], 1);
    expect(() => findDirection('a', drawn, new Float32Array(32))).toThrow(/all scores are equal/);
    expect(() => findDirection('a', drawn, new Float32Array(31))).toThrow(/31 scores for 32 samples/);
    expect(() => findDirection('a', drawn, new Float32Array(32).fill(Number.NaN))).toThrow(/score of sample 0 is NaN/);
  });
});
