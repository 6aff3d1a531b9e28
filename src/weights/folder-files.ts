/** The files of a model folder, wherever it is: behind a URL, or chosen or dropped by the user. */
import { ensure, throwIfAborted } from '../errors.ts';
import { download, downloadBytes, downloadText } from './download.ts';
import { type ByteSource, blobSource, discard } from './random-access.ts';

/** Options of {@link FolderFiles.shard}. */
export interface ShardOptions {
  readonly signal: AbortSignal | undefined;
  readonly onBytes: (bytes: number) => void;
  /** The first copy was damaged: do not take it from a cache again. */
  readonly reload: boolean;
  /** When there is room for the bytes. */
  readonly room: Promise<void>;
}

/** Access to a folder's files by name. */
export interface FolderFiles {
  /** Address or folder name, for error messages. */
  readonly name: string;
  /** False for files that are on this machine already. */
  readonly remote: boolean;
  text(file: string, signal?: AbortSignal): Promise<string>;
  bytes(file: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  /** A file of a known size, with progress. */
  shard(file: string, size: number, options: ShardOptions): Promise<Uint8Array<ArrayBuffer>>;
}

/** Local files are read in pieces of this size, so that an abort stops within one. */
const CHUNK_BYTES = 2 ** 20;
/** Larger text is no model.json. */
const MAX_SMALL_FILE = 2 ** 26;

/** A folder behind `address` (the folder or its model.json; relative to the page). @throws `option` error for no URL */
export function remoteFolder(address: string | URL): FolderFiles {
  const base = folderUrl(String(address));
  const at = (file: string): URL => new URL(file, base);
  return {
    name: base.href,
    remote: true,
    text: (file, signal) => downloadText(at(file), { signal }),
    bytes: (file, signal) => downloadBytes(at(file), { signal }),
    shard: (file, size, options) => download(at(file), size, options),
  };
}

function folderUrl(address: string): URL {
  const folder = address.replace(/(^|\/)model\.json$/, '$1').replace(/([^/])$/, '$1/');
  const page = typeof location === 'undefined' ? undefined : location.href;
  const valid = URL.canParse(folder || './', page);
  ensure(
    valid,
    'option',
    () => `model address "${address}" is no URL; give one such as https://example.org/models/name/`,
  );
  return new URL(folder || './', page);
}

/** Files chosen or dropped by the user, or opened by a command. Folders inside the choice are ignored: names decide. */
export function localFolder(files: readonly (File | ByteSource)[]): FolderFiles {
  const sources = new Map(
    files
      .map((file) => (file instanceof Blob ? blobSource(file) : file))
      .map((source) => [baseName(source.name), source]),
  );
  const find = (file: string): ByteSource => {
    const source = sources.get(baseName(file));
    ensure(
      source,
      'file',
      () => `${file} is missing among the ${files.length} files that were given; choose all files of the model folder`,
    );
    return source;
  };
  const small = async (file: string): Promise<Uint8Array<ArrayBuffer>> => {
    const source = find(file);
    ensure(
      source.size <= MAX_SMALL_FILE,
      'file',
      () => `${file} has ${source.size} bytes, above ${MAX_SMALL_FILE}; is this a model folder?`,
    );
    return source.read(0, source.size);
  };
  return {
    name: 'local files',
    remote: false,
    text: async (file) => new TextDecoder().decode(await small(file)),
    bytes: small,
    shard: (file, size, options) => readShard(find(file), size, options),
  };
}

function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

async function readShard(source: ByteSource, size: number, options: ShardOptions): Promise<Uint8Array<ArrayBuffer>> {
  ensure(
    source.size === size,
    'file',
    () =>
      `${source.name} has ${source.size} bytes, model.json says ${size}; the folder is incomplete or mixed: convert again`,
  );
  await options.room;
  throwIfAborted(options.signal);
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += CHUNK_BYTES) {
    throwIfAborted(options.signal);
    const chunk = await source.read(at, Math.min(CHUNK_BYTES, size - at));
    bytes.set(chunk, at);
    options.onBytes(chunk.length);
    discard(chunk);
  }
  return bytes;
}
