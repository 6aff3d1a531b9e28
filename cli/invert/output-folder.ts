/** Writes the files of one inversion so that nothing half-written is ever left behind. */
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { HyperStyleError } from '../../src/errors.ts';

function why(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Makes sure that a folder exists and can be written to. @throws `file` error naming the option */
export function ensureWritable(folder: string, option: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new HyperStyleError(
      'file',
      `${option} "${folder}": cannot be written (${why(cause)}); choose another folder`,
      {
        cause,
      },
    );
  }
}

/** Writes files into `folder`: first all of them beside it, then each is moved into place. @throws `file` error */
export function writeFiles(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  ensureWritable(folder, '--out');
  let draft: string | undefined;
  try {
    draft = mkdtempSync(join(dirname(folder), '.invert-'));
    for (const [name, bytes] of files) writeFileSync(join(draft, name), bytes);
    for (const name of files.keys()) renameSync(join(draft, name), join(folder, name));
    for (const name of readdirSync(folder)) {
      if (/^(y\d+|edit)\.png$/.test(name) && !files.has(name)) rmSync(join(folder, name)); // of an earlier, longer run
    }
  } catch (cause) {
    throw new HyperStyleError('file', `${folder}: cannot be written (${why(cause)}); free some space or choose --out`, {
      cause,
    });
  } finally {
    if (draft && existsSync(draft)) rmSync(draft, { recursive: true, force: true });
  }
}

/** Writes one file by way of a temporary neighbour. @throws `file` error naming the option */
export function writeFileWhole(path: string, bytes: Uint8Array, option: string): void {
  writeTogether(new Map([[path, bytes]]), option);
}

/**
 * Writes files that belong together, by path: all of them beside their places first, so that a disk that fills up meanwhile
 * leaves the ones before, every one. @throws `file` error naming the option
 */
export function writeTogether(files: ReadonlyMap<string, Uint8Array>, option: string): void {
  const draftOf = (path: string): string => `${path}.${process.pid}.part`;
  let writing = '';
  try {
    for (const [path, bytes] of files) {
      writing = path;
      writeFileSync(draftOf(path), bytes);
    }
    for (const path of files.keys()) {
      writing = path;
      renameSync(draftOf(path), path);
    }
  } catch (cause) {
    for (const path of files.keys()) rmSync(draftOf(path), { force: true });
    const message = `${option} "${writing}": cannot be written (${why(cause)}); choose another place`;
    throw new HyperStyleError('file', message, { cause });
  }
}
