/** Pictures to learn from, on the job's side: a folder's, decoded by the command, or rendered clay portraits. */
import { randomPortrait } from '../../portraits/random.ts';
import { renderPortraitTensor } from '../../portraits/render.ts';
import { ensure } from '../../src/errors.ts';
import type { RgbaPixels } from '../../src/index.ts';
import { FaceFinder } from '../../src/index-faces.ts';
import type { Picture, TrainingPictures } from '../../src/index-training.ts';
import { portraitSeed } from '../evaluate/portrait-seed.ts';
import { unpackPicture } from '../invert/events.ts';
import type { JobContext } from '../job.ts';
import type { TrainingData } from './events.ts';

/** Sitters that judge are drawn from this seed, which `evaluate` does not use unless it is asked to. */
const JUDGES_SEED = 977;
/** Of four sitters so many wear something, as in the shipped model's training. */
const WEARING = 3;
/** Decoded pictures are kept up to so many bytes, so that another epoch need not decode, or look for faces, again. */
const KEPT_BYTES = 2 ** 28;

/** Height and width of what the networks read. */
type Shape = readonly [height: number, width: number];

/** Clay portraits without an end. @throws `model` error for a model that crops rows */
function clay([height, width]: Shape, judges: number): { pictures: TrainingPictures; validation: TrainingPictures } {
  ensure(
    height === width,
    'model',
    () => `clay portraits are square, this model reads ${width}×${height}: use a folder`,
  );
  const render = (seed: number, accessories: boolean): Picture => {
    const sitter = randomPortrait(seed, { accessories });
    return renderPortraitTensor(sitter.attributes, sitter.accessories, width);
  };
  return {
    pictures: {
      name: 'clay portraits',
      count: Number.POSITIVE_INFINITY,
      width,
      read: async (seed) => render(seed, seed % 4 < WEARING),
      nameOf: (seed) => `sitter ${seed}`,
    },
    validation: {
      name: 'clay portraits that judge',
      count: judges,
      width,
      read: async (index) => render(portraitSeed(JUDGES_SEED, index), true),
    },
  };
}

/** RGBA bytes as a picture in [-1, 1]. */
export function planesOf({ data, width, height }: RgbaPixels): Picture {
  const plane = width * height;
  return Float32Array.from({ length: 3 * plane }, (_, i) => {
    return ((data[4 * (i % plane) + Math.floor(i / plane)] ?? 0) / 255) * 2 - 1;
  });
}

/** A picture as RGBA bytes, clamped. */
export function rgbaOf(values: ArrayLike<number>, width: number, height: number): Uint8Array<ArrayBuffer> {
  const plane = width * height;
  return Uint8Array.from({ length: 4 * plane }, (_, i) => {
    const channel = i % 4;
    if (channel === 3) return 255;
    const value = values[channel * plane + Math.floor(i / 4)] ?? 0;
    return Math.round(Math.min(1, Math.max(0, (value + 1) / 2)) * 255);
  });
}

/** The pictures of a training, and those that judge. */
export async function trainingSources(
  ctx: JobContext,
  data: TrainingData,
  shape: Shape,
): Promise<{ pictures: TrainingPictures; validation: TrainingPictures }> {
  if (data.kind === 'clay') return clay(shape, data.judges);
  const { name, pictures, judges, cut } = data;
  const finder =
    cut === 'faces' ? await FaceFinder.load((file) => ctx.get(`faces/${file}`), { gpu: ctx.gpu }) : undefined;
  const source = (mount: string, names: readonly string[]): TrainingPictures => {
    const kept = new Map<number, Picture>();
    return {
      name,
      count: names.length,
      width: shape[1],
      nameOf: (index) => names[index] ?? `picture ${index}`,
      async read(index) {
        const known = kept.get(index);
        if (known) return known;
        const photo = unpackPicture(await ctx.get(`${mount}${index}`));
        const found = planesOf(finder ? await faceOf(finder, photo, names[index] ?? '', shape) : photo);
        if (kept.size * found.byteLength < KEPT_BYTES) kept.set(index, found);
        return found;
      },
    };
  };
  const [learnt, judging] = [pictures.slice(0, pictures.length - judges), pictures.slice(pictures.length - judges)];
  return { pictures: source('picture', learnt), validation: source('judge', judging) };
}

/** The largest face of a photo, as wide as asked for. @throws `image` error when there is none */
export async function faceOf(
  finder: FaceFinder,
  photo: RgbaPixels,
  name: string,
  [, width]: Shape,
): Promise<RgbaPixels> {
  const found = await finder.find(photo);
  const face = found.faces[0];
  ensure(face, 'image', () => `${name}: no face was found in it`);
  const { picture } = await finder.align(photo, face, { size: width });
  return picture;
}
