/** A job's side of its people: the model, and each of them inverted or restored. */
import { outputRows } from '../../src/architecture.ts';
import { HyperStyle, HyperStyleError, type Inversion } from '../../src/index.ts';
import { unpackPicture } from '../invert/events.ts';
import type { JobContext } from '../job.ts';
import type { CastParams } from './cast.ts';

/** The model and its people. */
export interface Cast {
  readonly hs: HyperStyle;
  readonly people: readonly Inversion[];
}

/** What a job does on the way. */
export interface CastHooks {
  /** The model is there, its people are not: the place for checks that spare minutes. */
  readonly ready: (hs: HyperStyle) => Promise<void> | void;
  /** A person is there. */
  readonly told: (person: number) => Promise<void>;
}

/** Sizes of a model's pictures. */
export function pictureSize({ architecture }: HyperStyle): { readonly width: number; readonly height: number } {
  const [from, to] = outputRows(architecture);
  return { width: architecture.size, height: to - from };
}

/** Person `n`, inverted or restored. @throws what that throws, the file named */
export async function openPerson(ctx: JobContext, hs: HyperStyle, n: number): Promise<Inversion> {
  const { people, steps } = ctx.params as CastParams;
  const bytes = await ctx.get(`person${n}`);
  if (people[n]?.kind === 'picture') return naming(people[n].file, hs.invert(unpackPicture(bytes), { steps }));
  return naming(people[n]?.file ?? '', hs.restore(bytes));
}

/** What `work` gives; its error says which file it was about. */
export async function naming<T>(file: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (!(cause instanceof HyperStyleError)) throw cause;
    throw new HyperStyleError(cause.code, `${file}: ${cause.message}`, { cause });
  }
}

/** Loads the model and all people. */
export async function loadCast(ctx: JobContext, { ready, told }: CastHooks): Promise<Cast> {
  const sources = (ctx.params as CastParams).people;
  const hs = await HyperStyle.load(ctx.url('model/'), { gpu: ctx.gpu });
  await ready(hs);
  const people: Inversion[] = [];
  for (const n of sources.keys()) {
    people.push(await openPerson(ctx, hs, n));
    await told(n);
  }
  return { hs, people };
}
