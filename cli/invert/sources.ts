/**
 * Whose results each folder in `--out` holds: a record beside them names their photo. Photos of one name, in one run or
 * several, so get a folder each, and `--resume` leaves out a photo only when its own results are there.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join, relative, resolve, sep } from 'node:path';
import { distinctNames, folded, safeName } from './inputs.ts';
import { ensureWritable, writeFileWhole } from './output-folder.ts';

/** A picture file and the name of the folder for its results. */
export interface InputFile {
  readonly path: string;
  readonly name: string;
}

/** Name of the record in a picture's folder: it is written before the first result, and its size after the last. */
const RECORD = 'source.json';

/** A photo as its results remember it. */
interface Source {
  /** Its path from `--out`, with slashes: the same wherever both lie together. */
  readonly photo: string;
  /** Its size in bytes, by which one that was replaced is noticed; null until all results are written. */
  readonly bytes: number | null;
}

const photoOf = (path: string, out: string): string => relative(out, resolve(path)).split(sep).join('/');

/** What a folder says it holds; undefined when it says nothing that can be read. */
function recordIn(out: string, name: string): Source | undefined {
  const path = join(out, name, RECORD);
  if (!existsSync(path)) return undefined;
  try {
    const { photo, bytes } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Source>;
    return typeof photo === 'string' ? { photo, bytes: bytes ?? null } : undefined;
  } catch {
    return undefined;
  }
}

/** What is in a folder; nothing where none can be: whether it can be written to, and why not, is said before the first result. */
function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The names in a folder by what some file system takes for one. */
function namesIn(folder: string): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const name of listed(folder)) {
    const alike = names.get(folded(name)) ?? [];
    names.set(folded(name), [...alike, name]);
  }
  return names;
}

/**
 * A folder's name for each file: its own, distinct from the others' and from those that hold another photo's results, in
 * upper case or lower.
 */
export function withFolders(files: readonly string[], out: string): InputFile[] {
  const give = distinctNames();
  const names = namesIn(out);
  return files.map((path) => {
    const photo = photoOf(path, out);
    const isOthers = (name: string): boolean => (recordIn(out, name)?.photo ?? photo) !== photo;
    const isFree = (name: string): boolean => !names.get(folded(name))?.some(isOthers);
    return { path, name: give(safeName(basename(path, extname(path))), isFree) };
  });
}

/** Whether all results of a picture are there, of the file as it is now. */
export function isDone(out: string, { path, name }: InputFile): boolean {
  const record = recordIn(out, name);
  if (!record || !existsSync(path)) return false;
  return record.photo === photoOf(path, out) && record.bytes === statSync(path).size;
}

/**
 * Says that a picture's results are being written, over earlier ones maybe. The folder is that photo's from then on, even if
 * the run is cut off: no other photo's results get mixed with what is there.
 * @throws `file` error naming `--out`
 */
export function markBegun(out: string, input: InputFile): void {
  write(out, input, null);
}

/**
 * Says that all results of a picture are written.
 * @param bytes the photo's size when it was read: it may be gone or another by now
 * @throws `file` error naming `--out`
 */
export function markDone(out: string, input: InputFile, bytes: number): void {
  write(out, input, bytes);
}

function write(out: string, { path, name }: InputFile, bytes: number | null): void {
  const folder = join(out, name);
  ensureWritable(folder, '--out');
  const record: Source = { photo: photoOf(path, out), bytes };
  const text = `${JSON.stringify(record, undefined, 2)}\n`;
  writeFileWhole(join(folder, RECORD), new TextEncoder().encode(text), '--out');
}
