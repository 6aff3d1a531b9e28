/** Finds the faces of pictures and saves an aligned picture of each. */
import { FaceFinder } from '../../src/index-faces.ts';
import type { AlignEvent, AlignParams } from '../align/events.ts';
import type { JobContext } from '../job.ts';

const seconds = (since: number): number => (performance.now() - since) / 1000;

/** The job. */
export async function run(ctx: JobContext): Promise<void> {
  const { pictures, size, supersample, all, small } = ctx.params as AlignParams;
  const finder = await FaceFinder.load((file) => ctx.get(`faces/${file}`), { gpu: ctx.gpu });
  for (const [picture, { width, height }] of pictures.entries()) {
    const photo = { data: await ctx.get(`picture${picture}`), width, height };
    const start = performance.now();
    const found = await finder.find(photo, { small });
    const findSeconds = seconds(start);
    const chosen = all ? found.faces : found.faces.slice(0, 1);
    const since = performance.now();
    const drawn = [];
    for (const face of chosen) drawn.push((await finder.align(photo, face, { size, supersample })).picture);
    const alignSeconds = seconds(since);
    for (const [i, { data }] of drawn.entries()) await ctx.save(`${picture}/${i}`, new Uint8Array(data));
    const faces = chosen.map(({ quad, eyeLeft, eyeRight, mouth, score }) => ({
      quad,
      eyeLeft,
      eyeRight,
      mouth,
      score,
    }));
    await ctx.emit({ picture, faces, warnings: found.warnings, findSeconds, alignSeconds } satisfies AlignEvent);
  }
  finder.dispose();
}
