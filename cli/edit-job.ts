/** A job's side of the options of an edit (`edit-options.ts`): files added to the model, and the pictures that were asked for. */
import { ensure } from '../src/errors.ts';
import type { Edits, HyperStyle, Inversion, Strength } from '../src/index.ts';
import type { JobContext } from './job.ts';

/** What an edit asks for; its files are mounted as `directionN` and `domainN`. */
export interface EditRequest {
  readonly edits: Edits;
  /** Names of the files of directions. */
  readonly directions: readonly string[];
  readonly strength: Strength | null;
  /** Domains by name; `file` is null for the model's own. */
  readonly domains: readonly { readonly name: string; readonly file: string | null }[];
  readonly step: number | null;
}

/** Whether a request changes the picture of the last step. */
export function isEdit({ edits, strength, step }: EditRequest): boolean {
  return Object.keys(edits).length > 0 || strength !== null || step !== null;
}

/**
 * Adds a request's files to the model and finds misspelt names before minutes are spent. @throws errors of the files,
 * `option`
 */
export async function addEditFiles(ctx: JobContext, hs: HyperStyle, request: EditRequest): Promise<void> {
  const file = async (mount: string, name: string): Promise<File> => new File([await ctx.get(mount)], name);
  const { directions, domains, edits } = request;
  if (directions.length > 0)
    await hs.addDirections(await Promise.all(directions.map((name, i) => file(`direction${i}`, name))));
  ensureDirections(hs, Object.keys(edits));
  for (const [i, { name, file: given }] of domains.entries()) {
    if (given === null) ensureDomains(hs, [name]);
    else await hs.addDomain(name, await file(`domain${i}`, given));
  }
}

/**
 * @param option what names them
 * @throws `option` error for a name that is no direction of the model
 */
export function ensureDirections({ directions }: HyperStyle, names: readonly string[], option = '--edit'): void {
  const unknown = names.find((name) => !directions.includes(name));
  const known = directions.length > 0 ? `knows ${directions.join(', ')}` : 'has no edit directions';
  ensure(unknown === undefined, 'option', () => `${option} "${unknown}": this model ${known}`);
}

/** @throws `option` error for a name that is no domain of the model */
export function ensureDomains({ domains }: HyperStyle, names: readonly string[]): void {
  const unknown = names.find((name) => !domains.includes(name));
  const own = domains.length > 0 ? domains.join(', ') : 'none';
  ensure(
    unknown === undefined,
    'option',
    () => `--domain "${unknown}": this model has ${own}; name a generator's file for another`,
  );
}

/** The pictures of a request: `edit` where it changes something, `domain-NAME` of each domain. Each is RGBA. */
export async function editPictures(person: Inversion, request: EditRequest): Promise<Map<string, Uint8Array>> {
  const { edits, domains } = request;
  const options = { strength: request.strength ?? undefined, step: request.step ?? undefined };
  const pictures = new Map<string, Uint8Array>();
  if (isEdit(request)) {
    await person.edit(edits, options);
    pictures.set('edit', new Uint8Array((await person.toImageData()).data));
  }
  for (const { name } of domains) {
    const picture = await person.in(name, { edits, ...options });
    pictures.set(`domain-${name}`, new Uint8Array((await picture.toImageData()).data));
    picture.dispose();
  }
  return pictures;
}
