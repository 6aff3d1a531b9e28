/** What a checkpoint left out is made up from a fixed seed, and told. */
import { expect, test } from 'vitest';
import { completeModel } from '../../src/convert/complete.ts';
import { gaussian } from '../../src/gaussian.ts';
import { linearReference } from '../../src/kernels/reference/heads.ts';
import { pixelNormReference } from '../../src/kernels/reference/pointwise.ts';
import { relativeError } from '../../src/kernels/reference/seeded.ts';
import { type Checkpoint, openCheckpoint } from '../../src/weights/checkpoint.ts';
import { bytesSource } from '../../src/weights/random-access.ts';
import { memoryTensor } from '../../src/weights/stored-tensor.ts';
import { unifyModel } from '../../src/weights/unify.ts';
import { TOLERANCE } from '../tolerances.ts';
import { fixture, tinyCheckpoint, valuesOf } from './support.ts';

/** The tiny generator without the tensors whose keys match. */
async function generator(without: RegExp): Promise<Checkpoint> {
  const whole = await openCheckpoint(bytesSource('g.pt', await tinyCheckpoint('hyperstyle')));
  const tensors = new Map([...whole.tensors].filter(([key]) => /^decoder|latent/.test(key) && !without.test(key)));
  return { ...whole, tensors, opts: {} };
}

test('a complete generator stays as it is', async () => {
  const model = unifyModel(await generator(/none/), null);
  expect(await completeModel(model)).toEqual({ ...model, notes: [] });
});

test('noise maps are drawn from a fixed seed, each of its own', async () => {
  const model = unifyModel(await generator(/\.noises\./), null);
  const [once, again] = [await completeModel(model), await completeModel(model)];
  expect(once.notes).toEqual(['g.pt: has no noise maps; 5 were drawn from a fixed seed']);
  const maps = await Promise.all([0, 1, 2, 3, 4].map((i) => valuesOf(once.tensors, `decoder.noises.noise_${i}`)));
  expect(maps.map((map) => map.length)).toEqual([16, 64, 64, 256, 256]);
  expect(maps).toEqual(
    await Promise.all([0, 1, 2, 3, 4].map((i) => valuesOf(again.tensors, `decoder.noises.noise_${i}`))),
  );
  expect(maps[1]).not.toEqual(maps[2]);
  const largest = maps[4] ?? [];
  expect(Math.sqrt(largest.reduce((sum, x) => sum + x * x, 0) / largest.length)).toBeCloseTo(1, 0);
  expect(once.tensors.get('decoder.noises.noise_4')?.shape).toEqual([1, 1, 16, 16]);
});

test('some of the noise maps missing is no habit of a script but a damaged file', async () => {
  const part = await generator(/noise_3/);
  expect(() => unifyModel(part, null)).toThrow(/"decoder\.noises\.noise_3" \[1,1,16,16\] is missing/);
});

test('a generator without noise gets strengths of 0', async () => {
  const { tensors, notes } = await completeModel(unifyModel(await generator(/\.noises\.|\.noise\.weight$/), null));
  expect(await valuesOf(tensors, 'decoder.convs.0.noise.weight')).toEqual([0]);
  expect(notes).toContain('g.pt: has no noise strengths; they are 0, the generator adds no noise');
});

test('the average latent is the mean of what the mapping network makes', async () => {
  const model = unifyModel(await generator(/latent_avg/), null);
  const { tensors, notes } = await completeModel(model);
  expect(notes).toEqual([
    'g.pt: has no average latent (latent_avg); estimated as the mean of 4096 latents from a fixed seed',
  ]);
  const { styleDim, mappingLayers, latentCount } = model.architecture;
  const rows = 4096;
  let w: ArrayLike<number> = pixelNormReference(gaussian(1, rows * styleDim), styleDim);
  for (let layer = 1; layer <= mappingLayers; layer++) {
    const weight = await valuesOf(tensors, `decoder.style.${layer}.weight`);
    const bias = await valuesOf(tensors, `decoder.style.${layer}.bias`);
    w = linearReference(w, weight, [rows, styleDim, styleDim], {
      bias,
      weightScale: 0.01 / Math.sqrt(styleDim),
      biasScale: 0.01,
      slope: 0.2,
      gain: Math.SQRT2,
    });
  }
  const mean = Array.from({ length: styleDim }, (_, d) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += w[row * styleDim + d] ?? 0;
    return sum / rows;
  });
  const estimate = await valuesOf(tensors, 'latent_avg');
  expect(estimate).toHaveLength(latentCount * styleDim);
  expect(relativeError(estimate.slice(0, styleDim), mean)).toBeLessThan(TOLERANCE.op);
  expect(estimate.slice(-styleDim)).toEqual(estimate.slice(0, styleDim));
});

test('a HyperStyle pair without an average is refused: its encoder was trained with that very one', async () => {
  const [hyper, encoder] = await Promise.all(
    (['hyperstyle', 'w_encoder'] as const).map(async (file) => {
      const whole = await openCheckpoint(bytesSource(`${file}.pt`, await tinyCheckpoint(file)));
      return { ...whole, tensors: new Map([...whole.tensors].filter(([key]) => key !== 'latent_avg')) };
    }),
  );
  expect(() => hyper && unifyModel(hyper, encoder ?? null)).toThrow(/"latent_avg" is missing/);
});

test('another blur than ours is told', async () => {
  const { notes } = await completeModel(unifyModel(await openCheckpoint(await fixture('generator.pkl')), null));
  expect(notes).toContain(
    'generator.pkl: pictures will differ, these blur with another filter than [1, 3, 3, 1]: decoder.convs.0.conv.blur.kernel',
  );
  const whole = await generator(/none/);
  const kernel = 'decoder.to_rgbs.0.upsample.kernel';
  for (const changed of [
    memoryTensor(kernel, [4], new Float32Array(4)),
    memoryTensor(kernel, [4, 4], new Float32Array(16)),
  ]) {
    const model = unifyModel({ ...whole, tensors: new Map(whole.tensors).set(kernel, changed) }, null);
    expect((await completeModel(model)).notes.join()).toContain(kernel);
  }
});
