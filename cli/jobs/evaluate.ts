/** Inverts fresh portraits with accessories and reports each as a `Measured` event. */

import { randomPortrait } from '../../portraits/random.ts';
import { renderPortrait } from '../../portraits/render.ts';
import { ensure } from '../../src/errors.ts';
import { HyperStyle } from '../../src/index.ts';
import { msSsim, planarFromRgba } from '../../src/metrics/ms-ssim.ts';
import { planarFromTensor } from '../evaluate/planar.ts';
import { type EvaluateParams, portraitSeed } from '../evaluate/portrait-seed.ts';
import { enlarged, gradientEnergy, SHARPNESS_SIDE } from '../evaluate/sharpness.ts';
import type { Measured } from '../evaluate/statistics.ts';
import type { JobContext } from '../job.ts';

/** The job; the model folder is mounted as `model`. */
export async function run(ctx: JobContext): Promise<void> {
  const { portraits, seed, steps } = ctx.params as EvaluateParams;
  const hs = await HyperStyle.load(ctx.url('model/'), { gpu: ctx.gpu });
  const { cropRows } = hs.architecture;
  ensure(
    cropRows === null,
    'model',
    () => `${hs.name}: reads rows ${cropRows?.join(' to ')} of a picture, evaluation needs a model of square portraits`,
  );
  for (let index = 0; index < portraits; index++) {
    await ctx.emit(await measure(hs, portraitSeed(seed, index), steps));
  }
  hs.dispose();
}

/** Inverts the sitter of `seed`, drawn at the size the model reads, as in training. */
async function measure(hs: HyperStyle, seed: number, steps: number): Promise<Measured> {
  const { size, inputSize } = hs.architecture;
  const { attributes, accessories } = randomPortrait(seed, { accessories: true });
  const portrait = renderPortrait(attributes, accessories, inputSize);
  const target = planarFromRgba(portrait);
  const inversion = await hs.invert(portrait, { steps });
  try {
    const similarities: number[] = [];
    const energies: number[] = [];
    for (const { picture } of inversion.steps) {
      const values = await picture.toFloats();
      similarities.push(msSsim(planarFromTensor(values, size, inputSize), target));
      const side = Math.min(size, SHARPNESS_SIDE);
      energies.push(gradientEnergy(enlarged(planarFromTensor(values, size, side), SHARPNESS_SIDE)));
    }
    const sharp = planarFromRgba(renderPortrait(attributes, accessories, SHARPNESS_SIDE));
    return {
      l2: inversion.steps.map(({ l2 }) => l2),
      msSsim: similarities,
      energy: energies,
      pictureEnergy: gradientEnergy(sharp),
    };
  } finally {
    inversion.dispose();
  }
}
