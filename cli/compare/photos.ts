/** The photos that methods are compared on, on the job's side: a folder's, as large as they are, or clay portraits. */
import { randomPortrait } from '../../portraits/random.ts';
import { renderPortrait } from '../../portraits/render.ts';
import { ensure } from '../../src/errors.ts';
import type { HyperStyle, RgbaPixels } from '../../src/index.ts';
import { FaceFinder } from '../../src/index-faces.ts';
import { portraitSeed } from '../evaluate/portrait-seed.ts';
import { unpackPicture } from '../invert/events.ts';
import type { JobContext } from '../job.ts';
import { faceOf } from '../train/sources.ts';
import type { ComparedPictures } from './events.ts';

/** Photos, read at their turn. */
export interface Photos {
  readonly count: number;
  /** @throws `file` or `image` error of a photo that cannot be used */
  read(index: number): Promise<RgbaPixels>;
}

/** @throws `model` error when clay portraits are asked for and the model reads other than square pictures */
export async function photosOf(ctx: JobContext, hs: HyperStyle, pictures: ComparedPictures): Promise<Photos> {
  const { size, inputSize, cropRows } = hs.architecture;
  const side = Math.max(size, inputSize);
  if (pictures.kind === 'clay') {
    ensure(!cropRows, 'model', () => `${hs.name}: clay portraits are square, its pictures are not: name a folder`);
    return {
      count: pictures.count,
      async read(index) {
        const sitter = randomPortrait(portraitSeed(pictures.seed, index), { accessories: true });
        return renderPortrait(sitter.attributes, sitter.accessories, side);
      },
    };
  }
  const finder =
    pictures.cut === 'faces' ? await FaceFinder.load((file) => ctx.get(`faces/${file}`), { gpu: ctx.gpu }) : undefined;
  return {
    count: pictures.names.length,
    async read(index) {
      const photo = unpackPicture(await ctx.get(`picture${index}`));
      return finder ? faceOf(finder, photo, pictures.names[index] ?? '', [side, side]) : photo;
    },
  };
}
