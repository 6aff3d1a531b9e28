/** Finds the faces of pictures, one picture after another, and saves an aligned picture of each face. */
import { FaceFinder, type FoundFaces } from '../../src/index-faces.ts';
import type { AlignEvent, AlignParams } from '../align/events.ts';
import { isOfPicture, unpackPicture } from '../invert/events.ts';
import type { JobContext } from '../job.ts';

const seconds = (since: number): number => (performance.now() - since) / 1000;

/** The job. */
export async function run(ctx: JobContext): Promise<void> {
  const { pictures } = ctx.params as AlignParams;
  const finder = await FaceFinder.load((file) => ctx.get(`faces/${file}`), { gpu: ctx.gpu });
  for (let picture = 0; picture < pictures; picture++) {
    try {
      await alignPicture(ctx, finder, picture);
    } catch (error) {
      if (!isOfPicture(error)) throw error;
      await ctx.emit({ kind: 'failed', picture, message: error.message } satisfies AlignEvent);
    }
  }
  finder.dispose();
}

async function alignPicture(ctx: JobContext, finder: FaceFinder, picture: number): Promise<void> {
  const { size, supersample, all, small } = ctx.params as AlignParams;
  const photo = unpackPicture(await ctx.get(`picture${picture}`));
  const start = performance.now();
  const found = await finder.find(photo, { small, most: all ? undefined : 1 });
  const faces = found.faces.map(({ quad, eyeLeft, eyeRight, mouth, score }) => ({
    quad,
    eyeLeft,
    eyeRight,
    mouth,
    score,
  }));
  const event = { kind: 'found', picture, faces, warnings: warningsOf(found), seconds: seconds(start) } as const;
  await ctx.emit(event satisfies AlignEvent);
  let drawing = 0;
  for (const [i, face] of found.faces.entries()) {
    const since = performance.now();
    const { data } = (await finder.align(photo, face, { size, supersample })).picture;
    drawing += seconds(since);
    await ctx.save(`${picture}/${i}`, new Uint8Array(data)); // before the next is drawn: one is in memory
  }
  await ctx.emit({ kind: 'aligned', picture, seconds: drawing } satisfies AlignEvent);
}

function warningsOf({ faces, others, warnings }: FoundFaces): string[] {
  const ofFaces = faces.flatMap((face, i) => face.warnings.map((warning) => `face ${i + 1}: ${warning}`));
  const seen = others === 1 ? 'one more face was seen' : `${others} more faces were seen`;
  return [...warnings, ...ofFaces, ...(others > 0 ? [`${seen}: leave --largest out for all`] : [])];
}
