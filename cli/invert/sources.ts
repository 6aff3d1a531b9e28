/**
 * Whose results each folder in `--out` holds: a record beside them names their photo. Photos of one name, in one run or
 * several, so get a folder each, and `--resume` leaves out a photo only when its own results are there.
 */
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, extname, join, relative, resolve, sep } from 'node:path';
import { distinctNames, safeName } from './inputs.ts';
import { writeFileWhole } from './output-folder.ts';

/** A picture file and the name of the folder for its results. */
export interface InputFile {
  readonly path: string;
  readonly name: string;
}

/** Name of the record in a picture's folder. It is written last: where it is, everything is. */
const RECORD = 'source.json';

/** A photo as its results remember it. */
interface Source {
  /** Its path from `--out`, with slashes: the same wherever both lie together. */
  readonly photo: string;
  /** Its size in bytes, by which one that was replaced is noticed. */
  readonly bytes: number;
}

const photoOf = (path: string, out: string): string => relative(out, resolve(path)).split(sep).join('/');

/** What a folder says it holds; undefined when it says nothing that can be read. */
function recordIn(out: string, name: string): Source | undefined {
  const path = join(out, name, RECORD);
  if (!existsSync(path)) return undefined;
  try {
    const { photo, bytes } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Source>;
    return typeof photo === 'string' && typeof bytes === 'number' ? { photo, bytes } : undefined;
  } catch {
    return undefined;
  }
}

/** A folder's name for each file: its own, distinct from the others' and from those that hold another photo's results. */
export function withFolders(files: readonly string[], out: string): InputFile[] {
  const give = distinctNames();
  return files.map((path) => {
    const photo = photoOf(path, out);
    const isFree = (name: string): boolean => (recordIn(out, name)?.photo ?? photo) === photo;
    return { path, name: give(safeName(basename(path, extname(path))), isFree) };
  });
}

/** Whether all results of a picture are there, of the file as it is now. */
export function isDone(out: string, { path, name }: InputFile): boolean {
  const record = recordIn(out, name);
  if (!record || !existsSync(path)) return false;
  return record.photo === photoOf(path, out) && record.bytes === statSync(path).size;
}

/** Says that a picture's results are being written, over earlier ones maybe. */
export function markBegun(out: string, { name }: InputFile): void {
  rmSync(join(out, name, RECORD), { force: true });
}

/** Says that all results of a picture are written. @throws `file` error naming `--out` */
export function markDone(out: string, { path, name }: InputFile): void {
  const record: Source = { photo: photoOf(path, out), bytes: statSync(path).size };
  const text = `${JSON.stringify(record, undefined, 2)}\n`;
  writeFileWhole(join(out, name, RECORD), new TextEncoder().encode(text), '--out');
}
