/** A command's side of its people: which argument is a picture and which an identity, and what is mounted for the job. */
import { existsSync, readFileSync } from 'node:fs';
import { ensure } from '../../src/errors.ts';
import { packPicture } from '../invert/events.ts';
import { pictureFiles } from '../invert/inputs.ts';
import { decodePicture } from '../invert/pictures.ts';
import type { Tile } from '../samples/montage.ts';
import type { Mount } from '../static-files.ts';
import type { PersonKind } from './events.ts';

/** An identity by its file's name; everything else is a picture. */
const IDENTITY = /\.(identity|safetensors)$/i;

/** People of a command line. */
export interface PeopleInputs {
  readonly files: readonly string[];
  readonly kinds: readonly PersonKind[];
  readonly mounts: Readonly<Record<string, Mount>>;
}

/** @throws `file` error for a file that is not there */
export function peopleInputs(args: readonly string[]): PeopleInputs {
  const files = args.flatMap((arg) => (IDENTITY.test(arg) ? [arg] : pictureFiles([arg])));
  for (const file of files) ensure(existsSync(file), 'file', () => `${file}: there is no such file`);
  const kinds = files.map((file): PersonKind => (IDENTITY.test(file) ? 'identity' : 'picture'));
  const mount = (file: string, kind: PersonKind): Mount =>
    kind === 'identity' ? readFileSync(file) : async () => packPicture(await decodePicture(file, file));
  const mounts = files.map((file, n) => [`person${n}`, mount(file, kinds[n] ?? 'picture')] as const);
  return { files, kinds, mounts: Object.fromEntries(mounts) };
}

/** Their pictures. @throws `option` error for an identity, which has none */
export function pictureOf(file: string): Promise<Tile> {
  ensure(!IDENTITY.test(file), 'option', () => `${file}: an identity has no picture that went in; name the picture`);
  return decodePicture(file, file);
}
