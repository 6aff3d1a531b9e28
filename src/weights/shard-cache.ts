/**
 * Shards kept on this machine, by SHA-256: in the origin-private file system (OPFS), else the Cache API, else nowhere.
 * A full disk or a private window is no error: the model then loads from the network each time.
 */

const DIRECTORY = 'hyperstyle-webgpu-shards';

/** Where checked shards are kept. Nothing here throws. */
export interface ShardCache {
  readonly kind: 'opfs' | 'cache-api' | 'none';
  /** The bytes under a hash, once there is `room` for them, or null. The caller verifies them. */
  get(sha256: string, room?: Promise<void>): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Keeps bytes; after a quota error nothing more is kept. */
  put(sha256: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Forgets one entry, for example a damaged one. */
  remove(sha256: string): Promise<void>;
}

/** The cache that keeps nothing. */
export const NO_CACHE: ShardCache = {
  kind: 'none',
  get: async () => null,
  put: async () => {},
  remove: async () => {},
};

/** The best cache this page may use. */
export async function openShardCache(): Promise<ShardCache> {
  return (await openOpfs()) ?? (await openCacheApi()) ?? NO_CACHE;
}

/** Deletes every shard that {@link openShardCache} has kept for this origin. */
export async function clearCache(): Promise<void> {
  const root = await attempt(async () => navigator.storage.getDirectory());
  await attempt(async () => root?.removeEntry(DIRECTORY, { recursive: true }));
  await attempt(async () => caches.delete(DIRECTORY));
}

/** The result, or null when it throws: storage may be missing, forbidden or full. */
async function attempt<T>(action: () => Promise<T>): Promise<T | null> {
  try {
    return await action();
  } catch {
    return null;
  }
}

async function openOpfs(): Promise<ShardCache | null> {
  const directory = await attempt(async () => {
    const root = await navigator.storage.getDirectory();
    return root.getDirectoryHandle(DIRECTORY, { create: true });
  });
  // Safari had OPFS before it could write from a page
  if (!directory || !('createWritable' in FileSystemFileHandle.prototype)) return null;
  return limited({
    kind: 'opfs',
    get: (sha256, room) =>
      attempt(async () => {
        const file = await (await directory.getFileHandle(sha256)).getFile();
        await room;
        return new Uint8Array(await file.arrayBuffer());
      }),
    put: async (sha256, bytes) => {
      const handle = await directory.getFileHandle(sha256, { create: true });
      const writable = await handle.createWritable();
      try {
        await writable.write(bytes);
        await writable.close();
      } catch (cause) {
        await attempt(() => writable.abort());
        await attempt(() => directory.removeEntry(sha256));
        throw cause;
      }
    },
    remove: async (sha256) => void (await attempt(() => directory.removeEntry(sha256))),
  });
}

async function openCacheApi(): Promise<ShardCache | null> {
  const cache = await attempt(async () => caches.open(DIRECTORY));
  if (!cache) return null;
  const key = (sha256: string): string => `https://shards.invalid/${sha256}`;
  return limited({
    kind: 'cache-api',
    get: (sha256, room) =>
      attempt(async () => {
        const response = await cache.match(key(sha256));
        await room;
        return response ? new Uint8Array(await response.arrayBuffer()) : null;
      }),
    put: (sha256, bytes) => cache.put(key(sha256), new Response(bytes)),
    remove: async (sha256) => void (await attempt(() => cache.delete(key(sha256)))),
  });
}

/** Turns a failing `put` (quota, eviction, a closed private window) into "keep nothing more". */
function limited(cache: ShardCache): ShardCache {
  let full = false;
  return {
    ...cache,
    put: async (sha256, bytes) => {
      if (full) return;
      full = (await attempt(async () => cache.put(sha256, bytes).then(() => true))) === null;
    },
  };
}
