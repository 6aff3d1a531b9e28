/** The files of a model folder, wherever it is: behind a URL, or chosen or dropped by the user. */
import { ensure, inWords, throwIfAborted } from '../errors.ts';
import { nameOf } from './connection.ts';
import { download, downloadSmall, type SmallFileOptions } from './download.ts';
import { fileUrl, folderUrl } from './folder-url.ts';
import { type ByteSource, blobSource, discard, isByteSource } from './random-access.ts';

/** Options of {@link FolderFiles.shard}. */
export interface ShardOptions {
  readonly signal: AbortSignal | undefined;
  readonly onBytes: (bytes: number) => void;
  /** The first copy was damaged: do not take it from a cache again. */
  readonly reload: boolean;
  /** When there is room for the bytes. */
  readonly room: Promise<void>;
}

/** Options of {@link FolderFiles.bytes}; local files only know the signal. */
export type SmallOptions = Partial<Omit<SmallFileOptions, 'maxBytes'>>;

/** Access to a folder's files by name. */
export interface FolderFiles {
  /** Address or folder name, for error messages. */
  readonly name: string;
  /** The address of a folder that is not on this machine. */
  readonly address: string | null;
  /** A file of unknown length. */
  bytes(file: string, options?: SmallOptions): Promise<Uint8Array<ArrayBuffer>>;
  /** A file of a known size, with progress. */
  shard(file: string, size: number, options: ShardOptions): Promise<Uint8Array<ArrayBuffer>>;
}

/** Local files are read in pieces of this size, so that an abort stops within one. */
const CHUNK_BYTES = 2 ** 20;
/** Larger files are no model.json and no directions. */
const MAX_SMALL_FILE = 2 ** 26;

/** A folder behind `address`. @throws `option` error for no address that files can be under */
export function remoteFolder(address: string | URL): FolderFiles {
  const base = folderUrl(address);
  return {
    name: nameOf(base),
    address: base.href,
    bytes: (file, options) => downloadSmall(fileUrl(base, file), { ...options, maxBytes: MAX_SMALL_FILE }),
    shard: (file, size, options) => download(fileUrl(base, file), size, options),
  };
}

/**
 * Files chosen or dropped by the user, or opened by a command. Folders inside the choice are ignored: names decide.
 * @throws `option` error for what is no file
 */
export function localFolder(files: readonly (File | ByteSource)[]): FolderFiles {
  const sources = new Map(files.map(sourceOf).map((source) => [baseName(source.name), source]));
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
    address: null,
    bytes: small,
    shard: (file, size, options) => readShard(find(file), size, options),
  };
}

function sourceOf(file: File | ByteSource, index: number): ByteSource {
  if (file instanceof Blob) return blobSource(file);
  ensure(
    isByteSource(file),
    'option',
    () => `file ${index} of the model folder is ${inWords(file)}, expected a File or a source of bytes`,
  );
  return file;
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
