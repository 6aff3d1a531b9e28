/** Files on disk as {@link ByteSource}s: only the ranges asked for are read. */
import { constants, type FileHandle, mkdir, open, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ensure, HyperStyleError, inWords } from '../errors.ts';
import { type ByteSource, checkRange } from '../weights/random-access.ts';

/** An open file. */
export interface NodeFile extends ByteSource {
  /** Modification time in ms, to recognise the same file later. */
  readonly modified: number;
  close(): Promise<void>;
}

/** Opens a file for reading. @throws `file` error when it is missing, unreadable or no file, `option` for no path */
export async function openNodeFile(path: string): Promise<NodeFile> {
  ensurePath('the file', path);
  const handle = await opened(path);
  const stat = await handle.stat();
  if (!stat.isFile()) {
    await handle.close();
    throw new HyperStyleError('file', `${path}: is no file; give the path of the file itself`);
  }
  const file: NodeFile = {
    name: path,
    size: stat.size,
    modified: stat.mtimeMs,
    close: () => handle.close(),
    async read(offset, length) {
      checkRange(file, offset, length);
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length; ) {
        const { bytesRead } = await handle.read(bytes, at, length - at, offset + at);
        ensure(
          bytesRead > 0,
          'file',
          () => `${path}: ended at byte ${offset + at} while being read; is it still being written?`,
        );
        at += bytesRead;
      }
      return bytes;
    },
  };
  return file;
}

/** Every file of a converted model folder, for `openModelFolder`. Close them when done. @throws `file` error */
export async function openNodeFolder(folder: string): Promise<NodeFile[]> {
  ensurePath('the folder', folder);
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (cause) {
    throw new HyperStyleError(
      'file',
      `${folder}: cannot be read as a folder (${reason(cause)}); give a model folder made by npm run convert`,
      { cause },
    );
  }
  const files = names
    .filter((name) => /\.(json|safetensors)$/.test(name))
    .map((name) => openNodeFile(join(folder, name)));
  return Promise.all(files);
}

/**
 * Makes a folder and those above it. Not `mkdir` with `recursive`: in Node that never returns where the system answers
 * "does not exist" for ever, as below /proc.
 */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw cause;
    await makeFolder(dirname(path));
    await mkdir(path);
  }
}

/** `ENOENT`, `EACCES`, …, in words. */
export function reason(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  const words: Record<string, string> = {
    ENOENT: 'it does not exist',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EROFS: 'the disk is read-only',
    ENOSPC: 'the disk is full',
    ENOTDIR: 'a part of the path is no folder',
    EISDIR: 'it is a folder',
    EEXIST: 'something of that name is there already',
  };
  return words[code] ?? (code || String((cause as Error).message));
}

/** @throws `option` error for what is no path */
export function ensurePath(what: string, path: unknown): void {
  ensure(typeof path === 'string', 'option', () => `${what} is ${inWords(path)}, expected its path as text`);
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY);
  } catch (cause) {
    throw new HyperStyleError(
      'file',
      `${path}: cannot be opened (${reason(cause)}); check the path of "${basename(path)}"`,
      { cause },
    );
  }
}
