/** Shows people of identities and pictures: edited, mixed, in other domains. */
import { type GeneratorSource, HyperStyle, HyperStyleError, type Inversion } from '../../src/index.ts';
import { addEditFiles, editPictures } from '../edit-job.ts';
import type { JobContext } from '../job.ts';
import { loadOptions } from '../load-options.ts';
import { openPerson } from '../people/load.ts';
import type { PeopleEvent, PeopleParams, RestyleParams } from '../people/params.ts';

/** The job. */
export async function run(ctx: JobContext): Promise<void> {
  const { model, people, mix, request, restyle, kernels } = ctx.params as PeopleParams;
  const hs = await HyperStyle.load(model ?? ctx.url('model/'), loadOptions(ctx, kernels));
  const { name, architecture } = hs;
  await tell(ctx, { kind: 'loaded', model: name, width: architecture.size, height: architecture.size });
  await addEditFiles(ctx, hs, request);
  if (restyle) await hs.addRestyle(await restyleSource(ctx, restyle), { steps: restyle.steps });
  if (mix) await showMix(ctx, hs);
  else {
    for (const person of people.keys()) {
      try {
        await show(ctx, person, await openPerson(ctx, hs, person));
      } catch (error) {
        if (people.length === 1 || !isOfFile(error)) throw error;
        await tell(ctx, { kind: 'failed', person, message: error.message });
      }
    }
  }
  hs.dispose();
}

async function restyleSource(ctx: JobContext, { from }: RestyleParams): Promise<GeneratorSource> {
  if (from === 'folder') return ctx.url('restyle/');
  return 'address' in from ? from.address : new File([await ctx.get('restyle')], from.file);
}

/** Whether an error is about one file, so that the next one may succeed. */
function isOfFile(error: unknown): error is HyperStyleError {
  return error instanceof HyperStyleError && ['file', 'image', 'model'].includes(error.code);
}

const tell = (ctx: JobContext, event: PeopleEvent): Promise<void> => ctx.emit(event);

async function show(ctx: JobContext, number: number, person: Inversion): Promise<void> {
  const { request } = ctx.params as PeopleParams;
  await ctx.save(`${number}/person`, new Uint8Array((await person.toImageData()).data));
  for (const [name, data] of await editPictures(person, request)) await ctx.save(`${number}/${name}`, data);
  await tell(ctx, { kind: 'shown', person: number });
  person.dispose();
}

async function showMix(ctx: JobContext, hs: HyperStyle): Promise<void> {
  const { people } = ctx.params as PeopleParams;
  const parts: { person: Inversion; weight: number }[] = [];
  for (const [i, { weight }] of people.entries()) parts.push({ person: await openPerson(ctx, hs, i), weight });
  const mixed = await hs.mix(parts);
  for (const { person } of parts) person.dispose();
  await ctx.save('0/identity', await mixed.identity());
  await show(ctx, 0, mixed);
}
