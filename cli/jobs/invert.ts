/** Inverts pictures and saves every step, the edit and the identity. */
import {
  type Align,
  HyperStyle,
  HyperStyleError,
  type Inversion,
  type LoadProgress,
  type RgbaPixels,
} from '../../src/index.ts';
import { addEditFiles, editPictures } from '../edit-job.ts';
import { type InvertEvent, type InvertParams, isOfPicture, unpackPicture } from '../invert/events.ts';
import type { JobContext } from '../job.ts';
import { loadOptions } from '../load-options.ts';

/** Least milliseconds between two reports of a download. */
const REPORT_MS = 1000;

const seconds = (since: number): number => (performance.now() - since) / 1000;

/** The job. */
export async function run(ctx: JobContext): Promise<void> {
  const { model, pictures, kernels, request } = ctx.params as InvertParams;
  const start = performance.now();
  let reported = start;
  const onProgress = ({ loadedBytes, totalBytes }: LoadProgress): void => {
    if (performance.now() - reported < REPORT_MS) return;
    reported = performance.now();
    tell(ctx, { kind: 'download', loadedBytes, totalBytes });
  };
  const hs = await HyperStyle.load(model ?? ctx.url('model/'), {
    ...loadOptions(ctx, kernels),
    onProgress,
    faces: (file) => ctx.get(`faces/${file}`),
  });
  await addEditFiles(ctx, hs, request);
  const { name, architecture } = hs;
  tell(ctx, {
    kind: 'loaded',
    model: name,
    adapter: hs.adapter,
    width: architecture.size,
    height: architecture.size,
    seconds: seconds(start),
  });
  for (let picture = 0; picture < pictures; picture++) {
    try {
      await invertPicture(ctx, hs, picture);
    } catch (error) {
      if (!isOfPicture(error)) throw error;
      await ctx.emit({ kind: 'failed', picture, message: error.message } satisfies InvertEvent);
    }
  }
  hs.dispose();
}

/** Emits without waiting; the context keeps the order. */
function tell(ctx: JobContext, event: InvertEvent): void {
  ctx.emit(event).catch(() => undefined); // the command has gone, the next save will fail
}

async function invertPicture(ctx: JobContext, hs: HyperStyle, picture: number): Promise<void> {
  const { cut, paste } = ctx.params as InvertParams;
  const photo = unpackPicture(await ctx.get(`picture${picture}`));
  if (!cut) return (await invertOne(ctx, hs, picture, photo)).dispose();
  const places =
    cut === 'centre' || hs.architecture.cropRows ? ['centre' as const] : await findPlaces(ctx, hs, picture, photo);
  let pasted: RgbaPixels = photo;
  for (const [part, align] of places.entries()) {
    const inversion = await invertOne(ctx, hs, picture, photo, { align, part, parts: places.length });
    try {
      if (paste) pasted = await inversion.pasteInto(pasted);
    } finally {
      inversion.dispose();
    }
  }
  if (!paste) return;
  await ctx.save(`${picture}/pasted`, new Uint8Array(pasted.data));
  await ctx.emit({ kind: 'pasted', picture } satisfies InvertEvent);
}

/** The squares of a photo's faces. @throws `image` error when there is none */
async function findPlaces(ctx: JobContext, hs: HyperStyle, picture: number, photo: RgbaPixels): Promise<Align[]> {
  const { faces, warnings } = await hs.findFaces(photo);
  if (faces.length === 0) {
    const repair =
      'take one that shows a face upright, at least 1/25 of its longer side; for other things than faces, use --centre';
    throw new HyperStyleError('image', `picture ${picture + 1}: no face was found in it: ${repair}`);
  }
  const ofFaces = faces.flatMap((face, i) => face.warnings.map((warning) => `face ${i + 1}: ${warning}`));
  tell(ctx, { kind: 'faces', picture, faces: faces.length, warnings: [...warnings, ...ofFaces] });
  return faces.map(({ quad }) => quad);
}

/** Which square of a photo is inverted, and of how many. */
interface Place {
  readonly align: Align;
  readonly part: number;
  readonly parts: number;
}

/** One inversion: its steps, edit and identity saved. What fails after it gives its memory back: the next photo needs it. */
async function invertOne(
  ctx: JobContext,
  hs: HyperStyle,
  picture: number,
  photo: RgbaPixels,
  place?: Place,
): Promise<Inversion> {
  const { steps } = ctx.params as InvertParams;
  let last = performance.now();
  const inversion = await hs.invert(photo, {
    steps,
    align: place?.align,
    onStep: ({ index, l2 }) => {
      tell(ctx, { kind: 'step', picture, index, l2, seconds: seconds(last) });
      last = performance.now();
    },
  });
  try {
    await saveResults(ctx, inversion, picture, place);
  } catch (error) {
    inversion.dispose();
    throw error;
  }
  return inversion;
}

async function saveResults(ctx: JobContext, inversion: Inversion, picture: number, place?: Place): Promise<void> {
  const { request } = ctx.params as InvertParams;
  const { cut, width, height } = inversion;
  if (cut) await ctx.save(`${picture}/input`, new Uint8Array(cut.picture.data));
  for (const step of inversion.steps)
    await ctx.save(`${picture}/y${step.index}`, new Uint8Array((await step.picture.toImageData()).data));
  for (const [name, data] of await editPictures(inversion, request)) await ctx.save(`${picture}/${name}`, data);
  await ctx.save(`${picture}/identity`, await inversion.identity());
  const of = place &&
    cut && { part: place.part, parts: place.parts, width: cut.picture.width, height: cut.picture.height };
  // Taken before the next picture is asked for: the command holds one at a time.
  await ctx.emit({ kind: 'inverted', picture, width, height, ...(of && { of }) } satisfies InvertEvent);
}
