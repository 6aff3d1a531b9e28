/** Which pictures the arguments of `invert` mean, and under which names their results are written. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, extname, isAbsolute, join, normalize, resolve, sep } from 'node:path';
import { globSync, isDynamicPattern } from 'tinyglobby';
import { ensure } from '../../src/errors.ts';

/** What counts as a picture in a folder; a file that is named itself may be called anything. */
const PICTURE = /\.(png|jpe?g|jfif|webp|avif|tiff?|gif)$/i;
/** What some file system cannot have in a name, and control characters. */
const FORBIDDEN = /[\p{Cc}/\\:*?"<>|]/gu;
/** Names that Windows keeps for devices. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/**
 * The picture files that arguments mean: files stand for themselves, folders for their pictures in the order of their names,
 * and patterns (`photos/*.jpg`, `photos/**`, `{a,b}.png`) for the pictures they match; none of those twice. A file whose own
 * name looks like a pattern is that file.
 * @throws `file` error when a folder holds no picture, when a pattern matches none, or when none of the files is there; one
 * that is missing among others is left to whoever reads it
 */
export function pictureFiles(args: readonly string[]): string[] {
  const files: string[] = [];
  for (const arg of args) {
    if (isFolder(arg)) files.push(...picturesIn(arg));
    else if (existsSync(arg) || !isDynamicPattern(slashes(arg))) files.push(arg);
    else {
      const known = new Set(files.map((file) => resolve(file)));
      files.push(...picturesMatching(arg).filter((file) => !known.has(resolve(file))));
    }
  }
  const missing = files.filter((file) => !existsSync(file));
  ensure(
    missing.length === 0 || missing.length < files.length,
    'file',
    () => `${missing[0]}: there is no such picture or folder`,
  );
  return files;
}

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();

/** Patterns have slashes; on Windows, people write backslashes. */
const slashes = (pattern: string): string => (sep === '\\' ? pattern.replaceAll('\\', '/') : pattern);

const isPicture = (path: string): boolean => PICTURE.test(path) && !basename(path).startsWith('.');

const inOrder = (files: string[]): string[] => files.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));

function picturesIn(folder: string): string[] {
  const paths = readdirSync(folder).map((name) => join(folder, name));
  const pictures = paths.filter((path) => isPicture(path) && !isFolder(path));
  ensure(
    pictures.length > 0,
    'file',
    () => `${folder}: there is no picture in this folder (PNG, JPEG, WebP, AVIF, TIFF)`,
  );
  return inOrder(pictures);
}

function picturesMatching(pattern: string): string[] {
  const matches = globSync(slashes(pattern), { expandDirectories: false, absolute: isAbsolute(pattern) }).map(
    normalize,
  );
  const pictures = matches.filter(isPicture);
  const others =
    matches.length > 1 ? `the ${matches.length} files that match are none` : 'the one file that matches is none';
  ensure(
    pictures.length > 0,
    'file',
    () =>
      `${pattern}: there is no such picture (PNG, JPEG, WebP, AVIF, TIFF): ${matches.length > 0 ? others : 'no file matches'}`,
  );
  return inOrder(pictures);
}

/** A folder's name for each file: its own without extension, made safe, and distinct on every file system. */
export function outputNames(files: readonly string[]): string[] {
  const give = distinctNames();
  return files.map((file) => give(safeName(basename(file, extname(file)))));
}

/**
 * Gives a name, or the same with a number where it was given before or is not free; no two of its names are one file on any
 * file system.
 */
export function distinctNames(): (name: string, isFree?: (name: string) => boolean) => string {
  const taken = new Set<string>();
  return (name, isFree = () => true) => {
    let found = name;
    for (let count = 2; taken.has(folded(found)) || !isFree(found); count++) found = `${name}-${count}`;
    taken.add(folded(found));
    return found;
  };
}

/** A name that is one folder everywhere: no separators, no leading or trailing dots, no device. */
export function safeName(name: string): string {
  const safe = name.replace(FORBIDDEN, '_').replace(/^[. ]+|[. ]+$/g, '') || 'picture';
  return DEVICE.test(safe) ? `${safe}_` : safe;
}

/** What two names have in common that some file system takes for one. */
export const folded = (name: string): string => name.normalize('NFKC').toLowerCase();
