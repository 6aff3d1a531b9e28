/** Shows people of identities and pictures: edited, mixed, in other domains. */
import { HyperStyle, HyperStyleError, type Inversion, type PersonValues } from '../../src/index.ts';
import { addEditFiles, editPictures } from '../edit-job.ts';
import type { JobContext } from '../job.ts';
import { loadOptions } from '../load-options.ts';
import { encoderSource } from '../people/encoder-job.ts';
import { openPerson, pictureSize } from '../people/load.ts';
import type { ImportParams, PeopleEvent, PeopleParams } from '../people/params.ts';

/** What a file of latents takes of a person. */
type Latents = Pick<PersonValues, 'base'>;

/** The job. */
export async function run(ctx: JobContext): Promise<void> {
  const { model, people, mix, names, request, restyle, imported, exports, kernels } = ctx.params as PeopleParams;
  const hs = await HyperStyle.load(model ?? ctx.url('model/'), loadOptions(ctx, kernels));
  await tell(ctx, { kind: 'loaded', model: hs.name, ...pictureSize(hs) });
  await addEditFiles(ctx, hs, request);
  if (restyle) await hs.addRestyle(await encoderSource(ctx, 'restyle', restyle.from), { steps: restyle.steps });
  const shown: Record<string, Latents> = {};
  const showAs = async (name: string, person: Inversion): Promise<void> => {
    shown[name] = await show(ctx, hs, name, person);
  };
  if (mix) await showMix(ctx, hs, (person) => showAs('mix', person));
  else {
    for (const person of people.keys()) {
      try {
        await showAs(names[person] ?? String(person), await openPerson(ctx, hs, person));
      } catch (error) {
        if (people.length === 1 || !isOfFile(error)) throw error;
        await tell(ctx, { kind: 'failed', person, message: error.message });
      }
    }
  }
  if (imported) for (const [name, person] of await importPeople(ctx, hs, imported)) await showAs(name, person);
  if (exports.includes('latents')) {
    await ctx.save('latents.npy', await hs.exchange.latents(shown));
    await tell(ctx, { kind: 'shown', name: null });
  }
  hs.dispose();
}

async function importPeople(ctx: JobContext, hs: HyperStyle, { latents, deltas }: ImportParams) {
  const file = async (mount: string, name: string): Promise<File> => new File([await ctx.get(mount)], name);
  const offsets = await Promise.all(deltas.map((name, n) => file(`deltas${n}`, name)));
  return hs.exchange.importPeople(await file('latents', latents), offsets);
}

/** Whether an error is about one file, so that the next one may succeed. */
function isOfFile(error: unknown): error is HyperStyleError {
  return error instanceof HyperStyleError && ['file', 'image', 'model'].includes(error.code);
}

const tell = (ctx: JobContext, event: PeopleEvent): Promise<void> => ctx.emit(event);

/** Saves a person's pictures and exports, and disposes of them. @returns their latents */
async function show(ctx: JobContext, hs: HyperStyle, name: string, person: Inversion): Promise<Latents> {
  const { request, exports } = ctx.params as PeopleParams;
  const { strength, step } = request;
  const options = { strength: strength ?? undefined, step: step ?? undefined };
  await ctx.save('person', new Uint8Array((await person.toImageData()).data));
  for (const [picture, data] of await editPictures(person, request)) await ctx.save(picture, data);
  if (exports.includes('deltas')) await ctx.save('weight_deltas.npy', await hs.exchange.weightDeltas(person, options));
  if (exports.includes('generator')) await ctx.save('generator.pt', await hs.exchange.generator(person, options));
  const { base } = await person.values();
  await tell(ctx, { kind: 'shown', name });
  person.dispose();
  return { base };
}

async function showMix(
  ctx: JobContext,
  hs: HyperStyle,
  showPerson: (mixed: Inversion) => Promise<void>,
): Promise<void> {
  const { people } = ctx.params as PeopleParams;
  const parts: { person: Inversion; weight: number }[] = [];
  for (const [i, { weight }] of people.entries()) parts.push({ person: await openPerson(ctx, hs, i), weight });
  const mixed = await hs.mix(parts);
  for (const { person } of parts) person.dispose();
  await ctx.save('identity', await mixed.identity());
  await showPerson(mixed);
}
