/**
 * Where a page may keep files: the origin-private file system (OPFS), else the Cache API. Names in, bytes out;
 * what is kept and what leaves is decided in `shard-cache.ts`.
 */

/** Name of our folder in either storage. */
const DIRECTORY = 'hyperstyle-webgpu-shards';

/** A file that is kept. */
export interface StoredFile {
  readonly name: string;
  readonly bytes: number;
  /** When it was written, in ms since 1970; 0 where the storage does not say. */
  readonly written: number;
}

/** One storage. Reading and listing never throw; `put` throws when there is no room. */
export interface Storage {
  readonly kind: 'opfs' | 'cache-api';
  /** The bytes under a name, once there is `room` for them, or null. */
  get(name: string, room?: Promise<void>): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Keeps bytes, whole or not at all. */
  put(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  remove(name: string): Promise<void>;
  list(): Promise<StoredFile[]>;
}

/** The best storage this page may use, or null in private windows and hosts without one. */
export async function openStorage(): Promise<Storage | null> {
  return (await openOpfs()) ?? (await openCacheApi());
}

/** Deletes everything that {@link openStorage} has kept for this origin. */
export async function clearStorage(): Promise<void> {
  const root = await attempt(async () => navigator.storage.getDirectory());
  await attempt(async () => root?.removeEntry(DIRECTORY, { recursive: true }));
  await attempt(async () => caches.delete(DIRECTORY));
}

/** The result, or null when it throws: storage may be missing, forbidden or full. */
export async function attempt<T>(action: () => Promise<T>): Promise<T | null> {
  try {
    return await action();
  } catch {
    return null;
  }
}

async function openOpfs(): Promise<Storage | null> {
  const directory = await attempt(async () => {
    const root = await navigator.storage.getDirectory();
    return root.getDirectoryHandle(DIRECTORY, { create: true });
  });
  // Safari had OPFS before it could write from a page
  if (!directory || !('createWritable' in FileSystemFileHandle.prototype)) return null;
  return {
    kind: 'opfs',
    get: (name, room) =>
      attempt(async () => {
        const file = await (await directory.getFileHandle(name)).getFile();
        await room;
        return new Uint8Array(await file.arrayBuffer());
      }),
    put: async (name, bytes) => {
      let writable: FileSystemWritableFileStream | undefined;
      try {
        const handle = await directory.getFileHandle(name, { create: true });
        writable = await handle.createWritable();
        await writable.write(bytes);
        await writable.close();
      } catch (cause) {
        await attempt(async () => writable?.abort());
        await attempt(() => directory.removeEntry(name));
        throw cause;
      }
    },
    remove: async (name) => void (await attempt(() => directory.removeEntry(name))),
    list: async () => (await attempt(() => filesOf(directory))) ?? [],
  };
}

async function filesOf(directory: FileSystemDirectoryHandle): Promise<StoredFile[]> {
  const files: StoredFile[] = [];
  for await (const handle of directory.values()) {
    if (!(handle instanceof FileSystemFileHandle)) continue;
    const file = await attempt(() => handle.getFile());
    if (file) files.push({ name: handle.name, bytes: file.size, written: file.lastModified });
  }
  return files;
}

const ADDRESS = 'https://shards.invalid/';

async function openCacheApi(): Promise<Storage | null> {
  const cache = await attempt(async () => caches.open(DIRECTORY));
  if (!cache) return null;
  return {
    kind: 'cache-api',
    get: (name, room) =>
      attempt(async () => {
        const response = await cache.match(ADDRESS + name);
        await room;
        return response ? new Uint8Array(await response.arrayBuffer()) : null;
      }),
    put: (name, bytes) => {
      const headers = { 'content-length': String(bytes.length), 'last-modified': new Date().toUTCString() };
      return cache.put(ADDRESS + name, new Response(bytes, { headers }));
    },
    remove: async (name) => void (await attempt(() => cache.delete(ADDRESS + name))),
    list: async () => (await attempt(() => responsesOf(cache))) ?? [],
  };
}

async function responsesOf(cache: Cache): Promise<StoredFile[]> {
  const files: StoredFile[] = [];
  for (const { url } of await cache.keys()) {
    const { headers } = (await cache.match(url)) ?? new Response();
    const [bytes, written] = [Number(headers.get('content-length')), Date.parse(headers.get('last-modified') ?? '')];
    files.push({ name: url.slice(ADDRESS.length), bytes, written: Number.isNaN(written) ? 0 : written });
  }
  return files;
}
