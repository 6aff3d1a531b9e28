/**
 * Files kept on this machine between loads: shards by SHA-256, and what else a loaded model needs without
 * network. Within a budget: the least recently used leave first. A full disk or a private window is no error:
 * the model then loads from the network each time.
 */
import { attempt, clearStorage, openStorage, type Storage, type StoredFile } from './storage.ts';

/** Bytes that are kept unless the page says otherwise: three full-size models in f32. */
export const DEFAULT_CACHE_BUDGET = 4 * 2 ** 30;
/** The file that says when each of the others was last used, as a JSON record of ms since 1970. */
const USES = 'last-used';

/** Where checked files are kept. Nothing here throws. */
export interface ShardCache {
  readonly kind: Storage['kind'] | 'none';
  /** The bytes under a name, once there is `room` for them, or null. The caller verifies them. */
  get(name: string, room?: Promise<void>): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Keeps bytes, where they fit; after an error nothing more is kept. */
  put(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Forgets one entry, for example a damaged one. */
  remove(name: string): Promise<void>;
}

/** The cache that keeps nothing. */
export const NO_CACHE: ShardCache = {
  kind: 'none',
  get: async () => null,
  put: async () => {},
  remove: async () => {},
};

/** The best cache this page may use, for one load. @param budget bytes that all kept files together may take */
export async function openShardCache(budget = DEFAULT_CACHE_BUDGET): Promise<ShardCache> {
  const storage = await openStorage();
  return storage ? new BoundedCache(storage, budget) : NO_CACHE;
}

/** Deletes everything that {@link openShardCache} has kept for this origin. */
export const clearCache = clearStorage;

/**
 * A storage that stays within its budget. What it has handed out or taken itself belongs to one model and never
 * leaves for its sake.
 */
class BoundedCache implements ShardCache {
  readonly kind: Storage['kind'];
  readonly #storage: Storage;
  readonly #budget: number;
  readonly #own = new Set<string>();
  #full = false;

  constructor(storage: Storage, budget: number) {
    this.kind = storage.kind;
    this.#storage = storage;
    this.#budget = budget;
  }

  async get(name: string, room?: Promise<void>): Promise<Uint8Array<ArrayBuffer> | null> {
    const bytes = await this.#storage.get(name, room);
    if (bytes) await this.#use(name);
    return bytes;
  }

  async put(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#full || !(await this.#makeRoom(name, bytes.length))) return;
    askToPersist();
    const removed = new Set<string>();
    for (;;) {
      try {
        await this.#storage.put(name, bytes);
        return await this.#use(name);
      } catch (cause) {
        // The browser's own limit is nearer than our budget.
        const quota = cause instanceof DOMException && cause.name === 'QuotaExceededError';
        const oldest = quota && (await this.#evictable(name)).find((file) => !removed.has(file.name));
        if (!oldest) {
          this.#full = true;
          return;
        }
        removed.add(oldest.name);
        await this.#storage.remove(oldest.name);
      }
    }
  }

  remove(name: string): Promise<void> {
    return this.#storage.remove(name);
  }

  /** Removes what was used longest ago until `bytes` more fit. False when they cannot; nothing is removed then. */
  async #makeRoom(name: string, bytes: number): Promise<boolean> {
    const others = (await this.#storage.list()).filter((file) => file.name !== name);
    const excess = sum(others) + bytes - this.#budget;
    if (excess <= 0) return true;
    const evictable = await this.#evictable(name);
    if (sum(evictable) < excess) return false;
    let freed = 0;
    for (const file of evictable) {
      if (freed >= excess) break;
      await this.#storage.remove(file.name);
      freed += file.bytes;
    }
    return true;
  }

  /** Files of other models, those used longest ago first. */
  async #evictable(name: string): Promise<StoredFile[]> {
    const uses = await this.#uses();
    const lastUse = (file: StoredFile): number => Math.max(uses.get(file.name) ?? 0, file.written);
    const files = await this.#storage.list();
    const others = files.filter((file) => file.name !== name && file.name !== USES && !this.#own.has(file.name));
    return others.sort((a, b) => lastUse(a) - lastUse(b));
  }

  /** When each file was last used; empty when nobody knows. */
  async #uses(): Promise<Map<string, number>> {
    const bytes = await this.#storage.get(USES);
    const record: unknown = bytes && (await attempt(async () => JSON.parse(new TextDecoder().decode(bytes))));
    const entries = typeof record === 'object' && record !== null ? Object.entries(record) : [];
    return new Map(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'));
  }

  /** Notes that a file is used now. */
  async #use(name: string): Promise<void> {
    this.#own.add(name);
    const uses = (await this.#uses()).set(name, Date.now());
    const present = new Set((await this.#storage.list()).map((file) => file.name));
    const rows = [...uses].filter(([used]) => used === name || present.has(used));
    const text = JSON.stringify(Object.fromEntries(rows));
    await attempt(() => this.#storage.put(USES, new TextEncoder().encode(text)));
  }
}

const sum = (files: readonly StoredFile[]): number => files.reduce((total, { bytes }) => total + bytes, 0);

let asked = false;

/**
 * Asks the browser once a page not to clear this origin's storage when the disk is nearly full; it may refuse,
 * or ask the user.
 */
function askToPersist(): void {
  if (asked) return;
  asked = true;
  void attempt(async () => (await navigator.storage.persisted()) || navigator.storage.persist());
}
