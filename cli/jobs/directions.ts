/** Finds directions of a model without files, and saves them as a file that `--direction` reads. */
import { HyperStyle, type Picture } from '../../src/index.ts';
import type { DirectionsEvent, DirectionsParams } from '../directions/events.ts';
import type { JobContext } from '../job.ts';

/** Pictures between two signs of life. */
const EVERY = 16;

/** Mean of each colour over a picture `[3, size, size]`. */
async function meanColour(picture: Picture): Promise<readonly [number, number, number]> {
  const values = await picture.toFloats();
  const pixels = values.length / 3;
  const mean = (channel: number): number =>
    values.subarray(channel * pixels, (channel + 1) * pixels).reduce((sum, value) => sum + value, 0) / pixels;
  return [mean(0), mean(1), mean(2)];
}

/** Scores of a picture by their names. */
const SCORES = {
  brightness: ([red, green, blue]: readonly [number, number, number]) => 0.299 * red + 0.587 * green + 0.114 * blue,
  warmth: ([red, , blue]: readonly [number, number, number]) => red - blue,
};

/** The job. */
export async function run(ctx: JobContext): Promise<void> {
  const { way, name, count, rows, samples, seed } = ctx.params as DirectionsParams;
  const hs = await HyperStyle.load(ctx.url('model/'), { gpu: ctx.gpu });
  const tell = (event: DirectionsEvent): Promise<void> => ctx.emit(event);
  let names: readonly string[] = [name];
  let correlation: number | null = null;
  if (way === 'sefa') names = await hs.discovery.sefa({ name, count, rows: rows ?? undefined });
  else if (way === 'ganspace') names = await hs.discovery.ganspace({ name, count, samples, seed });
  else {
    let done = 0;
    const score = async (picture: Picture): Promise<number> => {
      if (++done % EVERY === 0) await tell({ kind: 'scored', done });
      return SCORES[way](await meanColour(picture));
    };
    correlation = await hs.discovery.find(name, score, { samples, seed });
  }
  await ctx.save('directions', hs.discovery.save(names));
  await tell({ kind: 'found', names, correlation });
  hs.dispose();
}
