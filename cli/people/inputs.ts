/** A command's side of its people: which argument is a picture and which an identity, and what is mounted for the job. */
import { existsSync, readFileSync } from 'node:fs';
import { ensure } from '../../src/errors.ts';
import { packPicture } from '../invert/events.ts';
import { pictureFiles } from '../invert/inputs.ts';
import { decodePicture } from '../invert/pictures.ts';
import type { Tile } from '../samples/montage.ts';
import type { Mount } from '../static-files.ts';
import type { PersonSource } from './cast.ts';

/** An identity by its file's name; everything else is a picture. */
const IDENTITY = /\.(identity|safetensors)$/i;

/** People of a command line. */
export interface PeopleInputs {
  readonly files: readonly string[];
  readonly people: readonly PersonSource[];
  readonly mounts: Readonly<Record<string, Mount>>;
}

/** @throws `file` error for a file that is not there */
export function peopleInputs(args: readonly string[]): PeopleInputs {
  const files = args.flatMap((arg) => (IDENTITY.test(arg) ? [arg] : pictureFiles([arg])));
  for (const file of files) {
    ensure(existsSync(file), 'file', () => `${file}: there is no such file; name a picture or an identity`);
  }
  const people = files.map((file): PersonSource => ({ file, kind: IDENTITY.test(file) ? 'identity' : 'picture' }));
  const mount = ({ file, kind }: PersonSource): Mount =>
    kind === 'identity' ? readFileSync(file) : async () => packPicture(await decodePicture(file, file));
  const mounts = people.map((person, n) => [`person${n}`, mount(person)] as const);
  return { files, people, mounts: Object.fromEntries(mounts) };
}

/** @throws `option` error for an identity, which has no picture */
export function ensurePicture(file: string): void {
  ensure(!IDENTITY.test(file), 'option', () => `${file}: an identity has no picture that went in; name the picture`);
}

/** Their pictures. @throws as {@link ensurePicture} */
export function pictureOf(file: string): Promise<Tile> {
  ensurePicture(file);
  return decodePicture(file, file);
}
