/** The golden case of a whole generator with gradients to everything it has. */
import type { GeneratorSizes } from '../../src/architecture.ts';
import { trainableGenerator } from '../../src/models/trainable-generator.ts';
import { elementCount, view } from '../../src/tensor.ts';
import type { GoldenEntry } from './golden-file.ts';
import type { GradientCase } from './gradient-case.ts';

/** The generator's sizes that a case's attributes describe. */
export function sizesOf(entry: GoldenEntry): GeneratorSizes {
  const size = Number(entry.size);
  return {
    size,
    styleDim: Number(entry.style_dim),
    mappingLayers: Number(entry.n_mlp),
    latentCount: 2 * Math.log2(size) - 2,
    channels: entry.channels as Record<string, number>,
  };
}

/** Latents and offsets → picture, for every picture of the batch. */
export function generatorCase(c: GradientCase): void {
  const tuned = c.golden.entry.tuned as number[];
  for (let n = 0; n < c.batch; n++) {
    const picture = c.picture(n);
    const { output, noises } = trainableGenerator(c.tape, {
      plan: c.plan,
      sizes: sizesOf(c.golden.entry),
      facts: c.facts,
      latents: picture.input('w'),
      deltaOf: (index) => {
        if (!tuned.includes(index)) return undefined;
        const delta = picture.input(`delta${index}`);
        return { delta: { tensor: view(delta, [elementCount(delta.shape)]), offset: 0 }, taps: 3 };
      },
    });
    noises.forEach((map, i) => {
      if (n === 0) c.name(`noise_${i}`, 0, map);
    });
    picture.expect('y', output);
  }
}
