/** A job's side of its people: the model, and each of them inverted or restored. */
import { HyperStyle, type Inversion } from '../../src/index.ts';
import { unpackPicture } from '../invert/events.ts';
import type { JobContext } from '../job.ts';
import type { PeopleParams } from './events.ts';

/** The model and its people. */
export interface Cast {
  readonly hs: HyperStyle;
  readonly people: readonly Inversion[];
}

/** Loads the model and all people; `told` is called after each. */
export async function loadCast(ctx: JobContext, told: (person: number) => Promise<void>): Promise<Cast> {
  const { model, people: kinds, steps } = ctx.params as PeopleParams;
  const hs = await HyperStyle.load(model ?? ctx.url('model/'), { gpu: ctx.gpu });
  const people: Inversion[] = [];
  for (const [n, kind] of kinds.entries()) {
    const bytes = await ctx.get(`person${n}`);
    people.push(kind === 'identity' ? await hs.restore(bytes) : await hs.invert(unpackPicture(bytes), { steps }));
    await told(n);
  }
  return { hs, people };
}
