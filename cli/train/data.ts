/** `--data`: which pictures a training learns from, which judge it, and how the job gets them. */
import { basename } from 'node:path';
import sharp from 'sharp';
import { inputShape } from '../../src/architecture.ts';
import { ensure } from '../../src/errors.ts';
import { faceFolder } from '../face-folder.ts';
import { packPicture } from '../invert/events.ts';
import { pictureFiles } from '../invert/inputs.ts';
import { asModelReads, type DecodedPicture, decodePicture } from '../invert/pictures.ts';
import { manifestIn } from '../model-folder.ts';
import type { Tile } from '../samples/montage.ts';
import type { Mount } from '../static-files.ts';
import type { Cut, TrainingData } from './events.ts';

/** Of so many pictures of a folder at most one judges. */
const JUDGE_SHARE = 10;

/** What the command does with `--data`. */
export interface DataPlan {
  readonly data: TrainingData;
  readonly mounts: Readonly<Record<string, Mount>>;
  /** For the report. */
  readonly words: string;
}

/** How many of a folder's pictures are held out: at most a tenth, at least one of two. */
export function heldOut(count: number, wanted: number): number {
  if (wanted === 0 || count < 2) return 0;
  return Math.max(1, Math.min(wanted, Math.floor(count / JUDGE_SHARE)));
}

/**
 * Pictures spread over a folder: those that judge are every nth, so that pictures of one person or day, which often lie
 * together, are on both sides no more than they must.
 * @returns the pictures to learn from, then those that judge
 */
export function split<T>(all: readonly T[], judges: number): T[] {
  const judging = new Set(Array.from({ length: judges }, (_, i) => Math.floor(((i + 1) * all.length) / judges) - 1));
  return [...all.filter((_, i) => !judging.has(i)), ...all.filter((_, i) => judging.has(i))];
}

/**
 * Plans the pictures of `--data`.
 * @param model its folder: it says what its networks read
 * @throws `file` error when a folder has no picture, `option` for a cut that this model cannot use
 */
export async function dataOf(
  data: string,
  { cut, judges, model }: { readonly cut: Cut; readonly judges: number; readonly model: string },
): Promise<DataPlan> {
  if (data === 'clay') {
    ensure(cut === 'none', 'option', '--align and --centre are for photos; clay portraits are aligned');
    return { data: { kind: 'clay', judges }, mounts: {}, words: `clay portraits, ${judges} judge` };
  }
  const [height, width] = inputShape(manifestIn(model).architecture);
  ensure(
    cut !== 'faces' || height === width,
    'option',
    () => `--align: aligned faces are square, this model reads ${width}×${height}; use --centre`,
  );
  const files = pictureFiles([data]);
  const held = heldOut(files.length, judges);
  const ordered = split(files, held);
  const learnt = ordered.length - held;
  const decode = async (path: string): Promise<Uint8Array> => {
    const picture = await decodePicture(path, basename(path), cut === 'faces');
    if (cut === 'faces') return packed(picture);
    return packed(await asModelReads(cut === 'centre' ? await middle(picture) : picture, width, height));
  };
  const mounts = Object.fromEntries(
    ordered.map((path, i) => [i < learnt ? `picture${i}` : `judge${i - learnt}`, () => decode(path)]),
  );
  const names = ordered.map((path) => basename(path));
  return {
    data: { kind: 'folder', name: data, pictures: names, judges: held, cut },
    mounts: { ...mounts, ...(cut === 'faces' && { faces: await faceFolder() }) },
    words: `${learnt} pictures of ${data}${held > 0 ? `, ${held} more judge` : ', none judges'}`,
  };
}

const packed = ({ data, width, height }: Tile): Uint8Array =>
  packPicture({ data: new Uint8ClampedArray(data), width, height });

/** The middle square of a picture. */
export async function middle({ data, width, height }: DecodedPicture): Promise<Tile> {
  const side = Math.min(width, height);
  const image = sharp(data, { raw: { width, height, channels: 4 } });
  const area = { left: (width - side) >> 1, top: (height - side) >> 1, width: side, height: side };
  return { data: await image.extract(area).raw().toBuffer(), width: side, height: side };
}
